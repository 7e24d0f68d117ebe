"""Showing what came, what would be asked, and which fields there are."""

from __future__ import annotations

from dialkit.cli.output import Items, check, options_for, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from dialkit.catalog import Operation
    from dialkit.catalog.model import Schema
    from dialkit.cli.app import App
    from dialkit.cli.parser import Options
    from dialkit.client import Request
    from dialkit.client.response import Response

# Formats that show rows; the others show the answer as Dialpad gave it.
ROWS = ("ndjson", "csv", "tsv", "table", "ids")


class View:
    """How this run shows data; made before the request, so that a wrong option costs none."""

    def __init__(self, app: App, options: Options) -> None:
        fields = None
        if options.fields:
            from dialkit.cli.output.fields import parse_fields

            fields = parse_fields(options.fields)
        self._app = app
        self.how = options_for(app.stdout, app.environ, format=options.output, fields=fields, jq=options.jq)
        if options.no_color:
            self.how = self.how._replace(color=False)
        check(self.how)

    def data(self, data: Any) -> None:
        """Show any JSON value."""
        write(data, self.how, self._app.stdout, self._app.stderr)

    def items(self, items: Iterator[Any]) -> None:
        """Show items as they come."""
        self.data(Items(items))

    def answer(self, response: Response, operation: Operation | None) -> None:
        """Show an answer; of a list, its items where rows or fields are wanted."""
        if self.how.format == "raw":
            self.data(response.content)
            return
        found = response.json()
        if found is None:
            if self.how.is_tty:
                self._app.tell("done")
            return
        pages = operation.pages if operation else None
        form = self.how.format or ("table" if self.how.is_tty else "json")
        if pages and isinstance(found, dict):
            rows = [row for name in (pages["items"], *pages.get("also", ())) for row in found.get(name) or ()]
            cursor = found.get(pages.get("cursor", "")) if rows else None
            if self.how.fields or (form in ROWS and self.how.jq is None):
                found = rows
            self.data(found)
            if cursor:
                self._app.tell(f"note: {len(rows)} items, and there are more: --all, or --cursor {cursor}")
            return
        self.data(found)


def check_fields(app: App, operation: Operation, names: tuple[str, ...] | None) -> None:
    """Say which of ``--fields`` the operation is not known to answer; they are asked for all the same."""
    schema = _shown_schema(operation)
    if not names or schema is None:
        return
    from dialkit.catalog.model import nearest, properties

    known = properties(schema, operation.schemas)
    for name in names:
        first = name.partition(".")[0]
        if known and first not in known:
            near = nearest(first, known)
            meant = f"; did you mean {' or '.join(near)}?" if near else ""
            app.tell(f"warning: {operation.id} is not known to answer {first!r}{meant}")


def request(app: App, options: Options, asked: Request) -> int:
    """Show the request of a dry run, or as a curl command."""
    from dialkit.cli.session import shown_headers

    if options.curl:
        app.stdout.write(curl(asked) + "\n")
        return 0
    headers = shown_headers(asked)
    shown = {"dry_run": True, "method": asked.method, "url": asked.url, "headers": headers}
    if asked.content is not None:
        shown["body"] = asked.body
    how = options_for(app.stdout, app.environ, format=options.output, jq=options.jq)
    if how.format is None:
        how = how._replace(format="json" if not how.is_tty else "table")
    if how.format == "raw":
        how = how._replace(format="json")
    write(shown, how, app.stdout, app.stderr)
    return 0


def curl(asked: Request) -> str:
    """The request as a command for a POSIX shell, the key as ``$DIALPAD_API_KEY``."""
    from shlex import quote

    parts = ["curl", "--request", asked.method, quote(asked.url)]
    if asked.needs_key:
        parts += ["--header", '"Authorization: Bearer $DIALPAD_API_KEY"']
    for name, value in asked.headers.items():
        parts += ["--header", quote(f"{name.title()}: {value}")]
    if asked.content is not None:
        parts += ["--data-raw", quote(asked.content.decode())]
    return " ".join(parts)


def fields(app: App, operation: Operation) -> int:
    """Which fields ``--fields`` may name."""
    from dialkit.cli.output.fields import available_fields
    from dialkit.errors import InvalidArgument

    schema = _shown_schema(operation)
    if schema is None:
        raise InvalidArgument(f"{operation.id} answers with no body", hint="leave out --fields")
    write(
        available_fields(schema, operation.schemas),
        options_for(app.stdout, app.environ, format="table"),
        app.stdout,
        app.stderr,
    )
    return 0


def _shown_schema(operation: Operation) -> Schema | None:
    """The schema of what is shown: of a list, that of an item; None where there is no body."""
    from dialkit.catalog.model import properties

    schema: Schema | None = operation.answer.get("schema")
    if schema is not None and operation.pages:
        schema = properties(schema, operation.schemas)[operation.pages["items"]].get("items", schema)
    return schema
