"""What each command does: a refusal that changes nothing, or events. One file and one row of `table` each."""
