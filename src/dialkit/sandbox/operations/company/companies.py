"""The company, and the settings of the applications that it lets in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.access.apps import scope_of
from dialkit.sandbox.events.changelog import changelog
from dialkit.sandbox.operations.groups.targets import target
from dialkit.sandbox.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

# Settings that every application has, as documented.
LOGGED = (
    "call_logging_enabled",
    "call_recording_logging_enabled",
    "voicemail_logging_enabled",
    "sms_logging_enabled",
)


def show_company(world: World, company: Record) -> Record:
    """What answers show of the company."""
    return {**company, "office_count": len(world.offices)}


def update_settings(world: World, call: Call) -> Record:
    """Switch the company's AI on or off; nothing else can be set."""
    company = world.company
    if "has_callai" in call.query:
        settings = {**(company.get("settings") or {}), "has_callai": call.query["has_callai"]}
        company = world.companies.change(company["id"], settings=settings)
        changelog(world, call, "company.update", "company", company["id"], "has_callai", **call.query)
    return show_company(world, company)


def app_settings(world: World, call: Call) -> Record:
    """How the application behind the key is set for a target, else for the company.

    A key that no application has is taken for one of the first that is registered.
    """
    kind, target_id = call.query.get("target_type"), call.query.get("target_id")
    scopes: list[tuple[str, object]] = [("company", world.company_id)]
    if kind is not None:
        scopes.insert(0, (kind, target(world, kind, target_id)["id"]))
    held = _first(world.app_settings.find(f"{name}:{key}") for name, key in scopes)
    app_id = call.key.get("app_id") or next((app["id"] for app in world.oauth_apps), None)
    toggled = _first(world.oauth_toggles.find(scope_of(app_id, *scope)) for scope in scopes)
    return {
        "enabled": toggled.get("is_enabled", held.get("enabled", False)),
        "is_preferred_service": held.get("is_preferred_service", False),
        "settings": {**dict.fromkeys(LOGGED, False), **held.get("settings", {})},
    }


def _first(records: Iterable[Record | None]) -> Record:
    return next((record for record in records if record is not None), {})


HANDLERS = {
    **Resource("companies", gets="company.get", show=show_company).handlers(),
    "company.update_settings": update_settings,
    "app_settings.get": app_settings,
}
