"""For mkdocs: links of a page to what is not on the site are shown as the place in the checkout."""  # noqa: INP001 - mkdocs loads it by its path

import posixpath
import re
from typing import Final, Protocol

LINK: Final = re.compile(r"(?<!!)\[([^\]]*)\]\(((?:\.\./)+[^)#\s]+)(?:#[^)\s]*)?\)")
OUTSIDE: Final = "../"


class File(Protocol):
    src_uri: str


class Page(Protocol):
    file: File


def on_page_markdown(markdown: str, *, page: Page, **_: object) -> str:
    """The page without links that would lead out of the site."""
    folder = posixpath.dirname(page.file.src_uri)

    def shown(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, link[2]))
        if not target.startswith(OUTSIDE):
            return link[0]
        return f"{link[1]} (`{target.removeprefix(OUTSIDE)}`)"

    return LINK.sub(shown, markdown)
