"""Check our OpenAPI document: valid, complete, told in words, and with examples that are what they say.

    tools/check_spec.py

One line for each problem, then a count; the exit code is 1 if there is any. Where a folder with the reference
document and the tools that compare with it stands beside the checkout, those are asked too.
"""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from dialkit.catalog import Catalog, Operation
from dialkit.catalog.compile import JSON_TYPE, METHODS, compile_document
from dialkit.catalog.document import export
from dialkit.catalog.example import answer_example, compose, request_example
from dialkit.catalog.rules import fault_of_span, faults_of_clock, faults_of_rules
from dialkit.catalog.validate import faults, unknown
from spec import ROOT, bundle

if TYPE_CHECKING:
    from collections.abc import Iterator

Document = dict[str, Any]
BESIDE = ROOT.parent / "shared"
YEAR_2099 = 4_070_908_800  # epoch seconds; examples of moments to come lie after it
SHORTEST = 12  # characters of a description
EFFECTS = {"read", "write", "outward"}
RETRIES = {"safe", "unsafe"}
LIMIT = {"count", "window", "scope"}


class Told(NamedTuple):
    """A JSON value that stands in the document, and where its schema is."""

    place: str
    schema: str
    value: Any


def pointer(*parts: str | int) -> str:
    """A JSON pointer, from the document's root."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def at(document: Document, place: str) -> Any:
    """What a JSON pointer leads to. Raises `LookupError`."""
    node: Any = document
    for part in place.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        node = node[int(key)] if isinstance(node, list) else node[key]
    return node


def operations(document: Document) -> Iterator[tuple[str, Document]]:
    """Every operation, with the pointer to it."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield pointer("paths", path, method), item[method]


def media(document: Document) -> Iterator[tuple[str, Document]]:
    """Every body of a request or an answer: ``{schema, example}``."""
    holders = [
        (pointer("components", "responses", n), r) for n, r in document["components"]["responses"].items()
    ]
    for place, operation in operations(document):
        if "requestBody" in operation:
            holders.append((f"{place}/requestBody", operation["requestBody"]))
        holders += [(place + pointer("responses", code), a) for code, a in operation["responses"].items()]
    for place, holder in holders:
        if JSON_TYPE in holder.get("content", {}):
            yield place + pointer("content", JSON_TYPE), holder["content"][JSON_TYPE]


def roots(document: Document) -> Iterator[tuple[str, Document]]:
    """Every place where a schema begins."""
    for name, schema in document["components"]["schemas"].items():
        yield pointer("components", "schemas", name), schema
    for place, operation in operations(document):
        for number, parameter in enumerate(operation.get("parameters", ())):
            yield place + pointer("parameters", number, "schema"), parameter["schema"]
    for place, body in media(document):
        yield f"{place}/schema", body["schema"]


def schemas(document: Document) -> Iterator[tuple[str, Document]]:
    """Every schema, and every schema inside one."""

    def inside(place: str, schema: Document) -> Iterator[tuple[str, Document]]:
        yield place, schema
        for name, inner in schema.get("properties", {}).items():
            yield from inside(place + pointer("properties", name), inner)
        if "items" in schema:
            yield from inside(f"{place}/items", schema["items"])
        for key in ("oneOf", "anyOf", "allOf"):
            for number, inner in enumerate(schema.get(key, ())):
                yield from inside(place + pointer(key, number), inner)

    for place, schema in roots(document):
        yield from inside(place, schema)


def compiled(document: Document) -> Iterator[Operation]:
    """Every operation as the catalog would know it."""
    for group, shard in compile_document(document).items():
        for name, source in shard.get("operations", {}).items():
            yield Operation({**source, "id": name, "group": group}, shard["schemas"])


def validity(document: Document) -> Iterator[str]:
    """Is it OpenAPI 3.1?"""
    for error in OpenAPIV31SpecValidator(document).iter_errors():
        yield f"{pointer(*error.absolute_path)}: {error.message}"


def references(document: Document) -> Iterator[str]:
    """Does every reference lead somewhere, and to every schema one?"""
    used: set[str] = set()

    def inside(place: str, node: Any) -> Iterator[str]:
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            target = node["$ref"].removeprefix("#")
            try:
                at(document, target)
            except LookupError:
                yield f"{place}: {node['$ref']} leads nowhere"
            if not place.startswith(target + "/"):
                used.add(target)
        for key, inner in node.items() if isinstance(node, dict) else enumerate(node):
            if isinstance(inner, dict | list):
                yield from inside(place + pointer(key), inner)

    yield from inside("", document)
    for name in document["components"]["schemas"]:
        if pointer("components", "schemas", name) not in used:
            yield f"{pointer('components', 'schemas', name)}: nothing uses it"


def words(document: Document) -> Iterator[str]:
    """Is everything described, by more than its own name?"""

    def dull(name: str, text: str | None) -> bool:
        bare = re.sub(r"[\W_]+", "", text or "").lower()
        return len(text or "") < SHORTEST or bare == re.sub(r"[\W_]+", "", name).lower()

    for tag in document["tags"]:
        if dull(tag["name"], tag.get("description")):
            yield f"tag {tag['name']}: no description"
    for place, operation in operations(document):
        for key in ("summary", "description"):
            if dull(operation["operationId"], operation.get(key)):
                yield f"{place}: no {key}"
        for parameter in operation.get("parameters", ()):
            if dull(parameter["name"], parameter.get("description")):
                yield f"{place}: parameter {parameter['name']} has no description"
    for place, schema in schemas(document):
        parent, name = place.rsplit("/", 2)[1:]
        if parent in ("properties", "schemas"):
            beyond = at(document, schema["$ref"][1:]) if "$ref" in schema else {}
            if dull(name, schema.get("description", beyond.get("description"))):
                yield f"{place}: no description"


def marks(document: Document) -> Iterator[str]:
    """Does every operation say what it does to the world, whether it can be repeated, and how often?"""
    for place, operation in operations(document):
        if operation.get("x-effect") not in EFFECTS:
            yield f"{place}: x-effect is {operation.get('x-effect')!r}"
        if operation.get("x-retry") not in RETRIES:
            yield f"{place}: x-retry is {operation.get('x-retry')!r}"
        if not operation.get("x-name"):
            yield f"{place}: no x-name"
        limits = operation.get("x-limits", [])
        if not limits and not operation.get("x-limits-reason"):
            yield f"{place}: neither x-limits nor x-limits-reason"
        if any(not limit.keys() >= LIMIT for limit in limits):
            yield f"{place}: a limit lacks one of {', '.join(sorted(LIMIT))}"


def told(document: Document) -> Iterator[Told]:
    """Every example, as written and as it is composed for people."""
    for place, schema in schemas(document):
        for number, value in enumerate(schema.get("examples", ())):
            yield Told(f"{place}/examples/{number}", place, value)
        for key in ("default", "x-default"):
            if key in schema:
                yield Told(f"{place}/{key}", place, schema[key])
    for place, body in media(document):
        if "example" in body:
            yield Told(f"{place}/example", f"{place}/schema", body["example"])
        yield Told(
            f"{place}, composed",
            f"{place}/schema",
            compose(body["schema"], document["components"]["schemas"]),
        )
    for operation in compiled(document):
        place = pointer("paths", operation.path, operation.method.lower())
        values = request_example(operation)
        for number, parameter in enumerate(operation.source.get("parameters", ())):
            if parameter["required"]:
                where = place + pointer("parameters", number, "schema")
                yield Told(f"{place}, example of {parameter['name']}", where, values[parameter["name"]])
        if operation.body:
            fields = {field.name for field in operation.fields if field.place == "body"}
            body = {name: value for name, value in values.items() if name in fields}
            yield Told(
                f"{place}, example request",
                place + pointer("requestBody", "content", JSON_TYPE, "schema"),
                body,
            )
        if "schema" in operation.answer:
            where = place + pointer("responses", operation.answer["status"], "content", JSON_TYPE, "schema")
            yield Told(f"{place}, example answer", where, answer_example(operation))


def examples(document: Document) -> Iterator[str]:
    """Is every example what its schema asks for: by a known validator, by ours, with no name misspelled?"""
    ours = document["components"]["schemas"]
    resource = DRAFT202012.create_resource(_at_least_one(document))
    registry: Registry[Any] = Registry().with_resource("urn:spec", resource)
    for example in told(document):
        schema = at(document, example.schema)
        validator = Draft202012Validator({"$ref": f"urn:spec#{example.schema}"}, registry=registry)
        for error in validator.iter_errors(example.value):
            yield f"{example.place}: {error.message[:200]}"
        for fault in faults(example.value, schema, ours):
            yield f"{example.place}: {fault.path or 'it'} {fault.message}"
        for name in unknown(example.value, schema, ours):
            yield f"{example.place}: the schema has no {name}"


def rules(document: Document) -> Iterator[str]:
    """Do rules name what the operation takes, with values it can have, and do example requests keep them?"""
    for operation in compiled(document):
        place = pointer("paths", operation.path, operation.method.lower())
        requires, span = operation.source.get("requires", []), operation.source.get("max-span", {})
        conditions = [rule.get(key, {}) for rule in requires for key in ("when", "need")]
        named = [
            (name, value)
            for each in conditions
            for name, wanted in each.items()
            for value in wanted or [None]
        ]
        named += [
            (name, None) for rule in requires for key in ("any", "together") for name in rule.get(key, ())
        ]
        named += [(span[end], None) for end in ("from", "to") if span]
        for name, value in named:
            field = operation.field(name)
            if field is None:
                yield f"{place}: a rule names {name}, which it does not take"
            elif value is not None and faults(value, field.schema, operation.schemas):
                yield f"{place}: a rule wants {name} to be {value!r}, which it cannot be"
        values = request_example(operation)
        broken = faults_of_rules(values, requires) + faults_of_clock(operation, values, YEAR_2099)
        broken += [fault for fault in [fault_of_span(operation, values)] if fault]
        yield from (f"{place}: example request: {fault.path} {fault.message}" for fault in broken)


def _at_least_one(document: Document) -> Document:
    """The document with ``anyOf`` for ``oneOf``, for that is what our choices mean."""
    document = copy.deepcopy(document)
    for _, schema in schemas(document):
        if "oneOf" in schema:
            schema["anyOf"] = schema.pop("oneOf")
    return document


def exported(document: Document) -> Iterator[str]:
    """Do the shards hold the whole document, but for the examples composed on export?"""

    def inside(place: str, ours: Any, theirs: Any) -> Iterator[str]:
        if isinstance(ours, dict) and isinstance(theirs, dict):
            for key in sorted((ours.keys() | theirs.keys()) - {"example"}):
                if key not in ours or key not in theirs:
                    yield f"{place}{pointer(key)}: only in the {'document' if key in ours else 'export'}"
                else:
                    yield from inside(place + pointer(key), ours[key], theirs[key])
        elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
            for number, pair in enumerate(zip(ours, theirs, strict=True)):
                yield from inside(f"{place}/{number}", *pair)
        elif ours != theirs:
            yield f"{place}: the export differs from the document"

    yield from inside("", document, export(Catalog()))


def reference(document: Document) -> Iterator[str]:
    """Are all facts of the reference in the document, and none of its sentences?"""
    if not (BESIDE / "tools" / "spec_facts.py").exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        theirs, ours = BESIDE / "reference" / "dialpad-openapi.json", Path(folder) / "ours.json"
        ours.write_text(json.dumps(document), "utf-8")
        for tool in ("spec_facts.py", "prose_overlap.py"):
            command = [sys.executable, *map(str, (BESIDE / "tools" / tool, theirs, ours))]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                yield from (f"{tool}: {line}" for line in (done.stdout or done.stderr).splitlines())


CHECKS = (validity, references, words, marks, rules, examples, exported, reference)


def main() -> int:
    document = bundle()
    problems = [f"{check.__name__}: {problem}" for check in CHECKS for problem in check(document)]
    for problem in problems:
        print(problem)
    count = sum(1 for _ in operations(document)), sum(1 for _ in told(document))
    print(f"{count[0]} operations, {count[1]} examples, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
