"""What users import to give their Python functions to the engine as handlers."""

from treadle.worker.registry import FinalError, HandlerContext, Registry

__all__ = ("FinalError", "HandlerContext", "Registry")
