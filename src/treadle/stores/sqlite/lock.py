"""One process a file: a lock that dies with its holder, and that notices when it guards nothing any more."""

import fcntl
import os
import stat
from pathlib import Path
from typing import NamedTuple

from treadle.model.errors import Unavailable


class Identity(NamedTuple):
    """Which file it is, whatever it is called."""

    device: int
    inode: int


class FileLock:
    """`<file>.lock` beside the file that a path leads to, held until `release`; it says the holder's process.

    The lock file stays. Whoever holds the lock asks with `check` whether it still means something.
    """

    def __init__(self, store: Path) -> None:
        """Take the lock.

        Raises:
            Unavailable: `store_in_use`, somebody holds it; `store_unavailable`, it cannot be made, or the
                file has several names.
        """
        # A link is another name of one file: all of them share the lock of the file itself.
        self._store = Path(os.path.realpath(store))
        check_single_name(self._store)
        path = self._store.with_name(self._store.name + ".lock")
        try:
            self._file: int | None = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise Unavailable("store_unavailable", f"cannot make {path}: {error.strerror}") from error
        self._watched = {str(path): _identity(os.fstat(self._file))}
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(self._file, 32, 0).decode("ascii", "replace").strip() or "unknown"
            self.release()
            raise Unavailable(
                "store_in_use",
                f"{store} is in use by process {holder}: stop that process, or use another --store",
            ) from error
        try:
            self.check()  # it may have been deleted before it was taken
        except Unavailable:
            self.release()
            raise
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def watch_store(self) -> None:
        """From now on `check` looks at the file and its log as well; both are open."""
        log = self._store.with_name(self._store.name + "-wal")
        self._watched |= {str(path): _identity(path.stat()) for path in (self._store, log)}

    def check(self) -> None:
        """Make sure that the files that are open are those that anybody finds by their names.

        A few microseconds. What is written to a file that has lost its name is gone with the process, and
        a lock file that has lost its name keeps nobody out.

        Raises:
            Unavailable: `store_unavailable`.
        """
        for path, identity in self._watched.items():
            try:
                found = os.stat(path)
            except OSError:
                found = None
            if found is None or _identity(found) != identity:
                raise Unavailable(
                    "store_unavailable",
                    f"{path} is not the file that was opened: it was deleted, moved or replaced. "
                    "Move it back, or stop this process, put the store in order and start again",
                )

    def release(self) -> None:
        """Let others have it; idempotent."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def check_single_name(store: Path) -> None:
    """Refuse a file with hard links: each of its names would have a lock and a log of its own.

    Raises:
        Unavailable: `store_unavailable`.
    """
    try:
        found = store.stat()
    except OSError:  # there is none yet; what else is wrong shows when it is opened
        return
    if stat.S_ISREG(found.st_mode) and found.st_nlink > 1:
        raise Unavailable(
            "store_unavailable",
            f"{store} has {found.st_nlink} names (hard links), and what is written under one is lost under "
            "another: remove the other names, or use a copy",
        )


def _identity(status: os.stat_result) -> Identity:
    return Identity(status.st_dev, status.st_ino)
