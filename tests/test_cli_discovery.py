"""Finding out what there is: api, schema, search, commands, help."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from dialkit.catalog import Catalog
from dialkit.catalog.example import answer_example, request_example
from dialkit.cli import topics, tree
from dialkit.cli.dispatch import COMMANDS
from dialkit.cli.lookup import by_request
from dialkit.cli.workflows import EFFECTS, WORKFLOWS
from dialkit.errors import KINDS
from servers import Faulty, Recorder, Reply, behaviours, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran

    Dialpad = Callable[..., Ran]

CATALOG = Catalog()
OPERATIONS = sorted(CATALOG.ids)
SOURCE = Path(topics.__file__).parents[2]


# api


def test_api_asks_what_no_document_knows(dialpad: Dialpad) -> None:
    with Recorder(json_reply({"fine": 1})) as server:
        ran = dialpad(
            *("api", "post", "/api/v9/new?a=1", "--query", "b=x y", "--query", "c=", "--data", "[1]"),
            DIALPAD_BASE_URL=server.url,
        )
    assert (ran.code, json.loads(ran.out)) == (0, {"fine": 1})
    [request] = server.requests
    assert (request.method, request.target, request.body) == ("POST", "/api/v9/new?a=1&b=x%20y&c=", b"[1]")
    assert request.header("authorization") == "Bearer test-key"


def test_api_dry_run_and_curl_open_no_socket(dialpad: Dialpad) -> None:
    ran = dialpad("api", "GET", "/api/v2/users", "--dry-run", "-o", "json")
    assert json.loads(ran.out)["url"] == "https://dialpad.com/api/v2/users"
    assert "test-key" not in ran.out
    ran = dialpad("api", "POST", "/api/v2/sms", "--data", '{"text": "x"}', "--curl")
    assert ran.out.startswith("curl --request POST https://dialpad.com/api/v2/sms ")


def test_api_reads_its_body_from_file_and_stdin(dialpad: Dialpad, tmp_path: Path) -> None:
    (tmp_path / "body.json").write_text('{"from": "file"}')
    for data, stdin, body in (
        ("@body.json", "", {"from": "file"}),
        ("-", '{"from": "stdin"}', {"from": "stdin"}),
    ):
        ran = dialpad("api", "PUT", "/x", "--data", data, "--dry-run", "-o", "json", stdin=stdin)
        assert json.loads(ran.out)["body"] == body


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (("GET", "https://example.com/api/v2/users"), "not a URL"),
        (("GET", "api/v2/users"), "not a path"),
        (("GET", "//example.com/users"), "not a path"),
        (("GET", "/api/v2/users#x"), "%23"),
        (("GETT", "/api/v2/users"), "did you mean GET"),
        (("GET",), "path"),
        (("GET", "/api/v2/new", "--all"), "no operation"),
        (("GET", "/api/v2/new", "--fields"), "no operation"),
        (("POST", "/x", "--data", "{"), "not JSON"),
        (("GET", "/x", "-o", "json", "--jq", "("), "--jq"),
    ],
)
def test_api_refuses_before_anything_is_sent(dialpad: Dialpad, argv: tuple[str, ...], told: str) -> None:
    with Recorder() as server:
        ran = dialpad("api", *argv, DIALPAD_BASE_URL=server.url)
    assert (ran.code, server.requests) == (2, [])
    assert told in ran.err


def test_api_keeps_to_the_limit_of_a_known_operation(dialpad: Dialpad) -> None:
    with Recorder() as server:
        codes = [
            dialpad("api", "POST", "/api/v2/users/5/screenpop", "--no-wait", DIALPAD_BASE_URL=server.url).code
            for _ in range(6)
        ]
    assert codes == [0] * 5 + [7]  # 5 a minute
    assert len(server.requests) == 5


def test_api_does_not_repeat_a_write_whose_answer_is_lost(dialpad: Dialpad) -> None:
    with Faulty(behaviours.reset_after()) as server:
        ran = dialpad("api", "POST", "/api/v2/sms", "--data", "{}", DIALPAD_BASE_URL=server.url)
    assert (ran.code, len(server.requests)) == (9, 1)


def test_api_reads_all_pages_of_a_known_list(dialpad: Dialpad) -> None:
    def page(request: Any) -> Reply:
        if "cursor=two" in request.target:
            return json_reply({"items": [{"id": "3"}]})
        return json_reply({"items": [{"id": "1"}, {"id": "2"}], "cursor": "two"})

    with Recorder(page) as server:
        ran = dialpad(
            "api", "GET", "/api/v2/users?state=active", "--all", "-o", "ids", DIALPAD_BASE_URL=server.url
        )
    assert ran.out.split() == ["1", "2", "3"]
    assert all("state=active" in request.target for request in server.requests)


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("GET", "/api/v2/users", "users.list"),
        ("GET", "/api/v2/users/me?x=1", "users.get"),
        ("GET", "/api/v2/users/5/", "users.get"),
        ("DELETE", "/api/v2/users/5", "users.delete"),
        ("GET", "/api/v2/users/../sms", None),
        ("GET", "/api/v2/users/%2e%2e", None),
        ("GET", "/api/v2/users//", None),
        ("HEAD", "/api/v2/users", None),
        ("GET", "/", None),
    ],
)
def test_lookup_by_method_and_path(method: str, path: str, found: str | None) -> None:
    hit = by_request(CATALOG, method, path)
    assert (hit[0].id if hit else None) == found


def test_lookup_finds_every_operation_by_its_own_path() -> None:
    for operation in CATALOG:
        hit = by_request(CATALOG, operation.method, re.sub(r"\{.*?\}", "7", operation.path))
        assert hit is not None
        assert (hit[0].method, hit[0].path) == (operation.method, operation.path)


# schema


@pytest.mark.parametrize("name", OPERATIONS)
def test_example_goes_through_a_dry_run(dialpad: Dialpad, tmp_path: Path, name: str) -> None:
    """The body of --example and the command told beside it make exactly the example request."""
    operation = CATALOG.operation(name)
    shown = dialpad("schema", name, "--example")
    assert shown.code == 0
    line = shlex.split(shown.err.partition(": ")[2])
    assert line[0] == "dialpad"
    if operation.body is None:
        assert shown.out == ""
    else:
        (tmp_path / "FILE").write_text(shown.out, encoding="utf-8")
    ran = dialpad(*line[1:], "--dry-run", "-o", "json")
    assert (ran.code, ran.err) == (0, "")
    values = request_example(operation)
    body = {f.name: values[f.name] for f in operation.fields if f.place == "body" and f.name in values}
    assert json.loads(ran.out).get("body") == (body if operation.body is not None else None)


@pytest.mark.parametrize("name", OPERATIONS)
def test_schemas_stand_alone_and_fit_the_examples(dialpad: Dialpad, name: str) -> None:
    operation = CATALOG.operation(name)
    for flag, example in (
        ("--request", request_example(operation)),
        ("--response", answer_example(operation)),
    ):
        schema = json.loads(dialpad("schema", name, flag).out)
        assert '"$ref"' not in json.dumps(schema)
        jsonschema.Draft202012Validator(schema).validate(example)
    request = json.loads(dialpad("schema", name, "--request").out)
    assert {n: p["x-in"] for n, p in request["properties"].items()} == {
        f.name: f.place for f in operation.fields
    }


def test_schema_for_reading(dialpad: Dialpad) -> None:
    ran = dialpad("schema", "sms", "send", tty=True)
    assert ran.code == 0
    assert "  to_numbers: list of text (at most 10 items)\n" in ran.out
    assert "one of callcenter, department, office" in ran.out
    assert "Answers 200:\n" in ran.out
    assert max(map(len, ran.out.splitlines())) <= tree.WIDTH + 2
    assert set(json.loads(dialpad("schema", "sms.send", "-o", "json").out)) == {
        "operation",
        "request",
        "response",
    }


def test_schema_of_one_field(dialpad: Dialpad) -> None:
    ran = dialpad("schema", "call.list", "--field", "items.contact")
    assert ran.out.startswith("Answers:\n  items.contact: object")
    both = dialpad("schema", "sms.send", "--field", "to-numbers", "-o", "json")
    assert {part: schema["maxItems"] for part, schema in json.loads(both.out).items()} == {
        "request": 10,
        "response": 10,
    }
    wrong = dialpad("schema", "sms.send", "--field", "to_number", tty=True)
    assert wrong.code == 2
    assert "did you mean to_numbers" in wrong.err


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (("sms.sen",), "did you mean sms.send"),
        (("users", "lst"), "did you mean users.list"),
        (("sms.send", "--request", "--example"), "do not go together"),
        ((), "OPERATION"),
    ],
)
def test_schema_says_what_is_wrong(dialpad: Dialpad, argv: tuple[str, ...], told: str) -> None:
    ran = dialpad("schema", *argv, tty=True)
    assert ran.code == 2
    assert told in ran.err


def test_a_schema_inside_itself_ends() -> None:
    schemas = {
        "Tree": {"type": "object", "properties": {"leaves": {"type": "array", "items": {"$ref": "#/x/Tree"}}}}
    }
    found = tree.expanded({"$ref": "#/x/Tree"}, schemas)
    assert found["properties"]["leaves"]["items"] == {"x-recursive": "Tree"}
    assert list(tree.lines(found)) == ["leaves: list of any value"]


# search


def test_search_ranks_what_is_meant_first(dialpad: Dialpad) -> None:
    rows = json.loads(dialpad("search", "send", "text", "-o", "json").out)
    assert rows[0]["command"] == "dialpad sms send"
    assert dialpad("search", "hang", "up", "-o", "ids").out.startswith("call.actions.hangup\n")


def test_search_says_that_nothing_is_found(dialpad: Dialpad) -> None:
    ran = dialpad("search", "qqqq", tty=True)
    assert (ran.code, ran.out) == (4, "")
    assert "hint: " in ran.err
    assert dialpad("search").code == 2


# commands


@pytest.fixture(scope="module")
def surface() -> list[dict[str, Any]]:
    from dialkit.cli.commands.commands import of_operation

    return [of_operation(operation) for operation in CATALOG]


def test_commands_lists_the_whole_surface(dialpad: Dialpad) -> None:
    rows = json.loads(dialpad("commands", "-o", "json").out)
    operations = [row for row in rows if row["kind"] == "operation"]
    assert len(operations) == len(CATALOG) == 242
    for row in operations:
        assert row["description"]
        assert row["example"].startswith(f"dialpad {row['command']}")
        assert row["limits"] or row["limits_reason"]
        assert row["limit"]
        assert all(flag["description"] for flag in row["flags"])
    own = {row["command"].split()[0] for row in rows if row["kind"] == "own"}
    assert own == set(COMMANDS)
    tasks = [tuple(row["command"].split()) for row in rows if row["kind"] == "task"]
    assert {words[:count] for words in tasks for count in (1, 2)} >= set(WORKFLOWS)
    assert "spec export" in {row["command"] for row in rows}
    effects = {row["command"]: row["effect"] for row in rows if row["kind"] == "task"}
    assert {name for names in EFFECTS.values() for name in names} <= effects.keys()
    assert (effects["sms intro"], effects["template create"], effects["call list"]) == (
        "outward",
        "local",
        "read",
    )


def test_commands_as_a_table_and_a_spreadsheet(dialpad: Dialpad) -> None:
    ran = dialpad("commands", tty=True, COLUMNS="100")
    assert ran.out.splitlines()[0].replace("\x1b[36m", "").split()[0].startswith("command")
    ran = dialpad("commands", "-o", "csv", "--fields", "command,effect")
    assert "sms send,outward\n" in ran.out


def test_examples_of_all_commands_go_through_a_dry_run(
    dialpad: Dialpad, surface: list[dict[str, Any]]
) -> None:
    for row in surface:
        ran = dialpad(*shlex.split(row["example"])[1:], "--dry-run", "-o", "json")
        assert (ran.code, ran.err) == (0, ""), row["example"]


def test_surface_is_as_reviewed(surface: list[dict[str, Any]], snapshot: Callable[[str, str], None]) -> None:
    lines = {row["command"]: brief(row) for row in surface}
    rows = [
        f"{json.dumps(name)}: {json.dumps(text, ensure_ascii=False)}" for name, text in sorted(lines.items())
    ]
    snapshot("commands.json", "{\n" + ",\n".join(rows) + "\n}\n")


def brief(row: dict[str, Any]) -> str:
    """A command on one line: ``*`` marks what is required, ``[]`` what may be repeated."""
    told = [f"{row['id']} {row['method']} {row['path']} {row['effect']}, {row['limit']}"]
    for flag in row["flags"]:
        text = flag["flag"] + "*" * flag["required"] + "[]" * flag["repeatable"]
        text += f" {flag['in']} {flag.get('items', flag['type'])}"
        text += f" {flag['format']}" if "format" in flag else ""
        text += f" {'|'.join(str(v) for v in flag['enum'] if v is not None)}" if "enum" in flag else ""
        text += f" ={json.dumps(flag['default'])}" if "default" in flag else ""
        told.append(text)
    return "; ".join(told)


# help


def test_help_on_everything(dialpad: Dialpad) -> None:
    for name in (*topics.TOPICS, *COMMANDS, *CATALOG.groups):
        ran = dialpad("help", name)
        assert (ran.code, ran.err) == (0, ""), name
        assert len(ran.out) > 40, name
    assert dialpad("help", "sms", "send").out == dialpad("sms", "send", "--help").out
    assert dialpad("help", "sms.send").out == dialpad("sms.send", "--help").out
    assert dialpad("help", "spec").out == dialpad("spec", "--help").out
    assert "dialpad help exit-codes" in dialpad("help").out


def test_help_on_what_is_not_there(dialpad: Dialpad) -> None:
    for words, told in ((("limit",), "limits"), (("users", "lst"), "users.list"), (("--limits",), "no flag")):
        ran = dialpad("help", *words, tty=True)
        assert ran.code == 2
        assert told in ran.err


def test_every_command_has_help_of_its_own(dialpad: Dialpad) -> None:
    for name in COMMANDS:
        ran = dialpad(name, "--help")
        assert (ran.code, ran.err) == (0, ""), name
        assert f"dialpad {name}" in ran.out


def test_every_environment_variable_that_is_read_is_told() -> None:
    read = {"DIALPAD_API_KEY", "DIALPAD_TOKEN", "XDG_CONFIG_HOME", "XDG_STATE_HOME"}  # read by tables
    for path in SOURCE.rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        read.update(re.findall(r'environ(?:\.get\(|\[)"([A-Z_]+)"', code))
        read.update(re.findall(r'"([A-Z_]+)" (?:not )?in (?:\w+\.)*environ\b', code))
    assert "NO_COLOR" in read
    text = topics.environment(CATALOG)
    assert {name for name in read if not re.search(rf"\b{name}\b", text)} == {"PATH"} & read


def test_exit_codes_are_all_told() -> None:
    assert set(topics.EXITS) == {0} | {code for _, code in KINDS.values()}
    text = topics.exit_codes(CATALOG)
    assert all(re.search(rf"\b{code}\b", text) for code, _ in KINDS.values())


def test_limits_are_those_of_the_catalog() -> None:
    text = topics.limits(CATALOG)
    assert "20 requests a second" in text
    for operation in CATALOG:
        narrow = any(limit["count"] * 1 < 20 * limit["window"] for limit in operation.limits)
        assert bool(re.search(rf"(?m)^  {re.escape(operation.id)} ", text)) == narrow


def test_discovery_works_in_a_process_of_its_own(process: Callable[..., Ran]) -> None:
    assert json.loads(process("schema", "sms.send", "--example").out)["to_numbers"]
    assert process("help", "exit-codes").out.startswith("Exit codes")
    assert json.loads(process("search", "qqqq").err)["error"]["code"] == "not_found"
