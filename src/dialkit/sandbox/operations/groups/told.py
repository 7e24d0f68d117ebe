"""Operations of which the change log tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.events.changelog import changelog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.operations import Handler
    from dialkit.sandbox.world import World


def told(handlers: Mapping[str, Handler], actions: Mapping[str, str], kind: str) -> dict[str, Handler]:
    """Handlers, of which those with an action by their operation's id tell the change log once they are done.

    The target is what the path names, else what was made; `kind` is its kind.
    """
    return {
        name: _telling(handler, actions[name], kind) if name in actions else handler
        for name, handler in handlers.items()
    }


def _telling(handler: Handler, action: str, kind: str) -> Handler:
    def run(world: World, call: Call) -> Any:
        answer = handler(world, call)
        shown = answer if isinstance(answer, dict) else {}
        target_id = int(call.path["id"] if "id" in call.path else shown["id"])
        changelog(world, call, action, kind, target_id, str(shown.get("name") or ""))
        return answer

    return run
