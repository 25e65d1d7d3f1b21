"""Rules that keep callers and calls honest: no I/O and no clock."""
