"""Events, snapshots and queued commands to bytes and back, with schema numbers; the chain of digests."""
