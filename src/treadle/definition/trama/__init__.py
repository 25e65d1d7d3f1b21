"""Documents of Trama, read as they are: version 1 with `steps`, version 2 with `nodes` and `entrypoint`."""

from treadle.definition.trama.importing import Imported, import_trama

__all__ = ["Imported", "import_trama"]
