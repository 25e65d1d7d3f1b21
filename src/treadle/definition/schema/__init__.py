"""The JSON Schema of a native document, for editors and for those who write documents by program.

It is built from the tables and the bounds of the readers. What it refuses, they refuse; they also look at
what no schema can say: ids, references, expressions.
"""
