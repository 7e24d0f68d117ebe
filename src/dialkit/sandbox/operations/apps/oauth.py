"""OAuth: apps ask for consent, trade codes for tokens, renew them, and are switched on and off.

Nobody signs in here: whoever opens the authorize address agrees at once, or not, as the switch
``oauth-consent`` says. The user is whose key comes with the request, else the company's first admin.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import string
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus, urlencode

from dialkit.sandbox.access.apps import check_on, scope_of
from dialkit.sandbox.access.keys import add_key, key_of
from dialkit.sandbox.http.call import Answer
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.operations import Handler
    from dialkit.sandbox.world import Record, World

CODE_LIFE, TOKEN_LIFE = 600, 3600  # seconds; the document's example has the second, none is told of the first
LETTERS = string.ascii_letters + string.digits
BASIC = {"www-authenticate": "Basic"}
# Whom an app can be switched for, and where such are kept. The document lists no kinds.
TOGGLED = {"company": "companies", "office": "offices", "user": "users"}


def authorize(world: World, call: Call) -> Answer:
    """Lead the browser back to the app, with a code where the user agrees: the address is in `Location`."""
    query = call.query
    app = next(iter(world.oauth_apps.where("client", query["client_id"])), None)
    if app is None:
        raise Refusal(400, f"client_id: no OAuth app has the client id {query['client_id'][:80]!r}.")
    if query["redirect_uri"] not in app["redirect_uris"]:
        raise Refusal(400, f"redirect_uri: {query['redirect_uri'][:80]!r} is not registered for this app.")
    scopes = query.get("scope", "").split()
    if strange := [scope for scope in scopes if scope not in app["scopes"]]:
        raise Refusal(400, f"scope: {strange[0][:80]!r} is not one that this app may ask for.")
    if "code_challenge_method" in query and "code_challenge" not in query:
        raise Refusal(400, "code_challenge: is required with code_challenge_method.")
    user = _consenting(world, call)
    check_on(world, app["id"], user["id"])
    if world.switch("oauth-consent") == "deny":
        told = {"error": "access_denied"}
    else:
        told = {"code": _add_code(world, call, app, user, scopes)["code"]}
    if "state" in query:
        told["state"] = query["state"]
    mark = "&" if "?" in query["redirect_uri"] else "?"
    where = {"location": query["redirect_uri"] + mark + urlencode(told)}
    return Answer(None, int(world.switch("authorize-answer")), where)


def _consenting(world: World, call: Call) -> Record:
    header = call.headers.get("authorization", "")
    if header:
        return world.users.get(key_of(world, header, "")["user_id"])
    for user in world.users:
        if user.get("is_super_admin") and user.get("state") == "active":
            return user
    raise Refusal(403, "Nobody here can agree: the company has no active admin.")


def _add_code(world: World, call: Call, app: Record, user: Record, scopes: list[str]) -> Record:
    record = world.oauth_codes.put(
        {
            "code": _secret(world, "code", 24),
            "app_id": app["id"],
            "user_id": user["id"],
            "redirect_uri": call.query["redirect_uri"],
            "scopes": scopes,
            "challenge": call.query.get("code_challenge"),
            "method": call.query.get("code_challenge_method", "plain"),
            "expires_at": world.now + CODE_LIFE,
            "used": False,
        }
    )
    world.later(CODE_LIFE, "oauth.forget_code", code=record["code"])
    return record


def forget_code(world: World, code: str) -> None:
    """A code is too old."""
    world.oauth_codes.remove(code)


def give_token(world: World, call: Call) -> Record:
    """An access token and a refresh token, for a code or for the refresh token before."""
    app = _proven(world, call)
    body = call.body
    if body["grant_type"] == "authorization_code":
        code = _redeem(world, app, {**body, **call.extra})
        check_on(world, app["id"], code["user_id"])
        world.oauth_codes.change(code["code"], used=True)
        return _issue(world, app, code["user_id"], code["scopes"])
    refresh = world.oauth_refreshes.find(body["refresh_token"])
    if refresh is None or refresh["app_id"] != app["id"]:
        raise Refusal(400, "refresh_token: is not one of this app, or was traded in already.")
    check_on(world, app["id"], refresh["user_id"])
    world.oauth_refreshes.remove(refresh["token"])
    return _issue(world, app, refresh["user_id"], refresh["scopes"])


def _proven(world: World, call: Call) -> Record:
    """The app that asks, by the id and secret in the body or in the Basic header. Raises `Refusal` 401."""
    client_id, secret = call.body.get("client_id", ""), call.body.get("client_secret", "")
    scheme, _, text = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            pair = base64.b64decode(text.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise Refusal(401, "The Basic header cannot be read.", BASIC) from None
        header_id, _, header_secret = pair.partition(":")
        client_id, secret = unquote_plus(header_id), unquote_plus(header_secret)
    app = next(iter(world.oauth_apps.where("client", client_id)), None)
    if app is None or not hmac.compare_digest(app["client_secret"].encode(), secret.encode()):
        raise Refusal(401, "The client id and secret are not those of an OAuth app.", BASIC)
    return app


def _redeem(world: World, app: Record, sent: dict[str, Any]) -> Record:
    """The code that was sent, with its proof checked. Raises `Refusal` 400."""
    code = world.oauth_codes.find(sent["code"])
    if code is None or code["app_id"] != app["id"]:
        raise Refusal(400, "code: is not one of this app, or has expired.")
    if code["used"]:
        raise Refusal(400, "code: was redeemed already; it works once.")
    if sent.get("redirect_uri", code["redirect_uri"]) != code["redirect_uri"]:
        raise Refusal(400, "redirect_uri: is not the one that the code was asked for with.")
    if code["challenge"] is not None:
        verifier = str(sent.get("code_verifier", ""))
        if not verifier:
            raise Refusal(400, "code_verifier: is required, for the code was asked for with a challenge.")
        if _challenge(verifier, code["method"]) != code["challenge"]:
            raise Refusal(400, "code_verifier: does not fit the challenge.")
    return code


def _challenge(verifier: str, method: str) -> str:
    if method == "plain":
        return verifier
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")


def _issue(world: World, app: Record, user_id: int, scopes: list[str]) -> Record:
    user = world.users.get(user_id)
    token = _secret(world, "access", 40)
    add_key(
        world,
        token,
        user_id,
        name=app["name"],
        admin=bool(user.get("is_super_admin")),
        scopes=scopes,
        expires_at=world.now + TOKEN_LIFE,
        app_id=app["id"],
    )
    world.later(TOKEN_LIFE, "oauth.forget_token", token=token)
    refresh = {"app_id": app["id"], "user_id": user_id, "scopes": scopes}
    refresh = world.oauth_refreshes.put({"token": _secret(world, "refresh", 40), **refresh})
    return {
        "access_token": token,
        "refresh_token": refresh["token"],
        "token_type": "bearer",
        "expires_in": TOKEN_LIFE,
    }


def forget_token(world: World, token: str) -> None:
    """An access token has run out; it stays for an hour, so that its use is answered as that."""
    if world.keys.get(token)["expires_at"] + TOKEN_LIFE <= world.now:
        world.keys.remove(token)
    else:
        world.later(TOKEN_LIFE, "oauth.forget_token", token=token)


def deauthorize(world: World, call: Call) -> None:
    """Take back the tokens of the app whose token asks. A key that no app has takes nothing back."""
    if call.key.get("app_id") is not None:
        mine = world.switch("deauthorize") == "user"
        _take_back(world, call.key["app_id"], call.user_id if mine else None)


def _take_back(world: World, app_id: int, user_id: int | None) -> None:
    """Take back an app's tokens and codes: all, or those of a user."""
    for name in ("keys", "oauth_refreshes", "oauth_codes"):
        table = world.table(name)
        for record in table.where("app", app_id):
            if user_id in (None, record["user_id"]):
                table.remove(record[table.key])


def toggle(world: World, call: Call) -> Record:
    """Switch an app on or off, for the company where nobody is named."""
    app = world.oauth_apps.get(call.path["id"])
    named: Record = {name: call.body[name] for name in ("target_id", "target_type") if name in call.body}
    if len(named) == 1:
        raise Refusal(
            400, f"{next(iter(named))}: target_id and target_type are given together or not at all."
        )
    kind, target_id = named.get("target_type", "company"), named.get("target_id", world.company_id)
    if kind not in TOGGLED:
        raise Refusal(400, f"target_type: {str(kind)[:80]!r} is none of {', '.join(TOGGLED)}.")
    if target_id not in world.table(TOGGLED[kind]):
        raise Refusal(404, f"target_id: no {kind} has the id {target_id}.")
    state: Record = {"oauth_app_id": app["id"], **named, "is_enabled": call.body["enable"]}
    return world.oauth_toggles.put({"scope": scope_of(app["id"], kind, target_id), **state})


def _secret(world: World, what: str, length: int) -> str:
    """Text that looks random, the same for the same seed: it protects nothing."""
    number = world.count(f"oauth {what}")
    return "".join(LETTERS[world.draw(len(LETTERS), "oauth", what, number, at)] for at in range(length))


HANDLERS: dict[str, Handler] = {
    "oauth2.authorize.get": authorize,
    "oauth2.token.post": give_token,
    "oauth2.deauthorize.post": deauthorize,
    "oauth_apps.toggle": toggle,
}
JOBS = {"oauth.forget_code": forget_code, "oauth.forget_token": forget_token}
