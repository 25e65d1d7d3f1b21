"""Naming handlers."""

import functools

import pytest

from treadle.model.json import Json
from treadle.worker import FinalError, HandlerContext, Registry


def test_a_function_is_found_by_the_name_it_was_given_and_stays_itself() -> None:
    registry = Registry()

    @registry.handler("orders.charge-1")
    def charge(value: Json) -> Json:
        return value

    found = registry.get("orders.charge-1")
    assert found is not None
    assert found.call is charge
    assert (found.is_async, found.takes_context) == (False, False)
    assert charge(1) == 1


def test_without_a_name_it_is_found_by_its_own() -> None:
    registry = Registry()

    @registry.handler()
    async def _charge(value: Json, context: HandlerContext) -> Json:
        return None

    found = registry.get("_charge")
    assert found is not None
    assert (found.is_async, found.takes_context) == (True, True)
    assert registry.names() == ("_charge",)


def test_an_unknown_name_has_no_handler() -> None:
    assert Registry().get("charge") is None


def test_a_name_is_given_once() -> None:
    registry = Registry()
    registry.handler("charge")(lambda value: value)
    with pytest.raises(ValueError, match="registered already"):
        registry.handler("charge")(lambda value: value)


@pytest.mark.parametrize("name", ["", "a b", "-a", "a/b", "ä b", "a" * 129])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not a handler name"):
        Registry().handler(name)(lambda value: value)


def test_a_lambda_has_to_be_given_a_name() -> None:
    with pytest.raises(ValueError, match="not a handler name"):
        Registry().handler()(lambda value: value)


def test_the_decorator_without_parentheses_is_refused() -> None:
    registry = Registry()
    with pytest.raises(TypeError, match="parentheses"):
        registry.handler(lambda value: value)  # type: ignore[arg-type]  # the mistake that is tested


def no_input() -> None: ...


def three(value: Json, context: HandlerContext, more: int) -> None: ...


def needs_a_keyword(value: Json, *, more: int) -> None: ...


def any_number(*values: Json) -> None: ...


def makes_a_generator(value: Json) -> object:
    yield value


async def makes_an_async_generator(value: Json) -> object:
    yield value


@pytest.mark.parametrize(
    "function",
    [no_input, three, needs_a_keyword, any_number, makes_a_generator, makes_an_async_generator, 7],
)
def test_a_function_of_another_shape_is_refused(function: object) -> None:
    with pytest.raises(TypeError):
        Registry().handler("charge")(function)  # type: ignore[type-var]  # the mistake that is tested


def test_callables_of_every_kind_are_taken() -> None:
    class Charge:
        async def __call__(self, value: Json) -> Json:
            return value

        def refund(self, value: Json, context: HandlerContext) -> Json:
            return value

    def scaled(value: Json, *, factor: int = 2) -> Json:
        return value

    async def prefixed(prefix: str, value: Json) -> Json:
        return value

    registry = Registry()
    registry.handler("object")(Charge())
    registry.handler("method")(Charge().refund)
    registry.handler("defaults")(scaled)
    registry.handler("partial")(functools.partial(prefixed, "a"))
    kinds = {name: registry.get(name) for name in registry.names()}
    shapes = {name: (found.is_async, found.takes_context) for name, found in kinds.items() if found}
    assert shapes == {
        "object": (True, False),
        "method": (False, True),
        "defaults": (False, False),
        "partial": (True, False),
    }


def test_a_final_error_has_a_code_and_a_message() -> None:
    assert (FinalError("card_refused").code, FinalError("card_refused").message) == (
        "card_refused",
        "card_refused",
    )
    assert str(FinalError("card_refused", "the card is blocked")) == "the card is blocked"
