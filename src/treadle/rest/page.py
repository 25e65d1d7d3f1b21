"""The description of the API as a page: plain HTML that needs nothing from elsewhere."""

from collections.abc import Iterator
from html import escape
from typing import Final

import msgspec

from treadle.model.json import Json

STYLE: Final = """
:root { font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; }
code, pre { font-family: ui-monospace, monospace; font-size: 0.9em; }
pre { overflow-x: auto; padding: 0.5rem; border: 1px solid #8886; border-radius: 4px; }
details { border-bottom: 1px solid #8886; padding: 0.4rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
summary b { display: inline-block; min-width: 4.5rem; }
table { border-collapse: collapse; width: 100%; }
td { border-top: 1px solid #8884; padding: 0.2rem 0.5rem 0.2rem 0; }
td { vertical-align: top; overflow-wrap: anywhere; }
"""
SHORT: Final = "#/components/schemas/"


def page(document: Json) -> str:
    """The page of an OpenAPI document."""
    return "".join(
        (
            "<!doctype html><html lang='en'><head><meta charset='utf-8'>",
            "<meta name='viewport' content='width=device-width, initial-scale=1'>",
            f"<title>{escape(document['info']['title'])}</title><style>{STYLE}</style></head><body>",
            f"<h1>{escape(document['info']['title'])} {escape(document['info']['version'])}</h1>",
            f"<p>{_told(document['info']['description'])}</p>",
            "<p>As OpenAPI: <a href='/openapi.json'>openapi.json</a></p>",
            *_tags(document),
            "<h2>Shapes</h2>",
            *(_shape(name, schema) for name, schema in document["components"]["schemas"].items()),
            "</body></html>",
        )
    )


def _tags(document: Json) -> Iterator[str]:
    for tag in document["tags"]:
        yield f"<h2>{escape(tag['name'].capitalize())}</h2><p>{_told(tag['description'])}</p>"
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                if tag["name"] in operation["tags"]:
                    yield _operation(method, path, operation)


def _operation(method: str, path: str, operation: Json) -> str:
    rows = [
        (f"{one['name']} <small>{one['in']}</small>", _told(one.get("description", "")), _type(one["schema"]))
        for one in operation.get("parameters", ())
    ]
    content = operation.get("requestBody", {}).get("content", {})
    if content:
        kinds = (f"{_type(held['schema'])} <small>{kind}</small>" for kind, held in content.items())
        rows.append(("body", "", " or ".join(kinds)))
    rows += [
        (
            f"→ {status}",
            _told(answer["description"]),
            " or ".join(_type(held["schema"]) for held in answer.get("content", {}).values()),
        )
        for status, answer in operation["responses"].items()
    ]
    table = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    title = f"<b>{method.upper()}</b> <code>{escape(path)}</code> {escape(operation['summary'])}"
    told = _told(operation.get("description", ""))
    return f"<details><summary>{title}</summary><p>{told}</p><table>{table}</table></details>"


def _shape(name: str, schema: Json) -> str:
    shown = msgspec.json.format(msgspec.json.encode(schema)).decode()
    title = f"<summary><code>{escape(name)}</code></summary>"
    return f"<details id='{escape(name)}'>{title}<pre>{escape(shown)}</pre></details>"


def _type(schema: Json) -> str:
    """The schema in a word, which leads to its shape if it has a name."""
    if "$ref" in schema:
        name = escape(schema["$ref"].removeprefix(SHORT))
        return f"<a href='#{name}'>{name}</a>"
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    if "enum" in schema:
        return " | ".join(f"<code>{escape(str(word))}</code>" for word in schema["enum"])
    kind = schema.get("type")
    return escape(str(schema.get("format") or (kind if isinstance(kind, str) else "any JSON")))


def _told(text: str) -> str:
    """A sentence in which what stands between backquotes is code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts))
