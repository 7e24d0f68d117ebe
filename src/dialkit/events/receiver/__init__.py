"""A receiver of events: what Dialpad posts is verified, stored, and then answered.

    from dialkit.events import receiver

    app = receiver.app(secret=SECRET)   # an ASGI application; `dialpad events serve` is one with a server

| module | is |
|---|---|
| `reception` | what is refused by its head, and what becomes of a body; no sockets |
| `judging` | who wrote it, what it says, which kind it is |
| `answers` | what is answered, and why |
| `local` | whether a request comes from this machine |
| `asgi` | all that as an ASGI application |
| `connection`, `server` | all that on a port of its own |
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from dialkit.events.keeping.keeper import Keeper
    from dialkit.events.receiver.asgi import ReceiverApp
    from dialkit.events.receiver.reception import Reception

PATH = "/hooks/dialpad"


def app(
    *,
    secret: str | bytes | Iterable[str | bytes] | None,
    paths: Mapping[str, str | None] | None = None,
    environ: Mapping[str, str] | None = None,
    insecure: bool = False,
    public_status: bool = False,
) -> ReceiverApp:
    """An ASGI application that verifies events, stores them, and answers 2xx once they are on the disk.

    Parameters:
        secret: the webhook's secret; or several, of which any may have signed, while you change it. None is
            for webhooks without one: then events are taken from this machine only, unless `insecure`.
        paths: where events are posted, each with the kind that it is for, such as ``{"/fax": "fax"}``, or
            None for all of them; ``/hooks/dialpad`` for all, if left out.
        environ: where `DIALKIT_HOME` and `DIALKIT_DATABASE_URL` are read; the process's, if left out.
        insecure: without a secret, take what anybody posts.
        public_status: answer at ``/health`` and ``/metrics`` to other machines as well.

    What cannot be stored within 4 s is answered 503, and Dialpad tries again. Raises `InvalidArgument` for an
    empty secret.
    """
    import os

    from dialkit.events.keeping.keeper import Here
    from dialkit.events.receiver.asgi import ReceiverApp
    from dialkit.store import Database

    known = os.environ if environ is None else environ
    return ReceiverApp(
        make(
            secret,
            paths or {PATH: None},
            Here(lambda: Database.of(known)),
            insecure=insecure,
            public_status=public_status,
        )
    )


def make(
    secret: str | bytes | Iterable[str | bytes] | None,
    paths: Mapping[str, str | None],
    keeper: Keeper,
    *,
    insecure: bool = False,
    public_status: bool = False,
    stored: Callable[[], None] = lambda: None,
    tell: Callable[[str], None] | None = None,
) -> Reception:
    """What `app` and `dialpad events serve` have in common.

    Beyond what `app` takes: `keeper` writes events down, and `stored` is called after it did; `tell` hears of
    what goes wrong, in a line, else the log does.
    """
    from logging import getLogger

    from dialkit.events.receiver.judging import Judge
    from dialkit.events.receiver.reception import Reception
    from dialkit.webhooks.unwrapping import keys_of

    keys = keys_of(secret)
    return Reception(
        Judge(paths, keys),
        keeper,
        _quietly(tell or getLogger(__name__).warning),
        local_only=keys is None and not insecure,
        public_status=public_status,
        stored=stored,
    )


def _quietly(tell: Callable[[str], None]) -> Callable[[str], None]:
    """Say it if that can be said: stderr may be closed, or a file on the disk that is full, too."""

    def say(line: str) -> None:
        try:
            tell(line)
        except (OSError, ValueError):
            pass

    return say
