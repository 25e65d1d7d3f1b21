"""All hostile expressions."""

from typing import Final

from tests.expressions.hostile.computed import COMPUTED
from tests.expressions.hostile.conditions import CONDITIONS
from tests.expressions.hostile.templates import TEMPLATES

CORPUS: Final = (*CONDITIONS, *TEMPLATES, *COMPUTED)
