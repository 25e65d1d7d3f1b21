"""Lexemes become phrases: recursive descent, with the precedence of operators as a table."""

import re
from typing import Final

from msgspec.structs import replace

from treadle.expressions.cel.lexemes import END, Lexeme, lexemes_of
from treadle.expressions.cel.macros import expanded
from treadle.expressions.cel.numbers import INT_MAX
from treadle.expressions.cel.syntax import (
    Call,
    Choice,
    Element,
    Entry,
    Fixed,
    Index,
    Junction,
    ListOf,
    MapOf,
    Name,
    Operation,
    Phrase,
    Select,
)
from treadle.expressions.faults import PathError
from treadle.expressions.meant import SIGNS, WORDS, written
from treadle.expressions.nearest import quoted

DEPTH_MAX: Final = 48
"""Phrases inside each other, and brackets inside each other."""
PRECEDENCE: Final = {
    "||": 1,
    "&&": 2,
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!=", "in"), 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/", "%"), 5),
}
UNARY: Final = frozenset({"!", "-"})
RESERVED: Final = frozenset(
    {
        *("as", "break", "const", "continue", "else", "for", "function", "if", "import", "in", "let", "loop"),
        *("package", "namespace", "return", "var", "void", "while"),
    }
)
"""Words that are no names; a field may be called so."""
HYPHENATED: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:-+[A-Za-z0-9_]+)+")


def parse(text: str) -> Phrase:
    """The phrase that fills the text.

    Raises:
        PathError: the text is no expression, or one that is nested too deep.
    """
    parser = Parser(text)
    phrase = parser.expression()
    if parser.next.kind != END:
        raise parser.unexpected()
    return phrase


class Parser:
    """Reads one text; `next` is the lexeme that stands before the reader."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lexemes = lexemes_of(text)
        self._position = 0
        self._depth = 0
        self.next = self._lexemes[0]

    def expression(self) -> Phrase:
        """A whole expression, up to what cannot belong to it."""
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise _too_deep(self.next.start)
        condition = self._binary(1)
        if self._takes("?"):
            then = self._binary(1)
            self._expect(":", "after the first value of a choice")
            otherwise = self.expression()
            height = _height(condition, then, otherwise)
            condition = Choice(
                start=condition.start,
                end=otherwise.end,
                height=height,
                condition=condition,
                then=then,
                otherwise=otherwise,
            )
        self._depth -= 1
        return condition

    def unexpected(self) -> PathError:
        """The fault of a lexeme that cannot stand here."""
        found = self.next
        if found.kind == END:
            return PathError("invalid_expression", "the expression ends too early", found.start)
        return PathError(
            "invalid_expression", f"{quoted(found.text)} cannot stand here{self._hint()}", found.start
        )

    def _hint(self) -> str:
        """What is probably meant by what cannot stand here, or by what stands before it."""
        before = self._lexemes[self._position - 1].text if self._position else ""
        if self.next.kind == "quoted":
            return written(SIGNS, "`")
        return (
            written(SIGNS, before + self.next.text)
            or written(WORDS, self.next.text)
            or written(WORDS, before)
        )

    def _binary(self, least: int) -> Phrase:
        """Operands with operators between them that bind at least so strongly."""
        left = self._unary()
        while True:
            operator = self.next.text
            precedence = PRECEDENCE.get(operator, 0)
            if precedence < least:
                return left
            if operator == "&&" or operator == "||":
                left = self._junction(operator, left, precedence)
                continue
            self._advance()
            right = self._binary(precedence + 1)
            left = Operation(
                start=left.start,
                end=right.end,
                height=_height(left, right),
                operator=operator,
                operands=(left, right),
            )

    def _junction(self, operator: str, first: Phrase, precedence: int) -> Phrase:
        """All operands with the same sign between them: however many, they are not inside each other."""
        operands = [first]
        while self._takes(operator):
            operands.append(self._binary(precedence + 1))
        return Junction(
            start=first.start,
            end=operands[-1].end,
            height=_height(*operands),
            operator=operator,
            operands=tuple(operands),
        )

    def _unary(self) -> Phrase:
        signs: list[Lexeme] = []
        while self.next.text in UNARY:
            if signs and signs[-1].text != self.next.text:
                raise self.unexpected()
            signs.append(self._advance())
        if signs and signs[-1].text == "-" and type(self.next.value) in {int, float}:
            operand = self._member(self._negative(signs.pop()))
        else:
            operand = self._member(self._primary())
        for sign in reversed(signs):
            operand = Operation(
                start=sign.start,
                end=operand.end,
                height=_height(operand),
                operator=sign.text,
                operands=(operand,),
            )
        return operand

    def _negative(self, sign: Lexeme) -> Phrase:
        """A number with its sign: the least of 64 bits has no positive one."""
        number = self._advance()
        if type(number.value) is int and number.value > INT_MAX + 1:
            raise _too_long(number)
        return Fixed(start=sign.start, end=number.end, value=-number.value)

    def _member(self, operand: Phrase) -> Phrase:
        while True:
            if self._takes("."):
                operand = self._selection(operand)
            elif self._takes("["):
                is_optional = self._takes("?")
                key = self.expression()
                end = self._expect("]", "after the key").end
                height = _height(operand, key)
                operand = Index(
                    start=operand.start,
                    end=end,
                    height=height,
                    operand=operand,
                    key=key,
                    is_optional=is_optional,
                )
            else:
                return operand

    def _selection(self, operand: Phrase) -> Phrase:
        is_optional = self._takes("?")
        field = self.next
        # A field may have any name, `in` and `true` among them: so it is in a path.
        if field.kind not in {"name", "quoted"} and not (field.kind == "value" and field.text.isalpha()):
            raise PathError("invalid_expression", "a name is missing after the dot", field.start)
        self._advance()
        self._refuse_hyphen(operand, field)
        if field.kind == "quoted":
            return self._select(operand, field, is_optional=is_optional)
        if not is_optional and self._takes("("):
            arguments, end = self._arguments()
            height = _height(operand, *arguments)
            call = Call(
                start=operand.start,
                end=end,
                height=height,
                function=field.text,
                arguments=arguments,
                target=operand,
            )
            return expanded(call)
        return self._select(operand, field, is_optional=is_optional)

    def _select(self, operand: Phrase, field: Lexeme, *, is_optional: bool) -> Phrase:
        return Select(
            start=operand.start,
            end=field.end,
            height=_height(operand),
            operand=operand,
            field=field.text.strip("`"),
            is_optional=is_optional,
        )

    def _refuse_hyphen(self, operand: Phrase, field: Lexeme) -> None:
        """An id with a hyphen would be read as one thing minus another."""
        if not isinstance(operand, Name) or operand.name != "nodes":
            return
        written = HYPHENATED.match(self._text, field.start)
        if written is not None:
            message = (
                f'in an expression an id with a hyphen is written `nodes["{written[0]}"]`: '
                f"`nodes.{written[0]}` would be a subtraction"
            )
            raise PathError("hyphenated_id", message, operand.start)

    def _primary(self) -> Phrase:
        found = self.next
        if found.kind == "value":
            if type(found.value) is int and found.value > INT_MAX:
                raise _too_long(found)
            self._advance()
            return Fixed(start=found.start, end=found.end, value=found.value)
        if found.kind == "name" and found.text not in RESERVED:
            return self._named(self._advance())
        if self._takes("("):
            inner = self.expression()
            end = self._expect(")", "after what stands in brackets").end
            return replace(inner, start=found.start, end=end)
        if self._takes("["):
            return self._list(found.start)
        if self._takes("{"):
            return self._map(found.start)
        raise self.unexpected()

    def _named(self, name: Lexeme) -> Phrase:
        if not self._takes("("):
            return Name(start=name.start, end=name.end, name=name.text)
        arguments, end = self._arguments()
        height = _height(*arguments)
        call = Call(start=name.start, end=end, height=height, function=name.text, arguments=arguments)
        return expanded(call)

    def _arguments(self) -> tuple[tuple[Phrase, ...], int]:
        found: list[Phrase] = []
        while self.next.text != ")":
            found.append(self.expression())
            if not self._takes(","):
                break
        return tuple(found), self._expect(")", "after the arguments").end

    def _list(self, start: int) -> Phrase:
        elements: list[Element] = []
        while self.next.text != "]":
            is_optional = self._takes("?")
            elements.append(Element(value=self.expression(), is_optional=is_optional))
            if not self._takes(","):
                break
        end = self._expect("]", "at the end of a list").end
        height = _height(*(element.value for element in elements))
        return ListOf(start=start, end=end, height=height, elements=tuple(elements))

    def _map(self, start: int) -> Phrase:
        entries: list[Entry] = []
        while self.next.text != "}":
            is_optional = self._takes("?")
            key = self.expression()
            self._expect(":", "after the key of a map")
            entries.append(Entry(key=key, value=self.expression(), is_optional=is_optional))
            if not self._takes(","):
                break
        end = self._expect("}", "at the end of a map").end
        height = _height(*(part for entry in entries for part in (entry.key, entry.value)))
        return MapOf(start=start, end=end, height=height, entries=tuple(entries))

    def _takes(self, sign: str) -> bool:
        """Whether the sign stands next; it is passed over then."""
        if self.next.text != sign:
            return False
        self._advance()
        return True

    def _expect(self, sign: str, where: str) -> Lexeme:
        if self.next.text != sign:
            raise PathError("invalid_expression", f"`{sign}` is missing {where}", self.next.start)
        return self._advance()

    def _advance(self) -> Lexeme:
        passed = self.next
        if passed.kind != END:
            self._position += 1
            self.next = self._lexemes[self._position]
        return passed


def _height(*inner: Phrase) -> int:
    """The height of a phrase over these.

    Raises:
        PathError: it is too high.
    """
    height = 1 + max((phrase.height for phrase in inner), default=0)
    if height > DEPTH_MAX:
        raise _too_deep(inner[0].start)
    return height


def _too_deep(position: int) -> PathError:
    return PathError("expression_too_deep", f"an expression may be nested {DEPTH_MAX} deep", position)


def _too_long(number: Lexeme) -> PathError:
    return PathError("invalid_expression", f"{quoted(number.text)} has more than 64 bits", number.start)
