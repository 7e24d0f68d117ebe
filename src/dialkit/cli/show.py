"""Showing what came, what would be asked, and which fields there are."""

from __future__ import annotations

from dialkit.cli.output import Items, check, options_for, write
from dialkit.cli.words.table import SHOWN
from dialkit.errors import DialkitError, InvalidArgument, PartialSuccess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
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
        if options.fields is not None:
            from dialkit.cli.output.fields import parse_fields

            fields = parse_fields(options.fields)
        self._app = app
        self.how = options_for(app.stdout, app.environ, format=options.output, fields=fields, jq=options.jq)
        if options.no_color:
            self.how = self.how._replace(color=False)
        check(self.how)

    def check(self, operation: Operation) -> None:
        """What can be known before anything is sent: fields that are not, ids that will not be there.

        Unknown fields are said and asked for all the same; `-o ids` without an id is `InvalidArgument`.
        """
        schema = _shown_schema(operation)
        if schema is None:
            return
        from dialkit.catalog.model import nearest, properties

        known = {**properties(schema, operation.schemas), **SHOWN.get(operation.id, {})}
        for name in self.how.fields or ():
            first = name.partition(".")[0]
            if known and first not in known:
                near = nearest(first, known)
                meant = f"; did you mean {' or '.join(near)}?" if near else ""
                self._app.tell(f"warning: {operation.id} is not known to answer {first!r}{meant}")
        if self.how.format == "ids" and known and not self.how.fields and self.how.jq is None:
            from dialkit.cli.output.records import IDENTITY

            if not any(name in IDENTITY or name.endswith("_id") for name in known):
                hint = f"-o json, or --fields {next(iter(known))}"
                raise InvalidArgument(f"-o ids: {operation.id} answers with no id", hint=hint)

    def data(self, data: Any) -> None:
        """Show any JSON value."""
        write(data, self.how, self._app.stdout, self._app.stderr)

    def done(self, data: Any, what: str, hint: str | None = None) -> None:
        """Show what came of a write; that it cannot be shown does not undo it, and is `PartialSuccess`."""
        try:
            self.data(data)
            self._app.stdout.flush()
        except BrokenPipeError:
            raise
        except (DialkitError, OSError) as error:
            raise PartialSuccess(f"{what}; showing it failed: {error}", done=data, hint=hint) from error

    def items(self, items: Iterator[Any]) -> None:
        """Show items as they come."""
        self.data(Items(items))

    def answer(
        self, response: Response, operation: Operation | None, then: Callable[[Any], Any] | None = None
    ) -> None:
        """Show an answer; of a list, its items where rows or fields are wanted.

        `then` makes of the answer, or of each item of a list, what is shown of it.
        """
        pages = operation.pages if operation else None
        found = response.json() if then is not None or self.how.format != "raw" else None
        if then is not None and found is not None:
            found = _made(found, pages, then)
        if self.how.format == "raw":
            self.data(response.content)
            return
        if found is None:
            if self.how.is_tty:
                self._app.tell("done")
            return
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


def request(app: App, options: Options, asked: Request) -> int:
    """Show the request of a dry run, or as a curl command."""
    return requests(app, options, [asked])


def requests(app: App, options: Options, all_asked: list[Request]) -> int:
    """Show the requests of a dry run, in the order in which they would be sent; of one, no list."""
    if options.curl:
        app.stdout.write("".join(curl(asked) + "\n" for asked in all_asked))
        return 0
    rows = [_shown(asked) for asked in all_asked]
    shown = {"dry_run": True, **(rows[0] if len(rows) == 1 else {"requests": rows})}
    how = options_for(app.stdout, app.environ, format=options.output, jq=options.jq)
    if how.format is None and how.jq is None:
        how = how._replace(format="json" if not how.is_tty else "table")
    if how.format == "raw":
        how = how._replace(format="json")
    write(shown, how, app.stdout, app.stderr)
    return 0


def _shown(asked: Request) -> dict[str, Any]:
    from dialkit.cli.session import shown_headers, shown_url

    shown = {"method": asked.method, "url": shown_url(asked), "headers": shown_headers(asked)}
    return shown if asked.content is None else {**shown, "body": asked.body}


def curl(asked: Request) -> str:
    """The request as a command for a POSIX shell, the key as ``$DIALPAD_API_KEY``."""
    from shlex import quote

    from dialkit.cli.session import shown_url

    parts = ["curl", "--request", asked.method, quote(shown_url(asked))]
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

    schema = _shown_schema(operation)
    if schema is None:
        raise InvalidArgument(f"{operation.id} answers with no body", hint="leave out --fields")
    own = [
        {"field": name, "type": "string", "description": about}
        for name, about in SHOWN.get(operation.id, {}).items()
    ]
    write(
        [*available_fields(schema, operation.schemas), *own],
        options_for(app.stdout, app.environ, format="table"),
        app.stdout,
        app.stderr,
    )
    return 0


def _made(found: Any, pages: Any, then: Callable[[Any], Any]) -> Any:
    """An answer, with what `then` makes of it or of its items."""
    if not pages:
        return then(found)
    names = [name for name in (pages["items"], *pages.get("also", ())) if found.get(name)]
    return {**found, **{name: [then(item) for item in found[name]] for name in names}}


def _shown_schema(operation: Operation) -> Schema | None:
    """The schema of what is shown: of a list, that of an item; None where there is no body."""
    from dialkit.catalog.model import properties

    schema: Schema | None = operation.answer.get("schema")
    if schema is not None and operation.pages:
        schema = properties(schema, operation.schemas)[operation.pages["items"]].get("items", schema)
    return schema
