"""`python -m treadle.expressions.reference`: the page on stdout."""

import sys

from treadle.expressions.reference.page import reference

sys.stdout.write(reference())
