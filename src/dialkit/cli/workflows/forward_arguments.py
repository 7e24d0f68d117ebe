"""``--forward`` and ``--exec``, which several commands take: where each event is brought.

A command that takes them takes ``--insecure`` too, and may mean more by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

    from dialkit.cli.app import App
    from dialkit.events.forwarding import Forwarder, Target
    from dialkit.events.forwarding.tally import Tally

ARGUMENTS: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (("--forward",), {"metavar": "URL", "action": "append"}),
    (("--exec",), {"metavar": "SCRIPT", "action": "append", "dest": "scripts"}),
)
ROWS = (
    ("--forward URL", "post each event there as it came; retried for a day, see dialpad events pending"),
    ("--exec SCRIPT", "run it for each event, the JSON on its stdin; exit 0 counts; retried likewise"),
)


def forwarder(app: App, found: argparse.Namespace, tally: Tally | None = None) -> Forwarder | None:
    """What brings events to whatever `ARGUMENTS` name, not started yet; None where they name nothing.

    `tally` counts, if given.

    Raises `InvalidArgument` for a URL or a script that will not do.
    """
    from dialkit.events.forwarding import Forwarder
    from dialkit.events.forwarding.posting import Posting
    from dialkit.events.forwarding.running import Running, find_script
    from dialkit.events.hooks.addresses import check_url
    from dialkit.store import Database

    urls = [check_url(url, "--forward", insecure=found.insecure) for url in found.forward or ()]
    scripts = [find_script(text, app.cwd, app.environ.get("PATH")) for text in found.scripts or ()]
    if not urls and not scripts:
        return None
    targets: list[Target] = [
        *(Posting(url) for url in dict.fromkeys(urls)),
        *(Running(path, app.environ, app.tell) for path in dict.fromkeys(scripts)),
    ]
    return Forwarder(lambda: Database.of(app.environ, app.tell), targets, app.tell, tally=tally)
