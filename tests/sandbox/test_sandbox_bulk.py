"""Bulk messages: who may send them, that they leave one by one, and what becomes of each text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from texting import MARA, MINE, OUTSIDE, PIXEL, QUEUE, STRANGER, THEIRS, THEO, acting, events, inbox, receive

from dialkit.sandbox.operations.messages.bulk_messages import SPAM

if TYPE_CHECKING:
    from asking import Client

EXAMPLE = "ahBkaWFscGFkLWJ1bGstMDE"
MANY = [f"+1907555{last:04}" for last in range(100, 150)]
BULK = {"from_number": MINE, "to_numbers": [OUTSIDE, STRANGER], "text": "Fresh roast", "title": "March"}


def make(client: Client, **more: Any) -> Any:
    answer = client.ask("POST", "/message/bulk", {**BULK, **more})
    assert answer["success"] is True
    return answer["bulk_message"]


def read(client: Client, bulk_id: str, **more: Any) -> Any:
    return client.ask("GET", f"/message/bulk/{bulk_id}", more)


def states(bulk: Any) -> list[str | None]:
    return [one.get("delivery_status") for one in bulk["recipients"]]


def test_a_batch_leaves_after_it_was_made(client: Client) -> None:
    bulk = make(client)
    assert (bulk["status"], bulk["num_recipients"], bulk["user_id"]) == ("pending", "2", str(MARA))
    assert (bulk["title"], bulk["created_date"]) == ("March", "1772730000")
    assert [one["attempted_send"] for one in bulk["recipients"]] == [False, False]
    assert bulk["recipients"][0]["display_name"] == "Priya Nair"
    assert "display_name" not in bulk["recipients"][1]
    client.advance(1)
    bulk = read(client, bulk["bulk_message_id"])
    assert [one["attempted_send"] for one in bulk["recipients"]] == [True, False]
    assert states(bulk) == ["sent", None]
    client.advance(60)
    bulk = read(client, bulk["bulk_message_id"])
    assert (bulk["status"], bulk["sms_has_errors"], states(bulk)) == ("complete", False, ["delivered"] * 2)
    assert bulk["recipients"][0]["delivery_status_timestamp"] == "1772730002"
    assert [text["text"] for text in inbox(client, STRANGER)] == ["Fresh roast"]
    assert [event["message_status"] for event in events(client)] == ["sent", "sent", "delivered", "delivered"]


def test_fifty_take_a_while(client: Client) -> None:
    bulk = make(client, to_numbers=MANY)
    client.advance(5)
    bulk = read(client, bulk["bulk_message_id"])
    gone = [one["attempted_send"] for one in bulk["recipients"]].count(True)
    assert bulk["status"] == "pending"
    assert 10 <= gone <= 25
    client.advance(10)
    bulk = read(client, bulk["bulk_message_id"])
    assert (bulk["status"], states(bulk)) == ("complete", ["delivered"] * 50)


def test_what_becomes_of_each(client: Client) -> None:
    receive(client, STRANGER, MINE, "STOP")
    client.advance(5)
    numbers = ["+15645550101", "+15645550102", "+15645550105", STRANGER, THEIRS]
    bulk = make(client, to_numbers=numbers, media=PIXEL)
    client.advance(20)
    bulk = read(client, bulk["bulk_message_id"])
    assert states(bulk) == ["undelivered", "failed", "sent", None, None]
    methods = [one["delivery_method"] for one in bulk["recipients"]]
    assert methods == ["mms"] * 4 + ["internal"]
    assert bulk["recipients"][1]["delivery_error_code"] == "unknown_subscriber"
    assert "opted out" in bulk["recipients"][3]["error_message"]
    assert (bulk["status"], bulk["sms_has_errors"]) == ("complete", True)
    assert inbox(client, THEIRS)[-1]["media"] == PIXEL
    client.advance(80)
    assert states(read(client, bulk["bulk_message_id"]))[2] == "delivered"


def test_new_words_for_texts_that_still_wait(client: Client) -> None:
    bulk = make(client)
    client.advance(1)
    answer = client.ask("PATCH", f"/message/bulk/{bulk['bulk_message_id']}", {"text": "By Thursday"})
    assert (answer["success"], answer["bulk_message"]["text"]) == (True, "By Thursday")
    assert answer["bulk_message"]["title"] == "March"
    client.advance(10)
    assert [text["text"] for text in inbox(client, OUTSIDE)] == ["Fresh roast"]
    assert [text["text"] for text in inbox(client, STRANGER)] == ["By Thursday"]
    client.ask("PATCH", f"/message/bulk/{bulk['bulk_message_id']}", {"text": "Too late", "media": PIXEL})
    client.advance(10)
    assert [text["text"] for text in inbox(client, STRANGER)] == ["By Thursday"]


def test_spam_is_not_sent(client: Client) -> None:
    bulk = make(client, text=f"Buy {SPAM}")
    assert (bulk["classified_spam"], bulk["status"]) == (True, "complete")
    client.advance(60)
    bulk = read(client, bulk["bulk_message_id"])
    assert [one["attempted_send"] for one in bulk["recipients"]] == [False, False]
    assert inbox(client, STRANGER) == []


def test_the_list_is_a_users_own_and_paged(client: Client) -> None:
    made = [make(client, title=str(number))["bulk_message_id"] for number in range(24)]
    first = client.ask("GET", "/message/bulk", {})
    assert (len(first["bulk_messages"]), first["has_more"]) == (20, True)
    second = client.ask("GET", "/message/bulk", {"cursor": first["cursor"]})
    assert second["has_more"] is False
    assert "cursor" not in second
    ids = [bulk["bulk_message_id"] for bulk in first["bulk_messages"] + second["bulk_messages"]]
    assert ids == [*reversed(made), EXAMPLE]
    assert client.ask("GET", "/message/bulk", {"user_id": THEO}) == {"bulk_messages": [], "has_more": False}
    assert len(client.ask("GET", "/message/bulk", {"limit": 100})["bulk_messages"]) == 25
    assert client.refused(400, "GET", "/message/bulk", {"limit": 101}).startswith("limit: ")


def test_another_users_batch_is_read_for_that_user(client: Client) -> None:
    acting(client, lambda: client.world.numbers.change(THEIRS, a2p=True))
    bulk = make(client, user_id=THEO, from_number=THEIRS)
    assert bulk["user_id"] == str(THEO)
    path = f"/message/bulk/{bulk['bulk_message_id']}"
    client.refused(404, "GET", path, {})
    client.refused(404, "PATCH", path, {"text": "x"})
    assert read(client, bulk["bulk_message_id"], user_id=THEO)["user_id"] == str(THEO)
    [token] = [key["token"] for key in client.world.keys if key["name"] == "user"]
    client.refused(403, "GET", path, {"user_id": MARA}, token=token)
    client.refused(403, "GET", "/message/bulk", {"user_id": MARA}, token=token)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"from_number": THEIRS, "user_id": THEO}, "from_number"),  # not registered
        ({"from_number": THEIRS}, "from_number"),  # another's
        ({"from_number": QUEUE}, "from_number"),  # a group's
        ({"from_number": "+14155550199"}, "from_number"),
        ({"to_numbers": []}, "to_numbers"),
        ({"to_numbers": [*MANY, OUTSIDE]}, "to_numbers"),
        ({"to_numbers": ["4155550123"]}, "to_numbers"),
        ({"text": ""}, "text"),
        ({"media": "no base64!"}, "media"),
    ],
)
def test_what_is_refused(client: Client, body: Any, named: str) -> None:
    assert client.refused(400, "POST", "/message/bulk", {**BULK, **body}).startswith(named)
    assert len(client.world.bulk_messages) == 1


def test_an_unregistered_number_is_told_so(client: Client) -> None:
    body = {**BULK, "from_number": THEIRS, "user_id": THEO}
    assert "A2P" in client.refused(400, "POST", "/message/bulk", body)
    client.refused(404, "GET", "/message/bulk/nothing", {})
    client.refused(404, "PATCH", "/message/bulk/nothing", {"text": "x"})


def test_a_number_named_twice_gets_one_text(client: Client) -> None:
    assert make(client, to_numbers=[STRANGER, STRANGER])["num_recipients"] == "1"


def test_the_batch_of_the_start(client: Client) -> None:
    bulk = read(client, EXAMPLE)
    assert (bulk["status"], bulk["sms_has_errors"]) == ("complete", True)
    assert states(bulk) == ["delivered", "undelivered"]
