"""The names that a module gives to things."""

import ast
from collections.abc import Iterator


def names(module: ast.Module) -> Iterator[tuple[str, int]]:
    """Every name that a module gives: classes, functions, arguments, attributes, variables."""
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
