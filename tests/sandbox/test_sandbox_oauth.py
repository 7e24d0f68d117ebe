"""OAuth: consent, codes with PKCE, tokens that work, renewal, taking back, switching apps on and off."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

if TYPE_CHECKING:
    from asking import Client

APP, CLIENT, SECRET = 6902837465019283, "larkspur-orders-app", "not-a-real-secret"
CALLBACK = "https://app.larkspur.example/oauth/callback"
MARA, THEO, PORTLAND = 5391827364501928, 5402938475610293, 5219384756201938
VERIFIER = "a-verifier-of-more-than-forty-three-characters-0123"
S256 = base64.urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
FORM = {"content-type": "application/x-www-form-urlencoded"}


def authorize(client: Client, token: str = "", **query: str) -> tuple[int, dict[str, str]]:
    query = {"client_id": CLIENT, "redirect_uri": CALLBACK, **query}
    authorization = f"Bearer {token}" if token else ""
    path = f"/oauth2/authorize?{urlencode(query)}"
    status, raw, headers = client.send("GET", path, authorization=authorization)
    where = headers["location"] or ""
    if status >= 400:
        return status, {"message": json.loads(raw)["error"]["message"]}
    assert where.startswith(CALLBACK + "?")
    return status, {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()}


def trade(client: Client, body: dict[str, str] | None = None, **fields: str) -> tuple[int, dict[str, str]]:
    sent = {"client_id": CLIENT, "client_secret": SECRET, **fields} if body is None else body
    status, raw, _ = client.send("POST", "/oauth2/token", sent, authorization="")
    return status, json.loads(raw)


def tokens(client: Client, token: str = "", **query: str) -> dict[str, str]:
    _, told = authorize(client, token, **query)
    status, answer = trade(client, grant_type="authorization_code", code=told["code"])
    assert status == 200, answer
    return answer


def me(client: Client, token: str) -> int:
    status, _, _ = client.send("GET", "/api/v2/users/me", authorization=f"Bearer {token}")
    return status


def test_a_code_brings_a_token_that_works_for_an_hour(client: Client) -> None:
    status, told = authorize(client, response_type="code", state="k3Qz81vTnB")
    assert (status, told["state"]) == (204, "k3Qz81vTnB")
    status, answer = trade(client, grant_type="authorization_code", code=told["code"])
    assert (status, answer["token_type"], answer["expires_in"]) == (200, "bearer", "3600")
    assert client.ask("GET", "/users/me", token=answer["access_token"])["id"] == str(MARA)
    client.advance(3590)
    assert me(client, answer["access_token"]) == 200
    client.advance(20)
    assert me(client, answer["access_token"]) == 401
    client.advance(4000)
    assert answer["access_token"] not in client.world.keys


def test_the_user_who_agrees_is_whose_key_comes_along(client: Client) -> None:
    answer = tokens(client, token=client.world.keys.where("user", THEO)[0]["token"])
    assert client.ask("GET", "/users/me", token=answer["access_token"])["id"] == str(THEO)
    assert "company admin" in client.refused(403, "GET", "/call", token=answer["access_token"])


def test_a_token_has_the_scopes_that_were_asked_for(client: Client) -> None:
    without, within = tokens(client), tokens(client, scope="conference:read calls:list")
    assert "conference:read" in client.refused(403, "GET", "/conference/rooms", token=without["access_token"])
    client.ask("GET", "/conference/rooms", token=within["access_token"])


@pytest.mark.parametrize(("method", "challenge"), [("S256", S256), ("plain", VERIFIER), ("", VERIFIER)])
def test_pkce_needs_the_verifier(client: Client, method: str, challenge: str) -> None:
    query = {"code_challenge": challenge, **({"code_challenge_method": method} if method else {})}
    code = authorize(client, **query)[1]["code"]
    given = {"grant_type": "authorization_code", "code": code}
    status, answer = trade(client, **given)
    assert (status, answer["error"]["message"].split(":")[0]) == (400, "code_verifier")
    status, answer = trade(client, **given, code_verifier="another")
    assert (status, answer["error"]["message"].split(":")[0]) == (400, "code_verifier")
    assert trade(client, **given, code_verifier=VERIFIER)[0] == 200


def test_a_code_works_once(client: Client) -> None:
    code = authorize(client)[1]["code"]
    given = {"grant_type": "authorization_code", "code": code}
    assert me(client, trade(client, **given)[1]["access_token"]) == 200
    status, answer = trade(client, **given)
    assert (status, answer["error"]["message"]) == (400, "code: was redeemed already; it works once.")


def test_a_code_is_short_lived(client: Client) -> None:
    code = authorize(client)[1]["code"]
    client.advance(601)
    status, answer = trade(client, grant_type="authorization_code", code=code)
    assert (status, answer["error"]["message"].split(":")[0]) == (400, "code")


def test_a_refresh_token_is_traded_for_a_new_pair(client: Client) -> None:
    first = tokens(client, scope="calls:list")
    status, second = trade(client, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert status == 200
    assert second["refresh_token"] != first["refresh_token"]
    assert client.world.keys.get(second["access_token"])["scopes"] == ["calls:list"]
    status, answer = trade(client, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert (status, answer["error"]["message"].split(":")[0]) == (400, "refresh_token")
    assert trade(client, grant_type="refresh_token", refresh_token=second["refresh_token"])[0] == 200


def test_the_app_proves_itself_in_the_body_or_a_header_as_json_or_a_form(client: Client) -> None:
    pair = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
    codes = [authorize(client)[1]["code"] for _ in range(2)]
    body = {"grant_type": "authorization_code", "code": codes[0]}
    status, raw, _ = client.send("POST", "/oauth2/token", body, authorization=f"Basic {pair}")
    assert status == 200, raw
    fields = {"grant_type": "authorization_code", "code": codes[1], "redirect_uri": CALLBACK}
    form = urlencode({**fields, "client_id": CLIENT, "client_secret": SECRET}).encode()
    status, raw, _ = client.send("POST", "/oauth2/token", form, authorization="", **FORM)
    assert status == 200, raw


def test_who_cannot_prove_it_gets_nothing(client: Client) -> None:
    code = authorize(client)[1]["code"]
    given = {"grant_type": "authorization_code", "code": code}
    assert trade(client, given)[0] == 401
    assert trade(client, {**given, "client_id": CLIENT, "client_secret": "wrong"})[0] == 401
    assert trade(client, {**given, "client_id": "nobody", "client_secret": SECRET})[0] == 401
    for header in ("Basic !!", "Basic " + base64.b64encode(b"\xff\xfe").decode()):
        status, _, headers = client.send("POST", "/oauth2/token", given, authorization=header)
        assert (status, headers["www-authenticate"]) == (401, "Basic")
    other = {"client_id": "roast-calendar", "client_secret": "not-a-real-secret-either"}
    assert trade(client, {**given, **other})[0] == 400  # not that app's code
    assert trade(client, **given)[0] == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"client_id": "nobody"}, "client_id"),
        ({"redirect_uri": "https://elsewhere.example/"}, "redirect_uri"),
        ({"response_type": "token"}, "response_type"),
        ({"scope": "calls:list everything"}, "scope"),
        ({"code_challenge_method": "S256"}, "code_challenge"),
    ],
)
def test_authorize_refuses_by_name(client: Client, query: dict[str, str], field: str) -> None:
    status, told = authorize(client, **query)
    assert (status, told["message"].split(":")[0]) == (400, field)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"grant_type": "password"}, "grant_type"),
        ({"grant_type": "authorization_code"}, "code"),
        ({"grant_type": "authorization_code", "code": "unknown"}, "code"),
        ({"grant_type": "refresh_token", "refresh_token": "unknown"}, "refresh_token"),
        ({"grant_type": "authorization_code", "code": "Zc7h2LxQ0pWm", "redirect_uri": "x"}, "redirect_uri"),
    ],
)
def test_token_refuses_by_name(client: Client, fields: dict[str, str], field: str) -> None:
    status, answer = trade(client, **fields)
    assert (status, answer["error"]["message"].split(":")[0]) == (400, field)


def test_a_browser_is_led_on_and_a_user_may_say_no(client: Client) -> None:
    client.world.switches.put({"id": "oauth-consent", "value": "deny"})
    assert authorize(client, state="x")[1] == {"error": "access_denied", "state": "x"}
    client.world.switches.put({"id": "authorize-answer", "value": "302"})
    query = urlencode({"client_id": CLIENT, "redirect_uri": CALLBACK})
    client.connection.request("GET", f"/oauth2/authorize?{query}")
    answer = client.connection.getresponse()
    answer.read()
    assert (answer.status, answer.headers["location"]) == (302, f"{CALLBACK}?error=access_denied")


def test_deauthorizing_takes_back_all_tokens_of_the_app(client: Client) -> None:
    mine = tokens(client)
    theirs = tokens(client, token=client.world.keys.where("user", THEO)[0]["token"])
    status, raw, _ = client.send(
        "POST", "/oauth2/deauthorize", authorization=f"Bearer {mine['access_token']}"
    )
    assert (status, raw) == (204, b"")
    assert me(client, mine["access_token"]) == me(client, theirs["access_token"]) == 401
    assert trade(client, grant_type="refresh_token", refresh_token=mine["refresh_token"])[0] == 400
    assert me(client, client.token) == 200
    tokens(client)  # the app stays registered


def test_deauthorizing_can_be_chosen_to_be_of_one_user(client: Client) -> None:
    client.world.switches.put({"id": "deauthorize", "value": "user"})
    mine = tokens(client)
    theirs = tokens(client, token=client.world.keys.where("user", THEO)[0]["token"])
    client.send("POST", "/oauth2/deauthorize", authorization=f"Bearer {mine['access_token']}")
    assert (me(client, mine["access_token"]), me(client, theirs["access_token"])) == (401, 200)


def test_an_ordinary_key_takes_nothing_back(client: Client) -> None:
    mine = tokens(client)
    assert client.send("POST", "/oauth2/deauthorize")[0] == 204
    assert me(client, mine["access_token"]) == 200


def test_an_app_that_is_switched_off_is_refused_until_it_is_on_again(client: Client) -> None:
    answer = tokens(client)
    path = f"/oauth_apps/{APP}/toggle"
    assert client.ask("PATCH", path, {"enable": False}) == {"oauth_app_id": str(APP), "is_enabled": False}
    assert me(client, answer["access_token"]) == 403
    assert authorize(client)[0] == 403
    assert trade(client, grant_type="refresh_token", refresh_token=answer["refresh_token"])[0] == 403
    client.ask("PATCH", path, {"enable": True})
    assert me(client, answer["access_token"]) == 200


def test_the_nearest_setting_counts(client: Client) -> None:
    answer = tokens(client)
    path = f"/oauth_apps/{APP}/toggle"
    target = {"target_type": "office", "target_id": PORTLAND}
    told = client.ask("PATCH", path, {"enable": False, **target})
    assert (told["target_type"], told["target_id"]) == ("office", str(PORTLAND))
    assert me(client, answer["access_token"]) == 403
    client.ask("PATCH", path, {"enable": True, "target_type": "user", "target_id": MARA})
    assert me(client, answer["access_token"]) == 200
    client.ask("PATCH", path, {"enable": False})
    assert me(client, answer["access_token"]) == 200


@pytest.mark.parametrize(
    ("app", "body", "status", "start"),
    [
        (6902837465019284, {"enable": True}, 404, "No OAuth app"),
        (APP, {}, 400, "enable"),
        (APP, {"enable": True, "target_id": 1}, 400, "target_id"),
        (APP, {"enable": True, "target_type": "user"}, 400, "target_type"),
        (APP, {"enable": True, "target_type": "planet", "target_id": 1}, 400, "target_type"),
        (APP, {"enable": True, "target_type": "user", "target_id": 1}, 404, "target_id"),
    ],
)
def test_switching_refuses(
    client: Client, app: int, body: dict[str, object], status: int, start: str
) -> None:
    assert client.refused(status, "PATCH", f"/oauth_apps/{app}/toggle", body).startswith(start)
