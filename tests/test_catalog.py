"""The catalog as it is read: groups, operations, fields, commands, search, a user's overlay."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dialkit.catalog import Catalog, UnknownName
from dialkit.catalog.compile import compile_document
from dialkit.catalog.example import answer_example, compose, request_example
from dialkit.catalog.model import kind, nearest, nullable, properties, resolve
from dialkit.catalog.search import PHRASES, SYNONYMS, search
from dialkit.catalog.storage import write
from dialkit.catalog.validate import faults

CATALOG = Catalog()
SOURCE = Path(__file__).parent.parent / "src"


def test_all_operations_are_there() -> None:
    assert len(CATALOG) == 242
    assert sum(len(group.operations) for group in CATALOG.groups.values()) == 242
    assert len({(row.method, row.path) for row in CATALOG.ids.values()}) == 242
    assert list(CATALOG.groups) == sorted(CATALOG.groups)


def test_an_operation_knows_how_it_is_asked() -> None:
    send = CATALOG.operation("sms.send")
    assert (send.method, send.path, send.group, send.name) == ("POST", "/api/v2/sms", "sms", "send")
    assert (send.effect, send.repeatable, send.admin, send.added) == ("outward", False, None, False)
    assert [(limit["count"], limit["window"], limit["tier"]) for limit in send.limits] == [
        (100, 60, 0),
        (800, 60, 1),
    ]
    assert send.field("to-numbers") is send.field("to_numbers")
    assert send.field("to_numbers").flag == "--to-numbers"
    assert send.field("nothing") is None
    assert send.answer["status"] == "200"


def test_fields_come_path_first_then_query_then_body() -> None:
    for operation in CATALOG:
        places = [field.place for field in operation.fields]
        assert places == sorted(places, key=["path", "query", "body"].index), operation.id
        in_path = {field.name for field in operation.fields if field.place == "path"}
        assert {f"{{{name}}}" for name in in_path} == {
            p for p in operation.path.split("/") if p.startswith("{")
        }
        assert all(field.required for field in operation.fields if field.place == "path")


def test_every_operation_says_what_people_need_to_know() -> None:
    for operation in CATALOG:
        assert operation.effect in ("read", "write", "outward"), operation.id
        assert operation.repeatable or operation.effect != "read", operation.id
        assert operation.limits or operation.limits_reason, operation.id
        assert all(field.description for field in operation.fields), operation.id


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("users list", ("users.list", 2)),
        ("users users.list", ("users.list", 2)),
        ("users.list", ("users.list", 1)),
        ("users.list --limit 5", ("users.list", 1)),
        ("call transfer_call", ("call.transfer_call", 2)),
        ("call transfer", ("call.transfer_call", 2)),
        ("call transfer-call", ("call.transfer_call", 2)),
        ("callcenters operators list", ("callcenters.operators.get", 3)),
        ("callcenters operators.list", ("callcenters.operators.get", 2)),
        ("callcenters operators get", ("callcenters.operators.get", 3)),
        ("callcenters operators get-duty-status", ("callcenters.operators.get.dutystatus", 3)),
        ("callcenters operators get_duty_status --id 1", ("callcenters.operators.get.dutystatus", 3)),
        ("call unassign", ("call.unassign", 2)),
        ("call unassign all", ("call.unassign.all", 3)),
        ("users unknown", (None, 0)),
        ("users", (None, 0)),
        ("unknown list", (None, 0)),
        ("", (None, 0)),
    ],
)
def test_commands_are_found(words: str, expected: tuple[str | None, int]) -> None:
    row, used = CATALOG.find(words.split())
    assert (row.id if row else None, used) == expected


def test_every_command_is_found_by_all_its_names() -> None:
    for group in CATALOG.groups.values():
        for row in group.operations:
            for words in ([row.id], [group.name, row.id], [group.name, row.name], [group.name, *row.words]):
                assert CATALOG.find(words) == (row, len(words)), words
                assert CATALOG.find([*words, "--limit", "5"]) == (row, len(words))


def test_unknown_names_come_with_the_nearest() -> None:
    with pytest.raises(UnknownName) as caught:
        CATALOG.operation("user.list")
    assert caught.value.suggestions[0] == "users.list"
    with pytest.raises(UnknownName) as caught:
        CATALOG.group("user")
    assert "users" in caught.value.suggestions
    assert nearest("", CATALOG.ids) == []


def test_only_the_shard_that_is_asked_for_is_read(tmp_path: Path) -> None:
    shards = compile_document(
        {"paths": {f"/{n}": {"get": {"operationId": n, "tags": [n]}} for n in ("a", "b")}}
    )
    write(shards, str(tmp_path))
    (tmp_path / "b.json").write_text("not JSON")
    catalog = Catalog(str(tmp_path))
    assert catalog.operation("a").path == "/a"
    with pytest.raises(ValueError, match="Expecting value"):
        catalog.operation("b")


def test_the_catalog_imports_the_standard_library_only() -> None:
    code = (
        "import sys; from dialkit.catalog import Catalog; Catalog().operation('sms.send').fields\n"
        "from dialkit.catalog import diff, search, validate, values\n"
        "names = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(names - set(sys.stdlib_module_names) - {'dialkit', '__main__', 'sitecustomize'}))\n"
        "ours = [name for name in sys.modules if name.startswith('dialkit.')]\n"
        "print([name for name in ours if not name.startswith('dialkit.catalog')])\n"
        "print({'difflib', 'datetime', 'dataclasses', 'inspect', 'pathlib', 'urllib'} & names)"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=False,
                          env={"PYTHONPATH": str(SOURCE)})  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.split("\n")[:3] == ["[]", "[]", "set()"]


def test_shapes_of_schemas() -> None:
    schemas = {
        "A": {"type": ["object", "null"], "description": "its own", "properties": {"x": {"type": "string"}}},
        "B": {"oneOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"y": {"type": "integer"}}}]},
    }
    assert (
        resolve({"$ref": "#/components/schemas/A", "description": "here"}, schemas)["description"] == "here"
    )
    assert (kind(schemas["A"]), nullable(schemas["A"])) == ("object", True)
    assert (kind({"properties": {}}), kind({}), nullable({"type": "string"})) == ("object", None, False)
    assert list(properties({"$ref": "#/components/schemas/B"}, schemas)) == ["x", "y"]


def test_examples_are_what_their_operations_take_and_answer() -> None:
    for operation in CATALOG:
        values = request_example(operation)
        needed = {field.name for field in operation.fields if field.required}
        assert needed <= values.keys(), operation.id
        for field in operation.fields:
            if field.name in values:
                assert faults(values[field.name], field.schema, operation.schemas) == [], operation.id
        if "schema" in operation.answer:
            assert answer_example(operation) is not None, operation.id


def test_composing_ends_where_a_schema_holds_itself() -> None:
    tree = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "examples": ["root"]},
            "next": {"$ref": "#/components/schemas/Tree"},
            "all": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
        },
    }
    made = compose({"$ref": "#/components/schemas/Tree"}, {"Tree": tree})
    assert made == {"name": "root", "all": []}


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("send a text", "sms.send"),
        ("text", "sms.send"),
        ("SMS", "sms.send"),
        ("hang up", "call.actions.hangup"),
        ("transfer a call", "call.transfer_call"),
        ("opt-out", "company.sms_opt_out"),
        ("STOP", "company.sms_opt_out"),
        ("unblock", "blockednumbers.remove"),
        ("do not disturb", "users.toggle_dnd"),
        ("send fax", "fax.send"),
        ("create webhook", "webhooks.create"),
        ("screen pop", "screen_pop.initiate"),
        ("what was said", "transcripts.get"),
        ("assign a number to a user", "numbers.assign_user_number.post"),
        ("token", "oauth2.token.post"),
        ("users.list", "users.list"),
    ],
)
def test_search_puts_what_is_meant_first(words: str, first: str) -> None:
    assert search(CATALOG, words)[0][0].id == first


@pytest.mark.parametrize(
    ("words", "group"),
    [
        ("queue", "callcenters"),
        ("block a number", "blockednumbers"),
        ("voicemail", "recordingsharelink"),
        ("recording", "recordingsharelink"),
        ("permission", "accesscontrolpolicies"),
        ("outcome", "dispositions"),
        ("phone", "numbers"),
        ("phone", "call"),
        ("emergency address", "users"),
        ("bulk message", "message"),
    ],
)
def test_search_knows_what_people_call_things(words: str, group: str) -> None:
    assert group in {row.group for row, _ in search(CATALOG, words, 8)}


def test_search_is_the_same_every_time_and_within_its_limit() -> None:
    first, second = search(CATALOG, "number"), search(Catalog(), "number")
    assert [(row.id, points) for row, points in first] == [(row.id, points) for row, points in second]
    found = search(CATALOG, "list users", 5)
    assert len(found) == 5
    assert [points for _, points in found] == sorted((points for _, points in found), reverse=True)
    for nothing in ("", "   ", "!?", "xyzzy", "☎"):
        assert search(CATALOG, nothing) == []
    assert search(CATALOG, "the") == search(CATALOG, "THE")
    assert search(CATALOG, "text " * 10_000)[0][0].id == "sms.send"


def test_no_synonym_is_dead() -> None:
    for word in SYNONYMS | PHRASES:
        assert search(CATALOG, word), word
    for words in SYNONYMS.values():
        for word in words.split():
            assert search(CATALOG, word), word


def test_an_overlay_adds_and_replaces(tmp_path: Path) -> None:
    document: dict[str, Any] = {
        "paths": {
            "/api/v2/faxes": {"get": {"operationId": "fax.list", "tags": ["fax"], "summary": "List faxes"}},
            "/api/v3/users": {"get": {"operationId": "users.list", "tags": ["users"]}},
            "/api/v3/robots": {"post": {"operationId": "robots.create", "tags": ["robots"]}},
        }
    }
    write(compile_document(document), str(tmp_path))
    catalog = Catalog(overlay=str(tmp_path))
    assert len(catalog) == 244
    assert catalog.find(["fax", "fax.list"])[0] == catalog.ids["fax.list"]
    assert [catalog.operation(name).added for name in ("fax.list", "fax.send", "users.list")] == [
        True,
        False,
        True,
    ]
    assert catalog.operation("users.list").path == "/api/v3/users"
    assert catalog.operation("robots.create").effect == "write"
    assert catalog.group("fax").title == "Faxes"
    assert [row.id for row, _ in search(catalog, "robot")] == ["robots.create"]
    assert len(Catalog(overlay=str(tmp_path / "nothing here"))) == 242


def test_shards_written_over_others_leave_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text("{}")
    (tmp_path / "kept.txt").write_text("")
    write(compile_document({"paths": {"/a": {"get": {"operationId": "a"}}}}), str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "about.json",
        "index.json",
        "kept.txt",
        "other.json",
    ]
    assert json.loads((tmp_path / "other.json").read_bytes())["operations"].keys() == {"a"}
