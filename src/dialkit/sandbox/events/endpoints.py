"""Where events go: a webhook or a websocket, by one id."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from dialkit.sandbox.events import tokens
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.world import Record, World

PATH = "/websocket/"  # what comes before a websocket's token
HOUR = 3600  # seconds that a token is good for
TYPE = "vnd.dialpad.websocket+jwt"


def find_endpoint(world: World, endpoint_id: int | None) -> tuple[str, Record] | None:
    """``webhook`` or ``websocket``, and its record; None where there is none, or none any more."""
    for kind, table in (("webhook", world.webhooks), ("websocket", world.websockets)):
        found = table.find(endpoint_id)
        if found is not None:
            return kind, found
    return None


def check_endpoint(world: World, endpoint_id: Any) -> None:
    """Raises `Refusal` 404 where no webhook or websocket has the id."""
    if find_endpoint(world, endpoint_id) is None:
        raise Refusal(404, f"endpoint_id: no webhook or websocket has the id {str(endpoint_id)[:80]}.")


def shown_endpoint(world: World, endpoint_id: int | None) -> Record:
    """The endpoint as answers have it among other fields; nothing where it is gone."""
    found = find_endpoint(world, endpoint_id)
    if found is None:
        return {}
    kind, record = found
    return {kind: show_websocket(world, record) if kind == "websocket" else record}


def signed(record: Record) -> Record:
    """A record with the signature that tells its secret; an empty secret ends signing."""
    secret = record.get("secret", (record.get("signature") or {}).get("secret"))
    signature = {"algo": "HS256", "secret": secret, "type": "jwt"} if secret else None
    return {**record, "secret": secret or None, "signature": signature}


def show_websocket(world: World, websocket: Record) -> Record:
    """A websocket with the URL that was last handed out for it."""
    issued = int(websocket.get("issued_at", 0))
    claims = {"sub": str(websocket["id"]), "iss": "dialkit-sandbox", "iat": issued, "exp": issued + HOUR}
    url = world.url.replace("http", "ws", 1)
    return {**websocket, "websocket_url": url + PATH + tokens.sign(claims, _secret(world), TYPE)}


def check_token(world: World, path: str) -> tuple[int, float] | str:
    """The websocket that a path with a token opens, and until when; or what is wrong with the token."""
    token = path.removeprefix(PATH)
    claims = tokens.read(token, _secret(world)) if token else None
    if claims is None:
        return "The websocket's token is wrong." if token else "The websocket's token is missing."
    if claims["exp"] <= world.now:
        return "The websocket's token has expired; read the websocket again for a new URL."
    if claims["sub"] not in world.websockets:
        return "The websocket was deleted."
    return int(claims["sub"]), float(claims["exp"])


def _secret(world: World) -> str:
    """What tokens are signed with; it follows from the seed, for it protects nothing."""
    return sha256(f"websocket {world.seed}".encode()).hexdigest()
