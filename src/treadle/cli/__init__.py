"""The command line: `treadle`."""
