"""Settings: from options of the command line and from the environment."""
