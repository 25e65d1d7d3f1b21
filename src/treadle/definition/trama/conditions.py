"""Conditions: JSON Logic, as JSON or as a text that holds it."""

import json
from typing import Final, NamedTuple

from treadle.definition.faults import Faults
from treadle.definition.section import Section
from treadle.definition.soundness import is_sound
from treadle.expressions.mustache_conditions import as_rule
from treadle.expressions.nearest import quoted
from treadle.model.json import Json

SAME: Final = {"?:": "if", "log": "or"}
"""Operators that have another name here; a `log` gives what it is given, and so does an `or` of one thing."""


class Rule(NamedTuple):
    """A rule, and where it stands; `is_inside`: pointers lead on into it in the document."""

    value: Json
    pointer: str
    is_inside: bool = False


def read_condition(section: Section, field: str) -> Rule | None:
    """The rule under a field; None if there is none that could be read."""
    if not section.has(field):
        return None
    value, pointer = section.raw(field), section.at(field)
    if not isinstance(value, str):
        known = _known(value)
        return Rule(as_rule(known), pointer, is_inside=isinstance(value, dict) and known == value)
    try:
        parsed = json.loads(value)
    except (ValueError, RecursionError):
        message = f"{quoted(value)} is no JSON Logic: a condition in text holds it as JSON"
        section.faults.error(pointer, "invalid_condition", message)
        return None
    if not is_sound(parsed, Faults()):
        section.faults.error(
            pointer, "invalid_condition", "the condition is too deep or holds what JSON cannot"
        )
        return None
    return Rule(as_rule(_known(parsed)), pointer)


def _known(rule: Json) -> Json:
    """The rule with the names that its operators have here."""
    if isinstance(rule, list):
        return [_known(item) for item in rule]
    if not isinstance(rule, dict):
        return rule
    found: dict[str, Json] = {}
    operator: str
    for operator, arguments in rule.items():
        is_renamed = operator in SAME and not isinstance(arguments, list)
        found[SAME.get(operator, operator)] = _known([arguments] if is_renamed else arguments)
    return found
