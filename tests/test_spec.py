"""The document: its build, what a build refuses, what changed between two, whether checks can fail."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dialkit.catalog import Catalog
from dialkit.catalog.compile import BadDocument, compile_document
from dialkit.catalog.diff import MOST, Changes, compare
from dialkit.catalog.document import export
from dialkit.catalog.storage import SHARDS, modules

TOOLS = Path(__file__).parent.parent / "tools"
sys.path.insert(0, str(TOOLS))

import check_spec  # noqa: E402
from spec import bundle  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

Document = dict[str, Any]
BUNDLE = json.dumps(bundle())


@pytest.fixture
def document() -> Document:
    """Our document, to be changed at will."""
    loaded: Document = json.loads(BUNDLE)
    return loaded


def small(*operations: Document, **schemas: Document) -> Document:
    """A document of a few operations, each ``{"operationId", "path", "method", ...}``."""
    paths: Document = {}
    for number, operation in enumerate(operations):
        path, method = operation.pop("path", f"/{number}"), operation.pop("method", "get")
        paths.setdefault(path, {})[method] = operation
    return {"paths": paths, "components": {"schemas": schemas}}


def test_the_shards_are_what_the_document_says(document: Document) -> None:
    first, second = compile_document(document), compile_document(json.loads(BUNDLE))
    written = modules(first)
    assert written == modules(second)
    assert written == {path.name: path.read_bytes() for path in Path(SHARDS).glob("*.py")}
    assert sum(len(group["operations"]) for group in first["index"]["groups"].values()) == 242


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_build_does_not_depend_on_hashes(seed: str) -> None:
    command = [sys.executable, str(TOOLS / "spec.py"), "--check"]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_export_is_the_document(document: Document) -> None:
    assert list(check_spec.exported(document)) == []
    exported = export(Catalog())
    assert list(check_spec.references(exported)) == []
    assert compile_document(exported)["index"] == compile_document(document)["index"]
    media = [body for _, body in check_spec.media(exported)]
    assert all("example" in body for body in media)
    assert len(media) > 300


def test_our_document_passes_the_quick_checks(document: Document) -> None:
    for check in (check_spec.references, check_spec.words, check_spec.marks):
        assert list(check(document)) == []


PARAMETER = {"in": "query", "required": False, "description": "", "schema": {"type": "string"}}
LOOP = {"$ref": "#/components/schemas/Loop"}


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ([], "it has no 'paths'"),
        ({"paths": None}, "it has no 'paths'"),
        ({"openapi": "3.1.0"}, "it has no 'paths'"),
        (small({}), "GET /0 has no operationId"),
        (small({"operationId": "a.b"}, {"operationId": "a.b"}), "two operations are called a.b"),
        (small({"operationId": "a_b"}, {"operationId": "a-b"}), "are both called 'a-b'"),
        (small({"operationId": "a", "x-name": "get"}, {"operationId": "get"}), "are both called 'get'"),
        (
            small({"operationId": "a", "parameters": [{"name": n, **PARAMETER} for n in ("to_id", "to-id")]}),
            "to_id and to-id are both --to-id",
        ),
        (
            small(
                {
                    "operationId": "a",
                    "parameters": [{"name": "to_id", **PARAMETER}],
                    "requestBody": {
                        "content": {"application/json": {"schema": {"properties": {"to.id": {}}}}}
                    },
                }
            ),
            "to_id and to.id are both --to-id",
        ),
        (small({"operationId": "a", "parameters": [{"$ref": "#/x"}]}), "parameters must be written out"),
        (
            small({"operationId": "a", "parameters": [{"name": "x", **PARAMETER, "schema": LOOP}]}),
            "does not exist",
        ),
        (small({"operationId": "a", "tags": ["../../etc/cron"]}), "cannot be a group"),
        (small({"operationId": "a", "tags": ["index"]}), "cannot be a group"),
        (small({"operationId": "a", "tags": ["a b"]}), "cannot be a group"),
        (small({"operationId": "a"}, Loop=LOOP), "Loop is defined by itself"),
        (small({"operationId": "a"}, Loop={"oneOf": [{"allOf": [LOOP]}]}), "Loop is defined by itself"),
        ({"paths": {"/a": {"get": "x"}}}, "not an OpenAPI 3 document"),
        (
            {"paths": {"/a": {"get": {"operationId": "a", "parameters": [{"schema": {}}]}}}},
            "not an OpenAPI 3",
        ),
    ],
)
def test_what_cannot_be_commands_is_refused(document: Any, told: str) -> None:
    with pytest.raises(BadDocument, match=told):
        compile_document(document)


def test_a_schema_may_hold_itself_in_a_property() -> None:
    tree = {"properties": {"next": {"$ref": "#/components/schemas/Tree"}}}
    assert compile_document(small({"operationId": "a"}, Tree=tree))["index"]["groups"].keys() == {"other"}


def test_nothing_changed_between_a_document_and_itself(document: Document) -> None:
    assert compare(document, json.loads(BUNDLE)) == Changes([], [], {})
    assert not compare(document, json.loads(BUNDLE))


def test_names_of_schemas_prose_and_extensions_are_no_changes(document: Document) -> None:
    renamed = BUNDLE.replace("#/components/schemas/", "#/components/schemas/protos.")
    other = json.loads(renamed)
    found = other["components"]["schemas"]
    other["components"]["schemas"] = {f"protos.{name}": schema for name, schema in found.items()}
    for _, operation in check_spec.operations(other):
        operation |= {"summary": "Other", "description": "Other words", "x-limits": [], "deprecated": True}
    for _, schema in check_spec.schemas(other):
        schema.pop("examples", None)
        schema["description"] = "Other words"
    assert not compare(document, other)


def test_limits_that_only_the_older_document_states_are_no_changes(document: Document) -> None:
    other = copy.deepcopy(document)
    for _, schema in check_spec.schemas(other):
        for key in ("pattern", "maxLength", "minLength", "maximum", "minimum", "maxItems"):
            schema.pop(key, None)
    assert not compare(document, other)
    lines = [line for told in compare(other, document).changed.values() for line in told]
    assert "body text: maxLength none -> 1600" in lines
    assert "body to_numbers[]: pattern none -> ^\\+[1-9][0-9]{1,14}$" in lines


def sms(document: Document) -> Document:
    found: Document = document["components"]["schemas"]["SendSMS"]["properties"]
    return found


def at(path: str, method: str) -> Callable[[Document], Document]:
    return lambda document: document["paths"][path][method]


USERS = at("/api/v2/users", "get")
TRANSFER = at("/api/v2/call/{id}/transfer", "post")


@pytest.mark.parametrize(
    ("plant", "operation", "lines"),
    [
        (lambda d: sms(d).update(urgent={"type": "boolean"}), "sms.send", ["body urgent: added (boolean)"]),
        (lambda d: sms(d).pop("media"), "sms.send", ["body media: gone"]),
        (
            lambda d: sms(d)["user_id"].update(type="string"),
            "sms.send",
            ["body user_id: type integer -> string"],
        ),
        (
            lambda d: sms(d)["sender_group_type"]["enum"].append("room"),
            "sms.send",
            ["body sender_group_type: enum gained room"],
        ),
        (
            lambda d: sms(d)["sender_group_type"]["enum"].remove("office"),
            "sms.send",
            ["body sender_group_type: enum lost office"],
        ),
        (
            lambda d: sms(d)["from_number"].update(enum=["+1"]),
            "sms.send",
            ["body from_number: now one of +1"],
        ),
        (
            lambda d: sms(d)["text"].update(maxLength=800),
            "sms.send",
            ["body text: maxLength 1600 -> 800"],
        ),
        (
            lambda d: sms(d)["to_numbers"].update(items={"type": "object", "properties": {"to": {}}}),
            "sms.send",
            ["body to_numbers[]: type string -> object", "body to_numbers[].to: added (any)"],
        ),
        (
            lambda d: d["components"]["schemas"]["SendSMS"].update(required=["text"]),
            "sms.send",
            ["body text: now required"],
        ),
        (
            lambda d: d["components"]["schemas"]["SMS"]["properties"].update(segments={"type": "integer"}),
            "sms.send",
            ["answer segments: added (integer)"],
        ),
        (
            lambda d: at("/api/v2/sms", "post")(d)["responses"]["200"].pop("content"),
            "sms.send",
            ["answer: gone"],
        ),
        (
            lambda d: at("/api/v2/sms", "post")(d).pop("requestBody"),
            "sms.send",
            ["body: gone"],
        ),
        (
            lambda d: USERS(d)["parameters"].append(
                {"name": "query", "in": "query", "required": True, "schema": {"type": "string"}}
            ),
            "users.list",
            ["parameter query query: added (string, required)"],
        ),
        (
            lambda d: USERS(d)["parameters"].remove(
                next(p for p in USERS(d)["parameters"] if p["name"] == "cursor")
            ),
            "users.list",
            ["parameter query cursor: gone"],
        ),
        (
            lambda d: next(p for p in USERS(d)["parameters"] if p["name"] == "cursor").update(required=True),
            "users.list",
            ["parameter query cursor: now required"],
        ),
        (
            lambda d: d["paths"].update({"/api/v3/users": {"get": d["paths"]["/api/v2/users"].pop("get")}}),
            "users.list",
            ["moved: GET /api/v2/users -> GET /api/v3/users"],
        ),
        (
            lambda d: USERS(d)["responses"].update({"202": USERS(d)["responses"].pop("200")}),
            "users.list",
            ["answer: status 200 -> 202"],
        ),
        (
            lambda d: d["components"]["schemas"]["TransferCall"]["properties"]["to"]["oneOf"].append(
                {"type": "object", "properties": {"room_id": {"type": "integer"}}}
            ),
            "call.transfer_call",
            ["body to: 5 choices, formerly 4", "body to.room_id: added (integer)"],
        ),
    ],
)
def test_a_planted_change_is_found(
    document: Document, plant: Callable[[Document], Any], operation: str, lines: list[str]
) -> None:
    newer = copy.deepcopy(document)
    plant(newer)
    found = compare(document, newer)
    assert (found.new, found.gone) == ([], [])
    assert found.changed[operation] == lines


def test_operations_come_and_go(document: Document) -> None:
    newer = copy.deepcopy(document)
    item = newer["paths"].pop("/api/v2/fax")
    item["post"]["operationId"] = "fax.transmit"
    newer["paths"]["/api/v2/fax"] = item
    assert compare(document, newer) == Changes(["fax.transmit"], ["fax.send"], {})


def test_comparing_ends_where_schemas_hold_themselves() -> None:
    def tree(kind: str) -> Document:
        tree = {
            "type": "object",
            "properties": {
                "value": {"type": kind},
                "left": {"$ref": "#/components/schemas/Tree"},
                "right": {
                    "oneOf": [{"$ref": "#/components/schemas/Tree"}, {"$ref": "#/components/schemas/Tree"}]
                },
            },
        }
        body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Tree"}}}}
        return small({"operationId": "a", "requestBody": body}, Tree=tree, Loop=LOOP)

    assert compare(tree("string"), tree("integer")).changed == {"a": ["body value: type string -> integer"]}
    looped = small(
        {"operationId": "a", "requestBody": {"content": {"application/json": {"schema": LOOP}}}}, Loop=LOOP
    )
    assert not compare(looped, copy.deepcopy(looped))


def test_a_flood_of_changes_is_cut() -> None:
    def wide(count: int) -> Document:
        schema = {"type": "object", "properties": {f"p{n}": {} for n in range(count)}}
        return small(
            {"operationId": "a", "requestBody": {"content": {"application/json": {"schema": schema}}}}
        )

    assert len(compare(wide(0), wide(5000)).changed["a"]) == MOST


@pytest.mark.parametrize(
    "other", [{}, {"paths": []}, {"paths": {"/a": 5}}, {"paths": {"/a": {"get": []}}}, []]
)
def test_comparing_with_something_else_is_refused(document: Document, other: Any) -> None:
    with pytest.raises(BadDocument, match="not an OpenAPI 3 document"):
        compare(document, other)


def sound() -> Document:
    """A small document with nothing wrong in it."""
    example = {"thing_id": 5610293847561029, "kind": "room"}
    thing = {"schema": {"$ref": "#/components/schemas/Thing"}, "example": example}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "tags": [{"name": "things", "description": "All about things."}],
        "paths": {
            "/things/{id}": {
                "put": {
                    "operationId": "things.put",
                    "tags": ["things"],
                    "summary": "Put a thing in its place",
                    "description": "Puts the thing where it belongs.",
                    "x-name": "put",
                    "x-effect": "write",
                    "x-retry": "safe",
                    "x-limits": [{"count": 1200, "window": 60, "scope": "company"}],
                    "parameters": [
                        {
                            "name": "id",
                            "in": "path",
                            "required": True,
                            "description": "Which thing it is.",
                            "schema": {"type": "integer", "format": "int64", "examples": [561029]},
                        }
                    ],
                    "requestBody": {"required": True, "content": {"application/json": copy.deepcopy(thing)}},
                    "responses": {
                        "200": {
                            "description": "Done.",
                            "content": {"application/json": copy.deepcopy(thing)},
                        },
                        "default": {"$ref": "#/components/responses/Error"},
                    },
                }
            }
        },
        "components": {
            "responses": {"Error": {"description": "Refused."}},
            "schemas": {
                "Thing": {
                    "description": "A thing and its kind.",
                    "type": "object",
                    "required": ["thing_id"],
                    "properties": {
                        "thing_id": {
                            "description": "Sixteen digits.",
                            "type": "integer",
                            "format": "int64",
                            "examples": [5610293847561029],
                        },
                        "kind": {
                            "description": "What kind of thing.",
                            "type": "string",
                            "enum": ["room", "phone"],
                            "default": "room",
                        },
                    },
                }
            },
        },
    }


CHECKS = [
    *(check_spec.validity, check_spec.references, check_spec.words, check_spec.marks),
    *(check_spec.rules, check_spec.examples),
]
PUT = at("/things/{id}", "put")


def thing(document: Document) -> Document:
    found: Document = document["components"]["schemas"]["Thing"]
    return found


def body(document: Document) -> Document:
    found: Document = PUT(document)["requestBody"]["content"]["application/json"]
    return found


def test_a_sound_document_has_no_problems() -> None:
    assert [problem for check in CHECKS for problem in check(sound())] == []


@pytest.mark.parametrize(
    ("check", "plant", "told"),
    [
        (check_spec.validity, lambda d: d.pop("info"), "'info' is a required property"),
        (check_spec.validity, lambda d: PUT(d).pop("parameters"), "Path parameter 'id'"),
        (
            check_spec.references,
            lambda d: body(d).update(schema={"$ref": "#/components/schemas/No"}),
            "leads nowhere",
        ),
        (
            check_spec.references,
            lambda d: d["components"]["schemas"].update(
                Spare={"properties": {"s": {"$ref": "#/components/schemas/Spare"}}}
            ),
            "/components/schemas/Spare: nothing uses it",
        ),
        (check_spec.words, lambda d: d["tags"][0].pop("description"), "tag things: no description"),
        (check_spec.words, lambda d: PUT(d).update(summary="Put"), "no summary"),
        (check_spec.words, lambda d: PUT(d).update(description="things . put"), "no description"),
        (check_spec.words, lambda d: PUT(d)["parameters"][0].update(description="id"), "parameter id has no"),
        (
            check_spec.words,
            lambda d: thing(d).pop("description"),
            "/components/schemas/Thing: no description",
        ),
        (
            check_spec.words,
            lambda d: thing(d)["properties"].update(long_name_of_it={"description": "Long name of it."}),
            "/properties/long_name_of_it: no description",
        ),
        (check_spec.marks, lambda d: PUT(d).pop("x-effect"), "x-effect is None"),
        (check_spec.marks, lambda d: PUT(d).update({"x-effect": "reads"}), "x-effect is 'reads'"),
        (check_spec.marks, lambda d: PUT(d).pop("x-retry"), "x-retry is None"),
        (check_spec.marks, lambda d: PUT(d).pop("x-name"), "no x-name"),
        (check_spec.marks, lambda d: PUT(d).update({"x-limits": []}), "neither x-limits nor x-limits-reason"),
        (check_spec.marks, lambda d: PUT(d)["x-limits"][0].pop("window"), "a limit lacks one of"),
        (
            check_spec.rules,
            lambda d: PUT(d).update({"x-requires": [{"together": ["kind", "sort"]}]}),
            "a rule names sort, which it does not take",
        ),
        (
            check_spec.rules,
            lambda d: PUT(d).update({"x-requires": [{"when": {"kind": ["tent"]}, "need": {"thing_id": []}}]}),
            "a rule wants kind to be 'tent', which it cannot be",
        ),
        (
            check_spec.rules,
            lambda d: (
                PUT(d).update({"x-requires": [{"need": {"kind": ["phone"]}}]}),
                body(d)["example"].update(kind="room"),
            ),
            "example request: kind must be phone; got 'room'",
        ),
        (
            check_spec.examples,
            lambda d: thing(d)["properties"]["thing_id"].update({"x-default": "9"}),
            "/x-default",
        ),
        (
            check_spec.examples,
            lambda d: body(d)["example"].pop("thing_id"),
            "'thing_id' is a required property",
        ),
        (
            check_spec.examples,
            lambda d: body(d)["example"].update(thing_id=2**63),
            "thing_id must fit in 64 bits",
        ),
        (check_spec.examples, lambda d: body(d)["example"].update(knid="room"), "the schema has no knid"),
        (
            check_spec.examples,
            lambda d: thing(d)["properties"]["kind"].update(examples=["chair"]),
            "/properties/kind/examples/0: 'chair' is not one of",
        ),
        (
            check_spec.examples,
            lambda d: thing(d)["properties"]["kind"].update(default="chair"),
            "/properties/kind/default: it must be one of room, phone",
        ),
        (
            check_spec.examples,
            lambda d: PUT(d)["parameters"][0]["schema"].update(minimum=600_000),
            "example of id: 561029 is less than the minimum",
        ),
        (
            check_spec.examples,
            lambda d: PUT(d)["responses"]["200"]["content"]["application/json"].update(
                example={"thing_id": "1"}
            ),
            "example answer: thing_id must be an integer",
        ),
        (
            check_spec.examples,
            lambda d: (
                thing(d)["properties"]["thing_id"].pop("examples")
                and thing(d)["properties"]["thing_id"].update(minimum=2)
            ),
            "composed: thing_id must be at least 2",
        ),
    ],
)
def test_a_planted_problem_is_found(
    check: Callable[[Document], Any], plant: Callable[[Document], Any], told: str
) -> None:
    document = sound()
    plant(document)
    assert told in "\n".join(check(document))


def test_one_choice_is_enough_for_an_example() -> None:
    document = sound()
    document["components"]["schemas"]["Either"] = {
        "description": "A thing, or a thing.",
        "oneOf": [{"$ref": "#/components/schemas/Thing"}, {"$ref": "#/components/schemas/Thing"}],
    }
    body(document)["schema"] = {"$ref": "#/components/schemas/Either"}
    assert list(check_spec.examples(document)) == []
    body(document)["example"] = {}
    assert list(check_spec.examples(document)) != []


def test_a_shard_that_is_not_the_document_is_found(document: Document) -> None:
    document["components"]["schemas"]["SMS"]["properties"]["text"]["description"] = "Changed."
    document["paths"]["/api/v2/sms"]["post"].pop("x-since")
    assert {line.split(": ")[-1] for line in check_spec.exported(document)} >= {
        "the export differs from the document",
        "only in the export",
    }
