"""What each kind of node does; one file and one row of `table` each."""
