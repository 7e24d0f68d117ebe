"""Who may ask, and how often: keys, rights, and limits on the sandbox's own clock."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from asking import CATALOG, START, Client

from dialkit.sandbox import Sandbox
from dialkit.sandbox.access.keys import add_key
from dialkit.sandbox.access.limits import MOST

if TYPE_CHECKING:
    from collections.abc import Iterator

MARA, THEO = 5391827364501928, 5402938475610293
TEXT = {"to_numbers": ["+14155550123"], "text": "Hello"}
REASONS = {401: "required", 403: "forbidden", 429: "rateLimitExceeded"}


def refusal(client: Client, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
    """Status, message and headers of a refusal whose shape is that of the service."""
    headers = {} if token is None else {"authorization": token}
    status, raw, told = client.send(method, path, body, **headers)
    error = json.loads(raw)["error"]
    assert (error["code"], error["errors"][0]["domain"]) == (status, "global")
    assert error["errors"][0]["reason"] == REASONS[status]
    return status, error["message"], told


# -- keys


@pytest.mark.parametrize("header", ["", "Bearer nobody", "Bearer", "Basic {}", "{}", "Bearer {}x"])
def test_a_key_is_needed(client: Client, header: str) -> None:
    status, message, headers = refusal(client, "GET", "/api/v2/company", None, header.format(client.token))
    assert (status, message) == (401, "An API key of this sandbox is needed.")
    assert headers["www-authenticate"] == "Bearer"


def test_ways_to_send_a_key(client: Client) -> None:
    assert client.send("GET", "/api/v2/company", authorization=f"bearer  {client.token} ")[0] == 200
    assert client.send("GET", f"/api/v2/company?apikey={client.token}", authorization="")[0] == 200
    assert client.sandbox.requests[-1].as_dict()["query"] == [["apikey", "(hidden)"]]


def test_a_key_that_expires(client: Client) -> None:
    expired = client.sandbox.keys["expired"]
    assert refusal(client, "GET", "/api/v2/company", None, f"Bearer {expired}")[:2] == (
        401,
        "The API key has expired.",
    )
    add_key(client.world, "short", MARA, admin=True, expires_at=client.world.clock_time() + 60)
    assert client.ask("GET", "/company", token="short")
    client.advance(60)
    assert refusal(client, "GET", "/api/v2/company", None, "Bearer short")[0] == 401


def test_me_is_the_user_of_the_key(client: Client) -> None:
    assert client.ask("GET", "/users/me")["id"] == str(MARA)
    assert client.ask("GET", "/users/me", token=client.sandbox.keys["user"])["id"] == str(THEO)


@pytest.mark.parametrize("operation_id", [i for i in CATALOG.ids if CATALOG.operation(i).admin])
def test_what_only_an_admin_may(client: Client, operation_id: str) -> None:
    operation = CATALOG.operation(operation_id)
    path = operation.path.replace("{", "").replace("}", "")
    status, message, _ = refusal(client, operation.method, path, {}, f"Bearer {client.sandbox.keys['user']}")
    assert (status, message) == (403, f"{operation_id} needs the key of a {operation.admin} admin.")


@pytest.mark.parametrize(
    "operation_id",
    [
        i
        for i in CATALOG.ids
        if any("when" not in scope for scope in CATALOG.operation(i).scopes)
        and not CATALOG.operation(i).admin
    ],
)
def test_what_needs_a_scope(client: Client, operation_id: str) -> None:
    operation = CATALOG.operation(operation_id)
    scopes = [scope["scope"] for scope in operation.scopes if "when" not in scope]
    path = operation.path.replace("{", "").replace("}", "")
    token = client.sandbox.keys["narrow"]
    status, message, _ = refusal(client, operation.method, path, {}, f"Bearer {token}")
    assert (status, message) == (403, f"{operation_id} needs a key with the scope {scopes[0]}.")
    add_key(client.world, "scoped", MARA, admin=True, scopes=scopes)
    assert client.send(operation.method, path, {}, authorization="Bearer scoped")[0] != 403


# -- limits


@pytest.fixture(scope="module")
def limited() -> Iterator[Client]:
    with Sandbox(at=START, frozen=True) as sandbox:
        client = Client(sandbox)
        yield client
        client.connection.close()


@pytest.fixture
def client_with_limits(limited: Client) -> Client:
    limited.sandbox.reset()
    return limited


def allowed(client: Client, method: str, path: str, body: Any = None, most: int = 2000) -> int:
    """How many requests go through until one is above a limit; a second passes after each tenth."""
    for number in range(most):
        if number % 10 == 0 and number:
            client.advance(1)
        if client.send(method, path, body)[0] in (429, 403):
            return number
    return most


def test_twenty_a_second_for_all_together(client_with_limits: Client) -> None:
    client = client_with_limits
    for number in range(20):
        assert client.send("GET", "/api/v2/company" if number % 2 else "/api/v2/offices")[0] == 200
    status, message, headers = refusal(client, "GET", "/api/v2/users")
    assert status == 429
    assert message.startswith("rate_limit_exceeded: 20 requests in 1 s for a company. ")
    assert "stands still: advance it by 1s, or start with --limits off" in message, "waiting does not help"
    assert "retry-after" not in headers
    assert refusal(client, "GET", "/api/v2/company", None, f"Bearer {client.sandbox.keys['user']}")[0] == 429
    client.advance(1)
    assert client.send("GET", "/api/v2/users")[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "count"),
    [
        ("POST", "/api/v2/sms", TEXT, 100),
        ("POST", "/api/v2/webhooks", {}, 100),  # what is refused later counts as well
        ("GET", "/api/v2/call/6109283746501928", None, 10),
        ("POST", "/api/v2/call", {"user_id": MARA, "phone_number": "+14155550123"}, 5),
        ("GET", "/api/v2/call/6109283746501928/ai_recap", None, 12),
    ],
)
def test_limits_of_operations(
    client_with_limits: Client, method: str, path: str, body: Any, count: int
) -> None:
    client = client_with_limits
    assert allowed(client, method, path, body) == count
    assert client.send("GET", "/api/v2/company")[0] == 200  # others go on
    client.advance(61)
    assert client.send(method, path, body)[0] not in (429, 403)


def test_a_limit_for_each_user(client_with_limits: Client) -> None:
    client = client_with_limits
    call = {"phone_number": "+14155550123"}
    assert allowed(client, "POST", "/api/v2/call", {**call, "user_id": MARA}) == 5
    assert client.send("POST", "/api/v2/call", {**call, "user_id": THEO})[0] != 429
    client.advance(61)
    path = "/api/v2/users/{}/initiate_call"
    assert allowed(client, "POST", path.format(MARA), call) == 5
    assert client.send("POST", path.format("me"), call)[0] == 429  # me is the same user
    assert client.send("POST", path.format(THEO), call)[0] != 429


def test_the_tier_and_the_switches() -> None:
    switches = {"limit-status": "403", "retry-after": "on"}
    with Sandbox(at=START, frozen=True, tier=1, switches=switches) as sandbox:
        client = Client(sandbox)
        assert allowed(client, "POST", "/api/v2/sms", TEXT, 150) == 150
        client.advance(1)
        for _ in range(20):
            assert client.send("GET", "/api/v2/company")[0] == 200
        status, raw, headers = client.send("GET", "/api/v2/company")
        assert (status, headers["retry-after"]) == (403, "1")
        assert "rate_limit_exceeded" in json.loads(raw)["error"]["message"]
        client.advance(int(headers["retry-after"]))
        assert client.send("GET", "/api/v2/company")[0] == 200
        client.connection.close()


def test_whoever_waits_as_long_as_is_said_gets_through(client_with_limits: Client) -> None:
    client = client_with_limits
    client.sandbox.switch("retry-after", "on")
    path = "/api/v2/call/6109283746501928"
    for _ in range(10):
        client.advance(1.5)
        assert client.send("GET", path)[0] != 429
    for _ in range(3):  # those that are refused do not push the end further away
        client.advance(1)
        headers = client.send("GET", path)[2]
    client.advance(float(headers["retry-after"]))
    assert client.send("GET", path)[0] != 429


def test_limits_can_be_off(client: Client) -> None:
    assert all(client.send("GET", "/api/v2/company")[0] == 200 for _ in range(30))


def test_counts_do_not_grow_without_end(client_with_limits: Client) -> None:
    client = client_with_limits
    limits, operation = client.sandbox.app.engine.limits, CATALOG.operation("call.call")
    for number in range(MOST + 50):
        if number % 20 == 0:
            client.world.pinned = START + number
        limits.check(operation, {"user_id": MARA}, {"user_id": number})
    client.world.pinned = None
    assert len(limits._asked) < MOST
    limits.clear()
