"""A JSON value as Python sees it: the one place in the model where `Any` is written."""

from typing import Any, TypeAlias

Json: TypeAlias = Any
"""None, bool, int, float, str, list of Json, or dict of str to Json."""
