"""One reader for each activity; the table says which there are."""
