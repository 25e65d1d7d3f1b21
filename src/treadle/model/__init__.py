"""Nouns as values: what the rest of Treadle is about, without behaviour, clock or I/O."""
