"""CEL, the Common Expression Language: text becomes a closure that says what it reads and what it may cost.

Nothing here calls Python on behalf of an author. Every evaluation is metered before anything is built.
"""
