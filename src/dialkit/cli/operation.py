"""Running one operation of the catalog: ``dialpad users list --state active``."""

from __future__ import annotations

from dialkit.cli import flags
from dialkit.cli.options import ALL_FIELDS
from dialkit.cli.words import reading, table
from dialkit.errors import DialkitError, InvalidArgument, PartialSuccess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from dialkit.catalog import Operation, Summary
    from dialkit.cli.app import App
    from dialkit.cli.parser import Options
    from dialkit.client import Dialpad, Request
    from dialkit.client.response import Response


def run(app: App, summary: Summary, argv: list[str]) -> int:
    """Parse, check, ask, show. The exit code; raises a `DialkitError`."""
    operation = app.catalog.operation(summary.id)
    options, given, words = flags.parse(app, operation, argv)
    from dialkit.cli import show

    if options.fields == ALL_FIELDS:
        if operation.effect != "read" and given:
            raise InvalidArgument(
                "--fields alone shows which fields there are, and sends nothing",
                hint=f"name some: --fields id; or only: dialpad {operation.id} --fields",
            )
        return show.fields(app, operation)
    turn = reading.read(app, operation, options, given)
    params, body = flags.values(turn, words)
    if operation.id in table.STEPS:
        from dialkit.cli.words.steps import STEPS

        return STEPS[table.STEPS[operation.id]](turn, params, body)
    return ask(app, operation, options, params, body)


def ask(
    app: App,
    operation: Operation,
    options: Options,
    params: dict[str, Any],
    body: Any,
    *,
    then: Callable[[Dialpad, Any], Any] | None = None,
) -> int:
    """Ask with checked parameters and show the answer, or show the request of a dry run.

    `then` makes of each record of the answer what is shown of it; it may ask more, or keep something.
    """
    from dialkit.cli import show
    from dialkit.cli.session import open_client

    view = show.View(app, options)
    view.check(operation)
    many = options.all or options.max_items is not None
    if many and operation.pages is None:
        raise InvalidArgument(
            f"{operation.id} does not answer with a list", hint="leave out --all and --max-items"
        )
    if many and options.output == "raw":
        raise InvalidArgument("-o raw prints one answer as received", hint="leave out --all and --max-items")
    with open_client(app, options) as client:
        request = client.prepare(operation, params, body=body, query=dict(options.query))
        if options.dry_run or options.curl:
            return show.request(app, options, request)
        if many:
            found = _items(app, client, operation, options, params, body)
            view.items(found if then is None else (then(client, item) for item in found))
            return 0
        response = _sent(app, client, request, options)
        try:
            view.answer(response, operation, None if then is None else lambda item: then(client, item))
            app.stdout.flush()
        except (BrokenPipeError, PartialSuccess):
            raise
        except (DialkitError, OSError) as error:
            if request.repeatable:
                raise
            raise _unshown(app, response, error) from error
    return 0


def _sent(app: App, client: Dialpad, request: Request, options: Options) -> Response:
    """The answer; what reaches people goes by way of the outbox."""
    if request.effect != "outward":
        return client.send(request)
    from dialkit.messaging.outgoing import carry_out
    from dialkit.store import Database

    with Database.of(app.environ, app.tell) as database:
        return carry_out(client, database, request, once=options.once, again=options.again, tell=app.tell)


def _unshown(app: App, response: Response, error: Exception) -> PartialSuccess:
    """A write that was carried out, and could not be shown: not a failure, and not to be sent again."""
    app.tell(response.content.decode("utf-8", "replace"))
    return PartialSuccess(
        f"{response.request.name} was carried out ({response.status}); showing the answer failed: {error}",
        done=response,
        status=response.status,
        operation=response.request.name,
        hint="do not send it again; the answer stands above",
    )


def _items(
    app: App, client: Dialpad, operation: Operation, options: Options, params: dict[str, Any], body: Any
) -> Iterator[Any]:
    """The items of all pages, as many as asked for; says so where more were left."""
    from dialkit.client.pages import Book, pages

    most = options.max_items
    book = Book(operation, params)
    for page in pages(
        book, lambda asked: client.request(operation, asked, body=body, query=dict(options.query))
    ):
        left = len(page) if most is None else most - (book.count - len(page))
        yield from page[:left]
        if most is not None and book.count >= most:
            if book.count > most or book.params is not None:
                after = f": --cursor {book.cursor}" if book.count == most else ""
                app.tell(f"note: cut at {most} items (--max-items); there are more{after}")
            return
