"""Text of others, as it may be shown at a terminal."""


def on_one_line(text: str) -> str:
    """The text on one line, nothing in it that a terminal would obey."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else _escaped(one) for one in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
