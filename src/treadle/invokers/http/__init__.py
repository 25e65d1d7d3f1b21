"""Calling services over HTTP."""
