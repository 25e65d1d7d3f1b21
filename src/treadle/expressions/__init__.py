"""Templates and conditions: text of a definition becomes a closure that says what it reads.

It knows values and Roots, never an execution. Nothing here does I/O, reads a clock or keeps state.
"""
