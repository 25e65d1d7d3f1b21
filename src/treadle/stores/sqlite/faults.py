"""What SQLite raises -> what the ports raise."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from treadle.model.errors import Corrupt, Unavailable


@contextmanager
def told_as_ours(path: Path) -> Iterator[None]:
    """Raise what goes wrong with the file at `path` as one of our own errors.

    Raises:
        Corrupt: `commit_refused`, the values themselves cannot be stored: asking again will not help.
        Unavailable: `store_unavailable`, all else that the file or the disk does.
    """
    try:
        yield
    except (apsw.ConstraintError, apsw.MismatchError, apsw.TooBigError) as error:
        raise Corrupt("commit_refused", f"{path} refuses a value: {error}") from error
    except (OverflowError, UnicodeError, TypeError) as error:
        raise Corrupt("commit_refused", f"a value cannot be stored in {path}: {error}") from error
    except apsw.Error as error:
        raise Unavailable("store_unavailable", f"{path}: {type(error).__name__}: {error}") from error
