"""Websockets: made and renewed, opened by a real client, told what happens, closed after their hour."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from asking import START
from receiving import happen
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from beside import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asking import Client

WEBSOCKET = 6239586021394857
TEXT = {"id": 1, "text": "Two kilos, please"}


@pytest.fixture
def made(client: Client) -> Any:
    """A websocket that is told of all texts."""
    websocket = client.ask("POST", "/websockets", {})
    body = {"endpoint_id": int(websocket["id"]), "direction": "all"}
    assert client.ask("POST", "/subscriptions/sms", body)["websocket"] == websocket
    return websocket


@pytest.fixture
def listener(made: Any) -> Iterator[ClientConnection]:
    with connect(made["websocket_url"]) as connection:
        yield connection


def claims(url: str) -> tuple[Any, Any]:
    head, middle, _ = url.rpartition("/")[2].split(".")
    return tuple(json.loads(base64.urlsafe_b64decode(part + "==")) for part in (head, middle))  # type: ignore[return-value]


def last(client: Client, endpoint: str) -> Any:
    return client.world.deliveries.where("endpoint", int(endpoint))[-1]


def test_make_read_change_delete(client: Client) -> None:
    made = client.ask("POST", "/websockets", {"secret": "s3"})
    assert made["signature"] == {"algo": "HS256", "secret": "s3", "type": "jwt"}
    path = f"/websockets/{made['id']}"
    changed = client.ask("PATCH", path, {"secret": "s4"})
    assert changed == {**made, "signature": {**made["signature"], "secret": "s4"}}
    assert client.pages("/websockets")[1:] == [changed]
    assert client.ask("DELETE", path) == changed
    client.refused(404, "GET", path)


def test_the_url_holds_a_token_for_an_hour(client: Client) -> None:
    made = client.ask("POST", "/websockets", {})
    head, told = claims(made["websocket_url"])
    assert made["websocket_url"].startswith(client.sandbox.url.replace("http", "ws") + "/websocket/")
    assert head == {"alg": "HS256", "typ": "vnd.dialpad.websocket+jwt"}
    assert told == {"sub": made["id"], "iss": told["iss"], "iat": int(START), "exp": int(START) + 3600}
    client.advance(60)
    assert client.pages("/websockets")[-1] == made  # only reading the one renews it
    renewed = client.ask("GET", f"/websockets/{made['id']}")
    assert claims(renewed["websocket_url"])[1]["iat"] == int(START) + 60
    assert client.pages("/websockets")[-1] == renewed


def test_events_come_as_text(client: Client, made: Any, listener: ClientConnection) -> None:
    for number in range(20):
        happen(client, "sms", {**TEXT, "id": number})
    assert [json.loads(listener.recv(PATIENCE))["id"] for _ in range(20)] == [*range(20)]
    assert last(client, made["id"])["state"] == "delivered"


def test_with_a_secret_events_are_tokens(client: Client, made: Any, listener: ClientConnection) -> None:
    client.ask("PATCH", f"/websockets/{made['id']}", {"secret": "s3"})
    happen(client, "sms", TEXT)
    _, told = claims(str(listener.recv(PATIENCE)))
    assert told == TEXT


def test_all_who_listen_are_told(client: Client, made: Any, listener: ClientConnection) -> None:
    with connect(made["websocket_url"]) as other:
        happen(client, "sms", TEXT)
        assert json.loads(other.recv(PATIENCE)) == json.loads(listener.recv(PATIENCE)) == TEXT


def test_what_happens_while_nobody_listens_is_lost(client: Client, made: Any) -> None:
    happen(client, "sms", TEXT)
    kept = last(client, made["id"])
    assert kept["state"] == "lost"
    assert "Nobody was connected" in kept["attempts"][0]["error"]
    with connect(made["websocket_url"]) as connection:
        happen(client, "sms", {**TEXT, "id": 2})
        assert json.loads(connection.recv(PATIENCE))["id"] == 2


def refusal(url: str) -> str:
    with connect(url) as connection:
        told = str(connection.recv(PATIENCE))
        with pytest.raises(ConnectionClosed) as closed:
            connection.recv(PATIENCE)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008
    return told


def test_a_wrong_or_missing_token_is_told_and_the_door_closed(client: Client, made: Any) -> None:
    url = made["websocket_url"]
    base = url.rpartition("/")[0] + "/"
    assert "missing" in refusal(base)
    assert "wrong" in refusal(base + "abc")
    assert "wrong" in refusal(url[:-2] + ("aa" if url[-2:] != "aa" else "bb"))
    assert "wrong" in refusal(client.sandbox.url.replace("http", "ws") + "/elsewhere")
    client.ask("DELETE", f"/websockets/{made['id']}")
    assert "deleted" in refusal(url)


def test_a_token_ends_with_its_hour(client: Client, made: Any) -> None:
    client.advance(3599)
    with connect(made["websocket_url"]):
        pass
    client.advance(1)
    assert "expired" in refusal(made["websocket_url"])
    with connect(client.ask("GET", f"/websockets/{made['id']}")["websocket_url"]):
        pass


def test_a_connection_ends_with_its_hour(client: Client, listener: ClientConnection) -> None:
    client.advance(3599)
    happen(client, "sms", TEXT)
    assert json.loads(listener.recv(PATIENCE)) == TEXT
    client.advance(1)
    with pytest.raises(ConnectionClosed, match="hour is over"):
        listener.recv(PATIENCE)


def test_a_connection_ends_with_its_websocket(client: Client, made: Any, listener: ClientConnection) -> None:
    client.ask("DELETE", f"/websockets/{made['id']}")
    with pytest.raises(ConnectionClosed, match="deleted"):
        listener.recv(PATIENCE)


def test_a_connection_ends_with_a_reset(client: Client, listener: ClientConnection) -> None:
    client.sandbox.reset()
    with pytest.raises(ConnectionClosed, match="set back"):
        listener.recv(PATIENCE)


def test_what_a_listener_says_is_ignored(client: Client, listener: ClientConnection) -> None:
    listener.send("hello")
    happen(client, "sms", TEXT)
    assert json.loads(listener.recv(PATIENCE)) == TEXT


def test_the_seeds_websocket_can_be_opened(client: Client) -> None:
    with connect(client.ask("GET", f"/websockets/{WEBSOCKET}")["websocket_url"]) as connection:
        client.ask("POST", "/subscriptions/changelog", {"endpoint_id": WEBSOCKET})
        happen(client, "changelog", {"id": 3})
        [_, claims_, _] = str(connection.recv(PATIENCE)).split(".")
        assert json.loads(base64.urlsafe_b64decode(claims_ + "==")) == {"id": 3}
