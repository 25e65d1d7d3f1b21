"""`treadle definitions`: what may be started by its name."""
