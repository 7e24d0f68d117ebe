"""Change log events: who changed what setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.events.emit import emit

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World


def changelog(
    world: World,
    call: Call | None,
    action: str,
    target_type: str,
    target_id: int | str,
    note: str = "",
    **more: Any,
) -> None:
    """Tell that a setting was changed, by the user of the key; by nobody where there is no `call`.

    The fields are documented; the service's words for actions are not known, and here are those of the
    operation, such as ``user.create``. `more` becomes ``additional_data``.
    """
    # Somebody can delete the user whose key it is.
    found = (world.users.find(call.user_id) or world.deleted_users.find(call.user_id)) if call else None
    who: Record = found or {}
    payload: Record = {
        "date": world.milliseconds(),
        "action": action,
        "note": note,
        "additional_data": more,
        "target": {"type": target_type, "id": target_id},
        "changed_by": {"name": who.get("display_name"), "id": who.get("id"), "type": "user" if who else None},
    }
    emit(world, "changelog", payload)
