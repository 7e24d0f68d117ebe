"""OAuth apps: which are registered, and for whom each is switched on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.world import World


def scope_of(app_id: object, target_type: str, target_id: object) -> str:
    """What a setting of an app is kept under: the app, and for whom."""
    return f"{app_id}:{target_type}:{target_id}"


def is_on(world: World, app_id: int, user_id: int) -> bool:
    """Whether a user may use an app: the setting nearest to the user counts, the company's last."""
    user = world.users.find(user_id) or {}
    nearest = [("user", user_id), ("office", user.get("office_id")), ("company", world.company_id)]
    for target in nearest:
        setting = world.oauth_toggles.find(scope_of(app_id, *target))
        if setting is not None:
            return bool(setting["is_enabled"])
    return True


def check_on(world: World, app_id: int, user_id: int) -> None:
    """Raises `Refusal` 403 where the app is switched off for the user."""
    if not is_on(world, app_id, user_id):
        app = world.oauth_apps.find(app_id) or {}
        raise Refusal(403, f"The OAuth app {app.get('client_id', app_id)} is switched off here.")
