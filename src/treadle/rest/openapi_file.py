"""Prints the description of the API, for `docs/reference/openapi.json`."""

import sys

import msgspec

from treadle.config.version import VERSION
from treadle.rest.openapi import openapi_document
from treadle.rest.table import ROUTES


def main() -> None:
    """Print it, indented by two."""
    document = msgspec.json.encode(openapi_document(ROUTES, VERSION))
    sys.stdout.write(msgspec.json.format(document, indent=2).decode() + "\n")


if __name__ == "__main__":
    main()
