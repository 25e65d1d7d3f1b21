"""What each event changes in the state; one file a family of events."""
