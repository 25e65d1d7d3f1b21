"""`python -m treadle.definition.differing`: the page of all reasons on stdout."""

import sys

from treadle.definition.differing.codes import reference

sys.stdout.write(reference())
