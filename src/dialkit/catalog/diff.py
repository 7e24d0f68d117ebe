"""What a newer OpenAPI document says that an older one did not: operations, and what they take and answer.

Schemas are compared by shape where operations use them, for their names differ from document to document.
Prose, examples and extensions (``x-``) are not compared. Limits on values (``pattern``, ``maxLength`` ...)
count only where the newer document states them: ours states more than Dialpad's own, and that is no change.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.catalog.compile import JSON_TYPE, METHODS, BadDocument

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 64  # levels of properties that are followed
MOST = 200  # lines for one operation
# What a schema may say about a value, compared as it stands.
STATED = (
    "format", "default", "const", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "multipleOf", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems",
)  # fmt: skip


class Changes(NamedTuple):
    """Operations by id: only in the newer document, only in the older, in both but changed, with lines."""

    new: list[str]
    gone: list[str]
    changed: dict[str, list[str]]

    def __bool__(self) -> bool:
        return bool(self.new or self.gone or self.changed)


def compare(old: dict[str, Any], new: dict[str, Any]) -> Changes:
    """The way from one OpenAPI 3 document to another, each list in the order of ids.

    A change is one line, such as ``body to.target_id: type integer -> string``. An operation that only has
    another id is gone under the one and new under the other, as it is for who types it. Raises `BadDocument`
    where one of the two is not such a document.
    """
    try:
        before, after = _Document(old), _Document(new)
        both = sorted(before.operations.keys() & after.operations.keys())
        lines = {name: list(islice(_operation(before, after, name), MOST)) for name in both}
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise BadDocument(f"not an OpenAPI 3 document: {error}") from error
    changed = {name: told for name, told in lines.items() if told}
    return Changes(
        sorted(after.operations.keys() - before.operations.keys()),
        sorted(before.operations.keys() - after.operations.keys()),
        changed,
    )


class _Operation(NamedTuple):
    method: str
    path: str
    parameters: dict[str, dict[str, Any]]
    body: Any
    status: str
    answer: Any


class _Document:
    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root
        self.operations: dict[str, _Operation] = {}
        for path, item in root["paths"].items():
            for method in METHODS:
                if method in item:
                    operation = self._read(method, path, item[method], item.get("parameters", []))
                    self.operations[item[method].get("operationId", f"{method.upper()} {path}")] = operation

    def _read(self, method: str, path: str, given: dict[str, Any], shared: list[Any]) -> _Operation:
        parameters = [self.resolve(each) for each in (*shared, *given.get("parameters", ()))]
        answers = given.get("responses", {})
        status = min((code for code in answers if code.startswith("2")), default="")
        return _Operation(
            method.upper(),
            path,
            {f"{each.get('in')} {each.get('name')}": each for each in parameters},
            self._media(given.get("requestBody", {})),
            status,
            self._media(answers.get(status, {})),
        )

    def _media(self, holder: dict[str, Any]) -> Any:
        content = self.resolve(holder).get("content", {})
        media: dict[str, Any] = content.get(JSON_TYPE) or next(iter(content.values()), {})
        return media.get("schema")

    def resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        """Follow ``$ref``; what stands beside it wins. One that leads nowhere, or in circles, is empty."""
        for _ in range(DEEPEST):
            if "$ref" not in node:
                return node
            target: Any = self.root
            for part in str(node["$ref"]).removeprefix("#/").split("/"):
                target = target.get(part.replace("~1", "/").replace("~0", "~"), {})
            node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
        return {}

    def shape(self, node: dict[str, Any], seen: set[str] | None = None) -> dict[str, Any]:
        """A schema with its parts and choices laid together, each reference once; null is no type here."""
        seen = set() if seen is None else seen
        schema = self.resolve(node)
        found = {**schema, "properties": dict(schema.get("properties", {})), "choices": 0}
        types = schema.get("type", [])
        found["types"] = set([types] if isinstance(types, str) else types)
        required = set(schema.get("required", ()))
        for key in ("allOf", "oneOf", "anyOf"):
            for part in schema.get(key, ()):
                if part.get("$ref") in seen:
                    continue
                seen |= {part["$ref"]} if "$ref" in part else set()
                inner = self.shape(part, seen)
                found["types"] |= inner["types"]
                found["properties"] = {**inner["properties"], **found["properties"]}
                required |= inner["required"] if key == "allOf" else set()
                found["choices"] += key != "allOf"
        found["types"] -= {"null"}
        if found["properties"] and not found["types"]:
            found["types"] = {"object"}
        return found | {"required": required}


def _operation(before: _Document, after: _Document, name: str) -> Iterator[str]:
    old, new = before.operations[name], after.operations[name]
    if (old.method, old.path) != (new.method, new.path):
        yield f"moved: {old.method} {old.path} -> {new.method} {new.path}"
    for key in dict.fromkeys((*old.parameters, *new.parameters)):
        gone, came = old.parameters.get(key), new.parameters.get(key)
        place = f"parameter {key}"
        if gone is None or came is None:
            yield _came_or_went(
                after, place, came and came.get("schema", {}), bool(came and came.get("required"))
            )
            continue
        if bool(gone.get("required")) != bool(came.get("required")):
            yield f"{place}: {'now' if came.get('required') else 'no longer'} required"
        yield from _Pair(before, after).compare(place, gone.get("schema", {}), came.get("schema", {}))
    if old.status != new.status:
        yield f"answer: status {old.status or 'none'} -> {new.status or 'none'}"
    for place, gone, came in (("body", old.body, new.body), ("answer", old.answer, new.answer)):
        if gone is not None and came is not None:
            yield from _Pair(before, after).compare(place, gone, came)
        elif gone is not came:
            yield _came_or_went(after, place, came, required=False)


def _came_or_went(after: _Document, place: str, came: dict[str, Any] | None, required: bool) -> str:
    if came is None:
        return f"{place}: gone"
    told = [_types(after.shape(came)), *(["required"] if required else [])]
    return f"{place}: added ({', '.join(told)})"


def _types(shape: dict[str, Any]) -> str:
    return " or ".join(sorted(shape["types"])) or "any"


class _Pair:
    """Two schemas and what hangs from them; a pair met again, as in a tree, is not compared again."""

    def __init__(self, before: _Document, after: _Document) -> None:
        self.before, self.after = before, after
        self.seen: set[tuple[Any, Any]] = set()

    def compare(
        self, place: str, gone: dict[str, Any], came: dict[str, Any], depth: int = 0
    ) -> Iterator[str]:
        pair = (gone.get("$ref", id(gone)), came.get("$ref", id(came)))
        if pair in self.seen or depth > DEEPEST:
            return
        self.seen.add(pair)
        old, new = self.before.shape(gone), self.after.shape(came)
        yield from _own(place, old, new)
        joint = "." if " " in place or depth else " "
        for name in dict.fromkeys((*old["properties"], *new["properties"])):
            inner = f"{place}{joint}{name}"
            if name not in old["properties"] or name not in new["properties"]:
                schema = new["properties"].get(name)
                yield _came_or_went(self.after, inner, schema, name in new["required"])
                continue
            if (name in old["required"]) != (name in new["required"]):
                yield f"{inner}: {'now' if name in new['required'] else 'no longer'} required"
            yield from self.compare(inner, old["properties"][name], new["properties"][name], depth + 1)
        if isinstance(old.get("items"), dict) and isinstance(new.get("items"), dict):
            yield from self.compare(f"{place}[]", old["items"], new["items"], depth + 1)


def _own(place: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """What two shapes say about the value itself."""
    if old["types"] != new["types"]:
        yield f"{place}: type {_types(old)} -> {_types(new)}"
    if old["choices"] != new["choices"]:
        yield f"{place}: {new['choices']} choices, formerly {old['choices']}"
    had, has = ([value for value in shape.get("enum", ()) if value is not None] for shape in (old, new))
    for word, values in (
        ("gained", [v for v in has if v not in had]),
        ("lost", [v for v in had if v not in has]),
    ):
        if values and had and has:
            yield f"{place}: enum {word} {', '.join(map(str, values))}"
    if bool(had) != bool(has):
        yield f"{place}: {'now' if has else 'no longer'} one of {', '.join(map(str, has or had))}"
    for key in STATED:
        if key in new and new[key] is not None and old.get(key) != new[key]:
            yield f"{place}: {key} {old.get(key, 'none')} -> {new[key]}"
