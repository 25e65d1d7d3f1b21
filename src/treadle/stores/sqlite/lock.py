"""One process a file: a lock that dies with its holder."""

import fcntl
import os
from pathlib import Path

from treadle.model.errors import Unavailable


class FileLock:
    """`<file>.lock`, held until `release`; it says the holder's process id. The file itself stays."""

    def __init__(self, store: Path) -> None:
        """Take the lock.

        Raises:
            Unavailable: `store_in_use`, somebody holds it; `store_unavailable`, it cannot be made.
        """
        path = store.with_name(store.name + ".lock")
        try:
            self._file: int | None = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise Unavailable("store_unavailable", f"cannot make {path}: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(self._file, 32, 0).decode("ascii", "replace").strip() or "unknown"
            self.release()
            raise Unavailable(
                "store_in_use",
                f"{store} is in use by process {holder}: stop that process, or use another --store",
            ) from error
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let others have it; idempotent."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
