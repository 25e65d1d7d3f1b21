"""Measurements; each prints where it ran, how durable it was, and the ratio to the bare commit loop."""
