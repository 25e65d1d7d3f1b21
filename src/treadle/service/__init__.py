"""Use cases, transport-free: who asks for what, and what is told. One file a noun."""
