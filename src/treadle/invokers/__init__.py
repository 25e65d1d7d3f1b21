"""Carrying out activities, one folder for each kind of request."""
