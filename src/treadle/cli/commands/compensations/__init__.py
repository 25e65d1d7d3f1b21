"""`treadle compensations`: what is undone of an execution, and what a person decides where that is stuck."""
