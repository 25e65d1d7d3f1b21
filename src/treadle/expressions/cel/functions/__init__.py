"""The functions of the language, one table for each kind of value."""
