"""What SQLite raises -> what the ports raise."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from treadle.model.errors import Corrupt, Unavailable
from treadle.stores.sqlite.transactions import Unsettled


class NotSettled(Unavailable):
    """What was to be written is not there, but may be after a crash, until the file takes something else."""


@contextmanager
def told_as_ours(path: Path) -> Iterator[None]:
    """Raise what goes wrong with the file at `path` as one of our own errors.

    Raises:
        Corrupt: `commit_refused`, the values themselves cannot be stored: asking again will not help.
        Unavailable: `store_unavailable`, all else that the file or the disk does; as NotSettled where
            COMMIT itself went wrong.
    """
    try:
        yield
    except (apsw.ConstraintError, apsw.MismatchError, apsw.TooBigError) as error:
        raise Corrupt("commit_refused", f"{path} refuses a value: {error}") from error
    except (OverflowError, UnicodeError, TypeError) as error:
        raise Corrupt("commit_refused", f"a value cannot be stored in {path}: {error}") from error
    except Unsettled as error:
        raise NotSettled("store_unavailable", f"{path}: {error}") from error
    except apsw.Error as error:
        raise Unavailable("store_unavailable", f"{path}: {type(error).__name__}: {error}") from error
