"""The page that says what may stand in an expression: a row with an example for all that the code has."""
