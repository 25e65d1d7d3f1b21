"""What means something else in JSON Logic than in a template is told, where it stands."""

import pytest

from tests.definition.documents import asking, awaited, case, document, node, switch, task
from treadle.definition.read import check
from treadle.model.json import Json


def told(tree: Json) -> list[tuple[str, str, str]]:
    report = check(tree)
    assert report.errors == ()
    return [(one.pointer, one.code, one.message) for one in report.warnings]


@pytest.mark.parametrize(
    ("rule", "at", "meant"),
    [
        ({"==": [{"var": "input.items[0].x"}, 1]}, "/==/0/var", "`input.items.0.x`"),
        ({"var": ["input.items[ 12 ]", 3]}, "/var/0", "`input.items.12`"),
        ({"missing": ["input.a", "input.b['c d']"]}, "/missing/1", "`input.b.c d`"),
        ({"missing_some": [1, ["input.b[0]"]]}, "/missing_some/1/0", "`input.b.0`"),
        ({"val": ["input", "items[0]"]}, "/val/1", "`items.0`"),
    ],
)
def test_brackets_in_a_path_are_told_with_what_to_write(rule: Json, at: str, meant: str) -> None:
    ((pointer, code, message),) = told(document(task(when=rule)))
    assert (pointer, code) == (f"/steps/0/when{at}", "path_in_brackets")
    assert message.endswith(f"write {meant}")


@pytest.mark.parametrize("text", ["{{ input.a }}", "a {{ input.a }} b", "${input.a}"])
def test_a_template_in_a_rule_is_told(text: str) -> None:
    rule = {"==": [{"var": "input.a"}, text]}
    trees = {
        "/steps/0/when": document(task(when=rule)),
        "/steps/0/cases/0/when": document(switch("s", case(when=rule))),
        "/steps/0/until": document(node("loop", "l", until=rule, steps=[])),
        "/steps/0/callback/fail_when": document(
            awaited(**asking("callback.url"), callback={"timeout": "1h", "fail_when": rule})
        ),
    }
    for at, tree in trees.items():
        assert [one[:2] for one in told(tree)] == [(f"{at}/==/1", "template_not_rendered")]


@pytest.mark.parametrize(
    "rule",
    [
        {"==": [{"var": "input.items.0.x"}, "[0]"]},
        {"in": ["a[0]", {"var": "input.items"}]},
        {"==": [{"var": "input.a"}, "$ {"]},
    ],
)
def test_what_is_meant_as_it_is_written_is_not_told(rule: Json) -> None:
    assert told(document(task(when=rule))) == []
