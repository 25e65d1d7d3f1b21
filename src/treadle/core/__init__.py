"""The pure machine: command in, events and effects out; events in, state out."""
