"""Files whose operations fail when a test says so: a file system between SQLite and the real one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import apsw

LOG = "-wal"


class FailingFiles(apsw.VFS):
    """`fails` is asked before each sync of a log, and each write to one, by `sync` or `write`."""

    NAME = "treadle-failing"

    def __init__(self) -> None:
        super().__init__(self.NAME, "unix", makedefault=True)
        self.fails: Callable[[str], bool] = lambda _operation: False
        self.failures = 0

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        return _FailingFile(self, name, flags)

    def ask(self, operation: str) -> None:
        if self.fails(operation):
            self.failures += 1
            raise apsw.IOError(operation)


class _FailingFile(apsw.VFSFile):
    def __init__(self, files: FailingFiles, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        called = name.filename() if isinstance(name, apsw.URIFilename) else name or ""
        self._files = files
        self._is_log = called.endswith(LOG)
        super().__init__("unix", name, flags)

    def xSync(self, flags: int) -> None:
        if self._is_log:
            self._files.ask("sync")
        super().xSync(flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        if self._is_log:
            self._files.ask("write")
        super().xWrite(data, offset)


@contextmanager
def failing_files() -> Iterator[FailingFiles]:
    """Every file that is opened inside."""
    files = FailingFiles()
    try:
        yield files
    finally:
        files.unregister()
