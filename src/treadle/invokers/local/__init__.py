"""Running handlers in this process."""
