"""`dialpad spec`: the document out, another one compared, and its operations as commands."""

from __future__ import annotations

import copy
import json
import os
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from dialkit.catalog import Catalog
from dialkit.catalog.document import export
from dialkit.cli.document.file import scalar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Ran

    Dialpad = Callable[..., Ran]
    Document = dict[str, Any]

OURS = json.dumps(export(Catalog()))
BADGES = "/api/v2/users/{id}/badges"


@pytest.fixture
def document() -> Document:
    """Some of ours, with two operations more and one changed."""
    return enlarged(some("/api/v2/sms", "/api/v2/users", "/api/v2/users/{id}"))


def some(*paths: str) -> Document:
    """Our document with these paths only, and the schemas they reach."""
    found: Document = json.loads(OURS)
    schemas = found["components"]["schemas"]
    kept: dict[str, Any] = {}
    found["paths"] = {path: found["paths"][path] for path in paths}
    waiting = [json.dumps(found["paths"])]
    for text in waiting:
        for name in set(re.findall(r"#/components/schemas/(\w+)", text)) - kept.keys():
            kept[name] = schemas[name]
            waiting.append(json.dumps(schemas[name]))
    found["components"] = {"schemas": kept}
    for item in found["paths"].values():
        for given in item.values():
            given["responses"].pop("default", None)
    return found


def enlarged(found: Document) -> Document:
    found["paths"][BADGES] = {"post": badge()}
    found["paths"]["/api/v2/widgets"] = {
        "get": {
            "operationId": "widgets.list",
            "tags": ["widgets"],
            "summary": "List\x1b[31m widgets",
            "parameters": [{"$ref": "#/components/parameters/Cursor"}],
            "responses": {"200": {"description": "ok"}},
            "x-ratelimit": [[30, 60]],
        }
    }
    found["components"]["parameters"] = {
        "Cursor": {"name": "cursor", "in": "query", "schema": {"type": "string"}}
    }
    body_of(found, "/api/v2/sms", "post")["properties"]["urgency"] = {
        "type": "string",
        "enum": ["low", "high"],
    }
    return found


def badge() -> dict[str, Any]:
    return {
        "operationId": "users.badges.give",
        "tags": ["users"],
        "summary": "Give a badge",
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "format": "int64"}}
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["color"],
                        "properties": {
                            "color": {"type": "string", "enum": ["gold", "red"]},
                            "big": {"type": "boolean"},
                        },
                    }
                }
            },
        },
        "responses": {"200": {"description": "ok"}},
    }


def body_of(document: Document, path: str, method: str) -> dict[str, Any]:
    schema = document["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    found: dict[str, Any] = schema
    return found


@pytest.fixture
def save(tmp_path: Path) -> Callable[[Any], str]:
    def write(document: Any) -> str:
        text = document if isinstance(document, str) else json.dumps(document)
        (tmp_path / "new.json").write_text(text, encoding="utf-8")
        return "new.json"

    return write


# export


def test_export_is_our_document(dialpad: Dialpad) -> None:
    ran = dialpad("spec", "export")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out) == json.loads(OURS)
    assert sum(len(item) for item in json.loads(ran.out)["paths"].values()) == 242
    assert dialpad("spec", "export", tty=True).out.startswith("{")


def test_export_as_yaml_compares_equal(dialpad: Dialpad, save: Callable[[Any], str]) -> None:
    text = dialpad("spec", "export", "-o", "yaml").out
    assert yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) == json.loads(OURS)
    ran = dialpad("spec", "diff", save(text))
    assert (ran.code, ran.out) == (0, "No difference: the same operations, taking and answering the same.\n")
    assert dialpad("spec", "export", "-o", "csv").code == 2


# diff


def test_diff_for_reading_and_as_data(dialpad: Dialpad, save: Callable[[Any], str]) -> None:
    document = enlarged(json.loads(OURS))
    del document["paths"]["/api/v2/numbers"]
    ran = dialpad("spec", "diff", save(document))
    assert ran.code == 0
    assert "New: 2\n  users.badges.give\n  widgets.list\n" in ran.out
    assert "Gone: 1\n  numbers.list\n" in ran.out
    assert "Changed: 1\n  sms.send\n    body urgency: added (string)\n" in ran.out
    assert json.loads(dialpad("spec", "diff", "new.json", "-o", "json").out) == {
        "new": ["users.badges.give", "widgets.list"],
        "gone": ["numbers.list"],
        "changed": {"sms.send": ["body urgency: added (string)"]},
    }


# use


def test_used_operations_become_commands(
    dialpad: Dialpad, document: Document, save: Callable[[Any], str]
) -> None:
    ran = dialpad("spec", "use", save(document), "-o", "json")
    assert ran.code == 0
    assert [(row["command"], row["is"]) for row in json.loads(ran.out)] == [
        ("dialpad users badges give", "new"),
        ("dialpad widgets list", "new"),
        ("dialpad sms send", "changed"),
    ]
    for words in (["users", "badges", "give"], ["users", "users.badges.give"], ["users.badges.give"]):
        ran = dialpad(*words, "5", "--color", "gold", "--big", "--dry-run", "-o", "json")
        assert json.loads(ran.out)["body"] == {"color": "gold", "big": True}
        assert json.loads(ran.out)["url"].endswith("/api/v2/users/5/badges")
    assert dialpad("users", "badges", "give", "5", "--color", "blue").code == 2
    assert "  badges give * " in dialpad("users", "--help").out
    assert "widgets" in dialpad("--help").out
    assert json.loads(
        dialpad("commands", "-o", "json", "--jq", "[.[] | select(.added) | .id] | sort").out
    ) == [
        "sms.send",
        "users.badges.give",
        "widgets.list",
    ]
    added = dialpad("spec", "export", "--jq", '[.paths[][] | select(.["x-added"]) | .operationId] | sort')
    assert json.loads(added.out) == ["sms.send", "users.badges.give", "widgets.list"]


def test_unchanged_operations_keep_our_words(
    dialpad: Dialpad, document: Document, save: Callable[[Any], str]
) -> None:
    before = dialpad("users", "get", "--help").out
    document["paths"]["/api/v2/users/{id}"]["get"]["summary"] = "Somebody else's words"
    assert dialpad("spec", "use", save(document)).code == 0
    assert dialpad("users", "get", "--help").out == before


def test_a_changed_operation_keeps_what_only_we_know(
    dialpad: Dialpad, document: Document, save: Callable[[Any], str]
) -> None:
    given = document["paths"]["/api/v2/sms"]["post"]
    for key in [key for key in given if key.startswith("x-")]:
        del given[key]
    given["tags"] = ["messages"]
    assert dialpad("spec", "use", save(document)).code == 0
    [row] = json.loads(dialpad("commands", "-o", "json", "--jq", '[.[] | select(.id == "sms.send")]').out)
    ours = Catalog().operation("sms.send")
    assert (row["command"], row["effect"], row["limits"]) == ("sms send", "outward", ours.limits)
    ran = dialpad(
        "sms", "send", "--to-numbers", "+14155550123", "--urgency", "high", "--dry-run", "-o", "json"
    )
    assert json.loads(ran.out)["body"]["urgency"] == "high"


def test_what_a_document_knows_of_limits_and_pages(
    dialpad: Dialpad, document: Document, save: Callable[[Any], str]
) -> None:
    assert dialpad("spec", "use", save(document)).code == 0
    [row] = json.loads(dialpad("commands", "--jq", '[.[] | select(.id == "widgets.list")]', "-o", "json").out)
    assert row["limits"] == [{"count": 30, "window": 60, "scope": "company"}]
    assert row["pages"] == {"items": "items", "cursor": "cursor", "sent": "query"}
    assert "\x1b" not in row["summary"]


def test_schemas_of_one_name_stay_apart(
    dialpad: Dialpad, document: Document, save: Callable[[Any], str]
) -> None:
    """An edited schema must not change what other operations say in the export."""
    name = document["paths"]["/api/v2/users"]["post"]["requestBody"]["content"]["application/json"]["schema"][
        "$ref"
    ]
    name = name.rpartition("/")[2]
    document["components"]["schemas"][name]["properties"]["shoe_size"] = {"type": "integer"}
    ours = json.loads(OURS)["components"]["schemas"][name]
    assert dialpad("spec", "use", save(document)).code == 0
    schemas = json.loads(dialpad("spec", "export").out)["components"]["schemas"]
    assert schemas[name] == ours
    assert "shoe_size" in schemas[f"{name}.added"]["properties"]
    assert "--shoe-size" in dialpad("users", "create", "--help").out


def test_another_document_takes_the_place_of_the_first(
    dialpad: Dialpad, document: Document, save: Callable[[Any], str], environ: dict[str, str]
) -> None:
    assert dialpad("spec", "use", save(document)).code == 0
    del document["paths"][BADGES]
    assert dialpad("spec", "use", save(document)).code == 0
    assert dialpad("users", "badges", "give", "5").code == 2
    assert dialpad("widgets", "list", "--dry-run").code == 0
    assert os.listdir(environ["DIALKIT_HOME"]) == ["spec"]
    status = dialpad("spec", "status", "-o", "ids")
    assert status.out == "widgets.list\nsms.send\n"
    assert "new.json" in status.err
    assert dialpad("spec", "use", save(OURS)).code == 0
    assert os.listdir(environ["DIALKIT_HOME"]) == []


def test_none_brings_back_what_is_built_in(
    dialpad: Dialpad, document: Document, save: Callable[[Any], str]
) -> None:
    assert dialpad("spec", "use", save(document)).code == 0
    assert dialpad("spec", "use", "--none").code == 0
    assert dialpad("widgets", "list").code == 2
    assert dialpad("spec", "status", "-o", "json").out == "[]\n"
    assert dialpad("spec", "use", "--none").code == 0
    assert dialpad("spec", "use").code == dialpad("spec", "use", "new.json", "--none").code == 2


def test_a_refused_document_leaves_the_one_in_use(
    dialpad: Dialpad, document: Document, save: Callable[[Any], str], environ: dict[str, str]
) -> None:
    assert dialpad("spec", "use", save(document)).code == 0
    document["paths"][BADGES]["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"][
        "output"
    ] = {}
    assert dialpad("spec", "use", save(document)).code == 2
    assert dialpad("users", "badges", "give", "5", "--color", "red", "--dry-run").code == 0
    assert os.listdir(environ["DIALKIT_HOME"]) == ["spec"]


# Bad documents: one line that says where, exit code 2, and nothing in use.


def edited(change: Callable[[Document, dict[str, Any]], Any]) -> Document:
    """A small document with one new operation, spoiled."""
    post = badge()
    users = json.loads(OURS)["paths"]["/api/v2/users/{id}"]["get"]
    users["responses"] = {"200": {"description": "ok"}}
    document: Document = {
        "openapi": "3.1.0",
        "paths": {"/api/v2/users/{id}": {"get": users}, BADGES: {"post": post}},
        "components": {"schemas": {}},
    }
    change(document, post)
    return document


def field(name: str, schema: Any = None) -> Callable[[Document, dict[str, Any]], None]:
    def change(_: Document, post: dict[str, Any]) -> None:
        media = post["requestBody"]["content"]["application/json"]
        media["schema"]["properties"][name] = {"type": "string"} if schema is None else schema

    return change


def put(**values: Any) -> Callable[[Document, dict[str, Any]], None]:
    return lambda _, post: post.update({key.replace("x_", "x-"): value for key, value in values.items()})


def moved(path: str) -> Callable[[Document, dict[str, Any]], None]:
    return lambda document, post: document["paths"].update(
        {path: {"post": document["paths"].pop(BADGES)["post"]}}
    )


def circle(document: Document, post: dict[str, Any]) -> None:
    document["components"]["schemas"]["Round"] = {"$ref": "#/components/schemas/Round"}
    post["requestBody"]["content"]["application/json"]["schema"] = {"$ref": "#/components/schemas/Round"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (field("output"), "--output, which is an option of every command"),
        (field("fields"), "--fields"),
        (field("no_big", {"type": "string"}), "--no-big"),
        (field("id"), "--id"),
        (field("a b"), "users.badges.give"),
        (field("colour", {"type": "colour"}), "colour"),
        (field("colour", {"type": "string", "enum": []}), "enum"),
        (field("colour", {"$ref": "#/components/schemas/Nowhere"}), "Nowhere"),
        (field("colour", []), "colour"),
        (circle, "Round"),
        (put(operationId="users.get"), "'users.get', as"),
        (put(operationId="users"), "has the name of a group"),
        (put(operationId="search"), "has the name of a command"),
        (put(operationId="users.badges.give", x_name="list"), "'list'"),
        (put(operationId="../x"), "operationId"),
        (put(operationId=None), "operationId"),
        (put(tags=["../../etc"]), "tags"),
        (put(tags=["index"]), "index"),
        (put(tags=["search"]), "has the name of a command"),
        (put(tags="users"), "tags"),
        (put(parameters=[{"name": "id"}]), "parameter id"),
        (put(parameters=[]), "{id}"),
        (put(parameters=[{"$ref": "#/components/parameters/Nowhere"}]), "Nowhere"),
        (put(responses=[]), "responses"),
        (put(x_effect="none"), "x-effect"),
        (put(x_limits=[{"count": 0, "window": 60, "scope": "company"}]), "x-limits"),
        (moved("@example.com/{id}"), "@example.com"),
        (moved("/api/../{id}?x"), "?x"),
        (moved("//example.com/{id}"), "//example.com"),
        (lambda document, _: document["paths"].update({"/x": []}), "/x"),
        (lambda document, _: document.update(paths=[]), "paths"),
        (lambda document, _: document.update(openapi="2.0"), "2.0"),
        (lambda document, _: document["components"].update(schemas=[]), "components.schemas"),
    ],
)
def test_a_bad_document_is_refused(
    dialpad: Dialpad,
    save: Callable[[Any], str],
    environ: dict[str, str],
    change: Callable[[Document, dict[str, Any]], Any],
    told: str,
) -> None:
    ran = dialpad("spec", "use", save(edited(change)), tty=True)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err.splitlines()[0]
    assert ran.err.startswith("error: new.json: ")
    assert not os.path.isdir(os.path.join(environ["DIALKIT_HOME"], "spec"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no 'openapi'"),
        ("[]", "no 'openapi'"),
        ('{"openapi": "3.1.0"', "not JSON"),
        ('{"openapi": NaN}', "NaN"),
        ('{"openapi": "3.1.0", "x": ' + "[" * 150 + "]" * 150 + "}", "deeper than 100"),
        ("[" * 100_000, "not JSON"),
        ("openapi: 3.1.0\npaths: {", "line 3"),
        ("a: &a [1]\nb: *a\n", "line 2 has an alias"),
        ("- " * 200 + "x", "more than 100 levels"),
        ("openapi: 3.1.0\n---\nb: 2\n", "a second document"),
        ("a: 1\na: 2\n", "twice"),
        ("? [a]\n: b\n", "as a key"),
        ("x\x00", "not YAML"),
    ],
)
def test_a_file_that_is_no_document(
    dialpad: Dialpad, save: Callable[[Any], str], text: str, told: str
) -> None:
    ran = dialpad("spec", "diff", save(text), tty=True)
    assert ran.code == 2
    assert told in ran.err.splitlines()[0]


def test_a_file_that_cannot_be_read(dialpad: Dialpad, tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff")
    with open(tmp_path / "large", "wb") as file:
        file.truncate(33 << 20)
    for name, told in (("nowhere", "No such file"), ("bytes", "not UTF-8"), ("large", "32 MiB")):
        ran = dialpad("spec", "use", name, tty=True)
        assert ran.code == 2
        assert told in ran.err


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, text) for text in ("no", "on", "2024-05-01", ".inf", "1_000", "0x")),
        *((text, None) for text in ("", "~", "null")),
        *(("true", True), ("False", False), ("12", 12), ("-3", -3), ("017", 17), ("0x1f", 31), ("0o17", 15)),
        *(("1.5", 1.5), ("1e3", 1000.0), (".5", 0.5)),
    ],
)
def test_scalars_of_yaml_are_read_by_version_1_2(text: str, value: Any) -> None:
    found = scalar(text)
    assert (found, type(found)) == (value, type(value))


def test_the_document_given_is_not_touched(document: Document) -> None:
    from dialkit.catalog.diff import compare
    from dialkit.cli.document.adoption import shards_of
    from dialkit.cli.document.check import check

    before = copy.deepcopy(document)
    check(document, "new.json")
    changes = compare(json.loads(OURS), document)
    shards_of(document, {*changes.new, *changes.changed}, Catalog())
    assert document == before
