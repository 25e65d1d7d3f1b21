"""`treadle executions`: what there is, one of them, what is done to it."""
