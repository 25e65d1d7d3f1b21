"""`python -m treadle.definition.schema`: the schema on stdout, as it stands among the reference pages."""

import sys

from treadle.definition.schema.document import schema_text

sys.stdout.write(schema_text())
