"""The store as dicts: the reference that the other stores are compared with; nothing survives the process."""
