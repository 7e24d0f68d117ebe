"""Commands of old words that take more than one request, or keep something on this machine.

Each gets the turn and the checked parameters, and gives the exit code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli import show
from dialkit.cli.operation import ask
from dialkit.errors import DialkitError, InvalidArgument, PartialSuccess, UpstreamError

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.cli.words.reading import Turn
    from dialkit.client import Dialpad

PRIMARY = "the id of the primary office"


def with_status(turn: Turn, params: dict[str, Any], body: Any) -> int:
    """Change a user, then the user's status; only the status where nothing else is given."""
    app, options = turn.app, turn.options
    if "status" not in turn.kept:
        return ask(app, turn.operation, options, params, body)
    turn.note(f"--status is sent by users.update_status as --status-message {turn.kept['status']}")
    status = {"id": params["id"], "status_message": turn.kept["status"]}
    second = app.catalog.operation("users.update_status")
    if not body and params.keys() == {"id"}:
        return ask(app, second, options, _typed(status), None)
    if turn.dry:
        from dialkit.cli.session import open_client

        with open_client(app, options) as client:
            return show.requests(
                app,
                options,
                [
                    client.prepare(turn.operation, params, body=body, query=dict(options.query)),
                    client.prepare(second, status),
                ],
            )

    def then(client: Dialpad, user: Any) -> Any:
        try:
            told = client.request(second, _typed(status)).json() or {}
        except DialkitError as error:
            raise PartialSuccess(
                f"users.update was carried out; the status was not set: {error.message}",
                done=user,
                hint=f"dialpad users update {params['id']} --status TEXT",
            ) from error
        return {**user, "status_message": told.get("status_message")}

    return ask(app, turn.operation, options, params, body, then=then)


def _typed(status: dict[str, Any]) -> dict[str, Any]:
    """`users.update` takes the id as text, the status as a number or ``me``."""
    user = status["id"]
    if user != "me" and not user.isdecimal():
        raise InvalidArgument(
            f"--id: {user[:60]!r} is neither a number nor an alias", hint=f"dialpad alias set {user[:60]} ID"
        )
    return {**status, "id": int(user) if user != "me" else user}


def colored(turn: Turn, params: dict[str, Any], body: Any) -> int:
    """Make or change a list of dispositions; its office is looked up, its colour kept here."""
    app, color = turn.app, turn.kept.get("color")
    if color is not None:
        when = "would be" if turn.dry else "is"
        app.tell(f"note: Dialpad keeps no colour; {color} {when} kept on this machine, for dispositions list")
    if "primary_office" in turn.kept:
        if turn.dry:
            params["office_id"] = f"<{PRIMARY}>"
            turn.note(f"--office-id is {PRIMARY}, which is asked for when it is sent")
        else:
            params["office_id"] = _primary(turn)

    def then(client: Dialpad, record: Any) -> Any:
        from dialkit.client.response import has_id
        from dialkit.store import Database, colors

        if not has_id(record):
            raise UpstreamError("it has no id to keep the colour by", status=200)
        with Database.of(app.environ, app.tell) as database:
            colors.keep(database, client.settings.base_url, str(record["id"]), str(color))
        return {**record, "color": color}

    return ask(app, turn.operation, turn.options, params, body, then=then if color is not None else None)


def _primary(turn: Turn) -> int:
    from dialkit.cli.session import open_client

    with open_client(turn.app, turn.options) as client:
        try:
            office = client.request("offices.primary.get").record()
        except DialkitError as error:
            error.hint = "name the office: --office-id ID; dialpad offices list"
            raise
    turn.app.tell(f"note: --office-id {office['id']}, the primary office ({office.get('name', '')})")
    return int(office["id"])


def _kept_nothing(turn: Turn) -> bool:
    """Whether nothing at all is kept on this machine: then no file is made to look."""
    import os

    from dialkit.config.paths import state_dir
    from dialkit.store.database import NAME

    return not os.path.exists(os.path.join(state_dir(turn.app.environ), NAME))


def uncolored(turn: Turn, params: dict[str, Any], body: Any) -> int:
    """Delete a list of dispositions, and forget its colour."""
    code = ask(turn.app, turn.operation, turn.options, params, body)
    if turn.dry or _kept_nothing(turn):
        return code
    from dialkit.cli.session import open_client
    from dialkit.store import Database, colors

    with (
        open_client(turn.app, turn.options) as client,
        Database.of(turn.app.environ, turn.app.tell) as database,
    ):
        colors.forget(database, client.settings.base_url, str(params["id"]))
    return code


def with_colors(turn: Turn, params: dict[str, Any], body: Any) -> int:
    """Read dispositions; those with a colour show it."""
    if _kept_nothing(turn):
        return ask(turn.app, turn.operation, turn.options, params, body)
    known: dict[str, str] | None = None

    def then(client: Dialpad, record: Any) -> Any:
        nonlocal known
        if known is None:
            from dialkit.store import Database, colors

            with Database.of(turn.app.environ, turn.app.tell) as database:
                known = colors.of_host(database, client.settings.base_url)
        found = known.get(str(record.get("id")))
        return record if found is None else {**record, "color": found}

    return ask(turn.app, turn.operation, turn.options, params, body, then=then)


STEPS: dict[str, Callable[[Turn, dict[str, Any], Any], int]] = {
    "colored": colored,
    "uncolored": uncolored,
    "with_colors": with_colors,
    "with_status": with_status,
}
