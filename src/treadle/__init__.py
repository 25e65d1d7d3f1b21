"""Treadle: a durable workflow and saga runtime."""

__version__ = "0.1.0"
