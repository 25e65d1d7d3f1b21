"""The REST edge: requests become calls of use cases, and what they answer becomes JSON."""
