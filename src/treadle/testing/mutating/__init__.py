"""Documents changed at random, as a seed says: in ways that an author has, and in ways that nobody means."""

from treadle.testing.mutating.mutants import drawn_documents, mutant

__all__ = ["drawn_documents", "mutant"]
