"""`each`: a body for every item of a list."""

from typing import Final

from msgspec import UNSET

from treadle.definition.bodies import WORDS as BODY_WORDS
from treadle.definition.bodies import read_inner
from treadle.definition.kinds.reader import Head, KindReader
from treadle.definition.reading import Reading, Role, Spot
from treadle.definition.section import Section
from treadle.expressions.braces import OPENING, cut
from treadle.expressions.compiled import Constant
from treadle.expressions.faults import InvalidExpression, PathError
from treadle.expressions.places import ITEM_ROOTS, VALUE
from treadle.expressions.templates import compile_template
from treadle.model.definition import Each
from treadle.model.json import Json

CONCURRENCY_DEFAULT: Final = 10
CONCURRENCY_MAX: Final = 1_000
"""Items of one `each` that may run at a time: the bound of live frames."""
NO_LIST: Final = (
    "`items` is a list, or exactly one template that gives one, as `{{ input.items }}`: this always gives "
    "something else, as a template with text around it gives text"
)
ON_ITEM_FAILURE: Final = ("fail", "collect")


def read_each(section: Section, head: Head, reading: Reading) -> Each:
    """Read an each with its body."""
    section.require("items", "the list, or a template that gives one")
    concurrency = section.integer("concurrency", 1, CONCURRENCY_MAX)
    return Each(
        **head.fields,
        items=_read_items(section, reading),
        concurrency=CONCURRENCY_DEFAULT if concurrency is None else concurrency,
        collects=section.word("on_item_failure", ON_ITEM_FAILURE) == "collect",
        body=read_inner(section, head.outline, "item", reading, ITEM_ROOTS),
    )


def _read_items(section: Section, reading: Reading) -> Json:
    items = section.raw("items")
    if items is UNSET:
        return []
    if not isinstance(items, list) and not (isinstance(items, str) and OPENING in items):
        section.wrong_type("items", "a list, or a template that gives one")
        return []
    spot = Spot(place=VALUE, owner=section.pointer, role=Role.BEFORE)
    reading.template(items, section.at("items"), spot)
    if isinstance(items, str) and not _may_be_list(items):
        section.faults.error(section.at("items"), "wrong_type", NO_LIST)
        return []
    return items


def _may_be_list(items: str) -> bool:
    """Whether a template may give a list: text around it makes it text; what is wrong has its own fault."""
    try:
        fixed = _fixed(items)
        return len(cut(items)) == 1 and (fixed is UNSET or isinstance(fixed, list))
    except PathError:
        return True


def _fixed(items: str) -> Json:
    """The value of a template that reads nothing."""
    try:
        compiled = compile_template(items, VALUE)
    except InvalidExpression:
        return UNSET
    return compiled.value if isinstance(compiled, Constant) else UNSET


EACH: Final = KindReader(
    words=frozenset({"items", "concurrency", "on_item_failure", *BODY_WORDS}), read=read_each
)
