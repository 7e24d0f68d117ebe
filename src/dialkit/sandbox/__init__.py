"""A Dialpad of one's own: the API on a local port, with memory, without an account, reaching nobody.

    with Sandbox() as dialpad:
        dialpad.url, dialpad.token      # what a client needs
        dialpad.clock.advance("3h")     # what is due until then happens
        dialpad.inbox("+14155550123")   # what arrived there
        dialpad.world                   # what it holds, to look into

It is driven by `dialkit.catalog` and imports nothing else of dialkit, so it shares no bug with the client.
Importing this package loads none of it; `docs/sandbox.md` tells the rest.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dialkit.sandbox.http.server import Sandbox, serve_forever
    from dialkit.sandbox.wire import Refusal

__all__ = ["Refusal", "Sandbox", "serve_forever"]
HOMES = {"Refusal": "wire", "Sandbox": "http.server", "serve_forever": "http.server"}


def __getattr__(name: str) -> Any:
    if name in HOMES:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
