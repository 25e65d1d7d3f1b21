"""The store in one SQLite file: one process, one writer thread, write-ahead log."""
