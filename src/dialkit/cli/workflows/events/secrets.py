"""The secrets that events are signed with: from the environment, stdin or the line, and never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    import argparse

    from dialkit.cli.app import App

ENVIRONMENT = "DIALPAD_WEBHOOK_SECRET"
ARGUMENTS: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (("--secret",), {"metavar": "WORDS", "action": "append"}),
    (("--secret-stdin",), {"action": "store_true"}),
)
ROWS = (
    (f"{ENVIRONMENT}=…", "the webhook's secret; while it changes, the new and the old, each on a line"),
    ("--secret-stdin", "the same, read from stdin"),
    ("--secret WORDS", "the same, where others of this machine may see it; may be said more than once"),
)
MOST = 10_000  # characters of stdin


def secrets(app: App, found: argparse.Namespace) -> list[str]:
    """The secrets asked for by `ARGUMENTS`, else those of the environment; none where there are none.

    Raises `InvalidArgument` for an empty one, and where they are given in two ways.
    """
    if found.secret and found.secret_stdin:
        raise InvalidArgument("--secret and --secret-stdin: which?", hint="say one of them")
    if found.secret:
        return _whole(found.secret, "--secret")
    if found.secret_stdin:
        from dialkit.cli.streams import read_text

        try:
            text = read_text(app.stdin, MOST)
        except UnicodeDecodeError:
            raise InvalidArgument("--secret-stdin: is not UTF-8", hint="write it in UTF-8") from None
        return _whole(text.splitlines() or [""], "--secret-stdin")
    text = app.environ.get(ENVIRONMENT, "")
    return _whole(text.splitlines(), ENVIRONMENT) if text else []


def _whole(given: list[str], where: str) -> list[str]:
    if not all(each.strip() for each in given):
        raise InvalidArgument(
            f"{where}: a secret is empty: anybody could sign with it",
            hint="dialpad webhooks list shows the secret; leave it out for a webhook without one",
        )
    return given
