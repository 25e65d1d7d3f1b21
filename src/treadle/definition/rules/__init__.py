"""Checks across a whole document, one in each file; the table says which there are."""
