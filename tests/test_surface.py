"""Over the whole catalog: every operation dry-runs without a connection, and sends exactly what was meant."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import values
from dialkit.catalog import Catalog, Operation
from dialkit.cli.workflows import WORKFLOWS
from servers import Recorder, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CATALOG = Catalog()
OPERATIONS = sorted(CATALOG.ids)


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    with Recorder(json_reply({})) as server:
        yield server


def arguments(operation: Operation, given: dict[str, Any], data: st.DataObject) -> list[str]:
    argv = []
    for name, value in given.items():
        field = operation.field(name)
        assert field is not None
        argv += values.as_arguments(field.flag, value, data.draw(st.integers(0, 5)))
    return argv


def expected_body(operation: Operation, given: dict[str, Any]) -> Any:
    body = {f.name: given[f.name] for f in operation.fields if f.place == "body" and f.name in given}
    if not body and not (operation.body and operation.body["required"]):
        return None
    return body


def query_pairs(operation: Operation, given: dict[str, Any]) -> list[tuple[str, str]]:
    """The query as it must arrive: booleans in lower case, lists as repeated names."""
    pairs = []
    for field in operation.fields:
        value = given.get(field.name) if field.place == "query" else None
        for one in value if isinstance(value, list) else [value]:
            text = str(one).lower() if isinstance(one, bool) else str(one)
            pairs += [(field.name, text)] if one not in (None, "") else []
    return sorted(pairs)


def exact(value: Any) -> str:
    """JSON that tells 1 from true and 1.0."""
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("operation_id", OPERATIONS)
@settings(max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_sends_what_was_meant(
    operation_id: str, data: st.DataObject, dialpad: Callable[..., Any], recorder: Recorder
) -> None:
    operation = CATALOG.operation(operation_id)
    wanted = values.meant(operation, data.draw)
    argv = [operation_id, *arguments(operation, wanted, data)]
    # A key of its own for each run, so that no run waits for the limits of another.
    environ = {"DIALPAD_BASE_URL": recorder.url, "DIALPAD_API_KEY": f"key-{recorder.connections}"}

    before = recorder.connections
    dry = dialpad(*argv, "--dry-run", **environ)
    assert dry.code == 0, dry.err
    assert recorder.connections == before, "a dry run opened a connection"
    shown = json.loads(dry.out)
    assert environ["DIALPAD_API_KEY"] not in dry.out + dry.err

    ran = dialpad(*argv, **environ)
    assert ran.code == 0, ran.err
    assert recorder.connections == before + 1
    request = recorder.requests[-1]
    assert request.method == operation.method == shown["method"]
    path, _, query = request.target.partition("?")
    assert shown["url"] == recorder.url + request.target
    template = re.sub(r"\{(\w+)\}", lambda m: str(wanted[m[1]]), operation.path)
    assert unquote(path) == template
    assert path.count("/") == operation.path.count("/"), "a value escaped its segment"
    got = sorted((unquote(n), unquote(v)) for n, _, v in (p.partition("=") for p in query.split("&") if p))
    assert got == query_pairs(operation, wanted)
    body = json.loads(request.body) if request.body else None
    assert exact(body) == exact(expected_body(operation, wanted))
    assert shown.get("body") == body
    sent_key = {n.lower(): v for n, v in request.headers}.get("authorization")
    assert sent_key == (f"Bearer {environ['DIALPAD_API_KEY']}" if operation.needs_key else None)


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_help_tells_what_is_needed(operation_id: str, dialpad: Callable[..., Any]) -> None:
    operation = CATALOG.operation(operation_id)
    words = (operation.group, *operation.name.split("."))
    # Where a workflow has taken the words, the operation as such is asked for by its id.
    group = dialpad(*((operation_id,) if words in WORKFLOWS else words), "--help")
    assert group.code == 0
    assert (
        group.out == dialpad(operation_id, "--help").out == dialpad(operation.group, operation_id, "-h").out
    )
    assert operation.description.split()[0] in group.out
    assert all(field.flag in group.out for field in operation.fields)
    assert "Limit:" in group.out
    assert "Example:" in group.out


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_example_of_help_dry_runs(operation_id: str, dialpad: Callable[..., Any]) -> None:
    import shlex

    from dialkit.cli.help import example_line

    line = shlex.split(example_line(CATALOG.operation(operation_id)))
    ran = dialpad(*line[1:], "--dry-run")
    assert ran.code == 0, ran.err
