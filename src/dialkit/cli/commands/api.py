"""``dialpad api METHOD PATH``: any request, also one that no document knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.options import ALL_FIELDS, BY_FLAG
from dialkit.cli.subcommands import Help, parse, showing, unknown, wants_help
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from dialkit.catalog import Operation
    from dialkit.cli.app import App
    from dialkit.client import Request

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
EXAMPLE = "dialpad api GET /api/v2/users --query state=active"

HELP = Help(
    "api",
    "Any method and path of Dialpad's API, also what no document knows. Nothing is checked beforehand;\n"
    "where an operation has that method and path, its limits and its rule for repeating hold.",
    (EXAMPLE, "dialpad api POST /api/v2/sms --data @text.json --dry-run"),
    "METHOD PATH [--data JSON|@FILE|-] [--query NAME=VALUE ...] [--flags]",
    (
        ("METHOD", ", ".join(METHODS)),
        ("PATH", "from the first slash on; the host is Dialpad's, or that of --base-url"),
        ("--data JSON|@FILE|-", "the body: any JSON value"),
        ("--query NAME=VALUE", "a query parameter; may be repeated"),
        ("--flags", "as every operation takes them; see: dialpad help formatting"),
    ),
)


def run(app: App, argv: list[str]) -> int:
    """Ask, and show the answer. The exit code; raises a `DialkitError`."""
    if wants_help(argv):
        app.page(HELP.text())
        return 0
    options, found = parse(app, "api", argv, (("method",), {}), (("path",), {}), takes=BY_FLAG)
    method, path = _method(found.method), _path(found.path)

    from dialkit.cli import operation, show
    from dialkit.cli.flags import read_json
    from dialkit.cli.lookup import by_request
    from dialkit.cli.session import open_client

    known, params = by_request(app.catalog, method, path) or (None, {})
    if options.fields == ALL_FIELDS:
        return show.fields(app, _documented(known, "--fields without a value", method, path))
    view = showing(app, options)
    options = app.options or options
    body = None if options.data is None else read_json(app, options.data)
    if options.all or options.max_items is not None:
        # Page after page needs to know where items and cursor are.
        listed = _documented(known, "--all and --max-items", method, path)
        pairs = {**_query_of(path), **dict(options.query)}
        params |= {f.name: pairs.pop(f.name) for f in listed.fields if f.place == "query" and f.name in pairs}
        return operation.ask(app, listed, options._replace(query=tuple(pairs.items())), params, body)
    with open_client(app, options) as client:
        request = client.prepare_raw(method, path, body=body, query=options.query)
        if known is not None:
            _adopt(request, known, {**params, **_query_of(path), **dict(options.query)}, client.settings.tier)
        if options.dry_run or options.curl:
            return show.request(app, options, request)
        view.answer(client.send(request), known)
    return 0


def _method(text: str) -> str:
    if text.upper() not in METHODS:
        raise unknown("no method", text.upper(), METHODS)
    return text.upper()


def _path(text: str) -> str:
    """A path that can follow the base URL, and nothing that could name another host."""
    if "://" in text or not text.startswith("/"):
        raise InvalidArgument(
            "api takes a path, not a URL" if "://" in text else f"not a path: {text!r}",
            hint=f"{EXAMPLE}; another host is --base-url",
        )
    if "#" in text:
        raise InvalidArgument(f"{text!r} holds a #, which would end the path", hint="write # as %23")
    return text


def _documented(known: Operation | None, what: str, method: str, path: str) -> Operation:
    if known is None:
        raise InvalidArgument(
            f"{what}: no operation of the catalog is {method} {path}", hint=f"leave out {what}"
        )
    return known


def _query_of(path: str) -> dict[str, Any]:
    from urllib.parse import parse_qsl

    return dict(parse_qsl(path.partition("?")[2]))


def _adopt(request: Request, operation: Operation, params: dict[str, Any], tier: int) -> None:
    """Let what the catalog knows of the operation hold for a request made by hand."""
    from dialkit.client.request import limits_of

    request.operation = operation
    request.effect = operation.effect
    request.repeatable = operation.repeatable
    request.needs_key = operation.needs_key
    request.limits = limits_of(operation, params, request.body, tier)
