"""What changed between two definitions, and what that means to executions: to new ones and to running ones.

A definition is immutable, and an execution goes on with the one that it was started with. What is said for
running executions is said for the case that one of them should go on with the new definition.
"""
