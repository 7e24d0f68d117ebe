"""``dialpad events verify``: who wrote a body, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import parse, showing
from dialkit.cli.workflows.events.secrets import ARGUMENTS, secrets
from dialkit.cli.workflows.events.secrets import ROWS as SECRETS
from dialkit.errors import BadSignature, InvalidArgument

if TYPE_CHECKING:
    from dialkit.cli.app import App

ROWS = (("FILE", "the body, byte for byte as it was posted; stdin if left out"), *SECRETS)


def run(app: App, argv: list[str]) -> int:
    """Show what a body says, once it is certain who wrote it. Raises `BadSignature`, `InvalidEvent`."""
    options, found = parse(
        app, "events verify", argv, (("file",), {"metavar": "FILE", "nargs": "?"}), *ARGUMENTS
    )
    view = showing(app, options)
    if found.secret_stdin and found.file is None:
        raise InvalidArgument(
            "--secret-stdin: the body is read from stdin already",
            hint="dialpad events verify FILE --secret-stdin",
        )
    view.data(_told(_body(app, found.file), secrets(app, found)))
    return 0


def _told(body: bytes, known: list[str]) -> dict[str, Any]:
    from dialkit.webhooks import unwrap

    event, place = None, None
    for place, secret in enumerate(known, 1):
        try:
            event = unwrap(body, secret=secret)
            break
        except BadSignature:
            if place == len(known):
                raise
    event = unwrap(body, secret=None) if event is None else event
    return {
        "kind": event.kind,
        "signed": place is not None,
        "secret": place,
        "at": event.at.isoformat(timespec="milliseconds") if event.at else None,
        "event": event.to_dict(),
    }


def _body(app: App, name: str | None) -> bytes:
    """The bytes, one more than are allowed at most: that is for `unwrap` to say."""
    import os

    from dialkit.webhooks.unwrapping import MOST

    if name is not None:
        try:
            with open(os.path.join(app.cwd, name), "rb") as file:
                return file.read(MOST + 1)
        except OSError as error:
            raise InvalidArgument(
                f"{name}: {error.strerror}", hint="name the file of the body, or give it by stdin: < body"
            ) from None
    if app.stdin is None:
        return b""
    buffer = getattr(app.stdin, "buffer", None)
    if buffer is None:
        return app.stdin.read(MOST + 1).encode("utf-8", "surrogatepass")
    found: bytes = buffer.read(MOST + 1)
    return found
