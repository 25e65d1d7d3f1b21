"""Backends of the store and views ports."""
