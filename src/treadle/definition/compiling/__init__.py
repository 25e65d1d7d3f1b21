"""One compiler for each kind of node and each activity; the table says which there are."""
