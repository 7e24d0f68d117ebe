"""API keys: whose each is, what it may do, until when."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from dialkit.sandbox.access.apps import check_on
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.catalog import Operation
    from dialkit.sandbox.world import Record, World

HEADERS = {"www-authenticate": "Bearer"}


def token_of(seed: int, name: str = "") -> str:
    """The key of a sandbox of that seed: always the same, for it protects nothing."""
    return "sandbox-" + sha256(f"{seed}{name}".encode()).hexdigest()[:8]


def add_key(
    world: World,
    token: str,
    user_id: int,
    *,
    name: str = "",
    admin: bool = False,
    scopes: list[str] | None = None,
    expires_at: float | None = None,
    app_id: int | None = None,
) -> Record:
    """A new key. `admin`: a company admin's; `scopes` None: all there are; `expires_at` in epoch seconds.

    `app_id`: of the access token of an OAuth app, which app has it.
    """
    return world.keys.put(
        {
            "token": token,
            "name": name,
            "user_id": user_id,
            "admin": admin,
            "admin_scopes": scopes is None,
            "scopes": scopes or [],
            "expires_at": expires_at,
            "app_id": app_id,
        }
    )


def key_of(world: World, authorization: str, apikey: str) -> Record:
    """The key that was sent, in the header or (an older page allows it) in the query.

    Raises `Refusal` 401, or 403 for an access token of an app that is switched off.
    """
    scheme, _, token = authorization.partition(" ")
    token = (token if scheme.lower() == "bearer" else apikey).strip()
    key = world.keys.find(token)
    if key is None:
        raise Refusal(401, "An API key of this sandbox is needed.", HEADERS)
    if key["expires_at"] is not None and key["expires_at"] <= world.now:
        raise Refusal(401, "The API key has expired.", HEADERS)
    if key.get("app_id") is not None:
        check_on(world, key["app_id"], key["user_id"])
    return key


def check_rights(key: Record, operation: Operation) -> None:
    """Raises `Refusal` 403 where the key lacks an admin's right or a scope that is always needed."""
    if operation.admin and not key["admin"]:
        raise Refusal(403, f"{operation.id} needs the key of a {operation.admin} admin.")
    for wanted in operation.scopes:
        if "when" not in wanted and not key["admin_scopes"] and wanted["scope"] not in key["scopes"]:
            raise Refusal(403, f"{operation.id} needs a key with the scope {wanted['scope']}.")
