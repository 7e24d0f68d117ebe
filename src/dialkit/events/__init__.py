"""Being told what happens: webhooks and their subscriptions; events received, passed on, made, handled.

    from dialkit.events import App

| module | is |
|---|---|
| `app`, `registry`, `handlers` | `App`: handlers of a program of the user's own, under its own server |
| `mounting`, `bridge` | the receiver within a program: under ASGI, and under WSGI |
| `receiver` | what `dialpad events serve` is: events verified, stored, answered |
| `listening`, `line`, `messages`, `gaps`, `subscribing` | what `dialpad listen` is: the same by a websocket |
| `intake`, `keeper`, `apart`, `metrics` | what these share: events written in groups, here or apart |
| `forwarding`, `posting`, `running` | events brought to URLs, scripts and handlers, until they are taken |
| `names`, `lines` | what events are called; an event in a line |
| `making`, `single` | events of one's own making; one body posted once |
| `hooks`, `endpoints`, `unhooking`, `addresses` | webhooks and subscriptions, as Dialpad keeps them |
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dialkit.events.app import App, DeadLetter

__all__ = ["App", "DeadLetter"]


def __getattr__(name: str) -> Any:
    # Who only makes a webhook does without the rest.
    if name in __all__:
        from dialkit.events import app

        return getattr(app, name)
    raise AttributeError(f"module 'dialkit.events' has no attribute {name!r}")
