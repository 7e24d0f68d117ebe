"""Being told what happens: webhooks and their subscriptions; events received, passed on, made, handled.

    from dialkit.events import App

| module | is |
|---|---|
| `receiver` | what `dialpad events serve` is: events verified, stored, answered |
| `listening` | what `dialpad listen` is: the same by a websocket |
| `keeping` | what these share: events written in groups, here or apart |
| `forwarding` | events brought to URLs, scripts and handlers, until they are taken |
| `handling` | `App`: handlers of a program of the user's own, under its own server |
| `hooks` | webhooks and subscriptions, as Dialpad keeps them |
| `names`, `lines` | what events are called; an event in a line |
| `metrics` | what is counted |
| `making`, `single` | events of one's own making; one body posted once |
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dialkit.events.handling.app import App, DeadLetter

__all__ = ["App", "DeadLetter"]


def __getattr__(name: str) -> Any:
    # Who only makes a webhook does without the rest.
    if name in __all__:
        from dialkit.events.handling import app

        return getattr(app, name)
    raise AttributeError(f"module 'dialkit.events' has no attribute {name!r}")
