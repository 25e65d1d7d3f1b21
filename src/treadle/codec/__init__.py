"""Events and snapshots to bytes and back, each with a schema number, and the chain of digests."""
