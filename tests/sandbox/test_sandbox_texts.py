"""Texts: who sends, what becomes of each, what comes in, and what is told of it."""

from __future__ import annotations

import base64
import http.client
from typing import TYPE_CHECKING, Any

import pytest
from texting import (
    CENTER,
    CHANNEL,
    DEPARTMENT,
    GROUP,
    MAIN,
    MARA,
    MINE,
    OUTSIDE,
    PIXEL,
    PORTLAND,
    QUEUE,
    STRANGER,
    TEXT,
    THEIRS,
    THEO,
    acting,
    events,
    inbox,
    receive,
    sent,
)

from dialkit.sandbox.carrier.fates import FATES
from dialkit.sandbox.carrier.results import OUTCOMES
from dialkit.sandbox.carrier.segments import segments_of
from dialkit.sandbox.switches import choose

if TYPE_CHECKING:
    from asking import Client


# -- counting


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("Grüße: é@£", "GSM-7", 10, 1),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        ("€" * 153, "GSM-7", 306, 3),  # an escape and its sign stay together: 76 in a part
        ("a" * 152 + "€" * 77, "GSM-7", 306, 3),
        ("ç", "UCS-2", 1, 1),
        ("я" * 70, "UCS-2", 70, 1),
        ("я" * 71, "UCS-2", 71, 2),
        ("я" * 134, "UCS-2", 134, 2),
        ("я" * 135, "UCS-2", 135, 3),
        ("😀" * 35, "UCS-2", 70, 1),
        ("😀" * 36, "UCS-2", 72, 2),
        ("😀" * 67, "UCS-2", 134, 3),  # 33 in a part
    ],
)
def test_parts_of_a_text(text: str, encoding: str, units: int, parts: int) -> None:
    assert segments_of(text) == (encoding, units, parts)


def test_parts_are_kept_with_the_text(client: Client) -> None:
    answer = client.ask("POST", "/sms", {**TEXT, "text": "я" * 71})
    assert [text["segments"] for text in sent(client, answer)] == [2]


# -- sending


def test_a_text_is_pending_and_arrives_after_a_moment(client: Client) -> None:
    answer = client.ask("POST", "/sms", TEXT)
    assert answer["message_status"] == "pending"
    assert "message_delivery_result" not in answer
    assert inbox(client, OUTSIDE) == []
    client.advance(1)
    [text] = inbox(client, OUTSIDE)
    assert (text["text"], text["from_number"]) == ("Hello", MINE)
    [kept] = sent(client, answer)
    assert (kept["message_status"], kept["message_delivery_result"]) == ("success", "accepted")
    client.ask("POST", "/sms", {**TEXT, "text": "second"})
    client.advance(1)
    assert [text["text"] for text in inbox(client, OUTSIDE)] == ["Hello", "second"]


def test_each_recipient_has_a_record_of_its_own(client: Client) -> None:
    numbers = [OUTSIDE, "+15645550101", "+15645550105", OUTSIDE]
    answer = client.ask("POST", "/sms", {**TEXT, "to_numbers": numbers, "media": PIXEL})
    assert answer["to_numbers"] == numbers[:3], "a number named twice gets one text"
    assert "contact_id" not in answer
    client.advance(89)
    states = {text["to_number"]: text["message_status"] for text in sent(client, answer)}
    assert states == {OUTSIDE: "success", "+15645550101": "failed", "+15645550105": "pending"}
    client.advance(1)
    assert [text["media"] for text in inbox(client, "+15645550105")] == [PIXEL]
    assert len({text["id"] for text in sent(client, answer)}) == 3


@pytest.mark.parametrize("number", [number for number, fate in FATES.items() if fate.call == "answered"])
def test_fixed_fates(client: Client, number: str) -> None:
    fate = FATES[number]
    answer = client.ask("POST", "/sms", {**TEXT, "to_numbers": [number]})
    client.advance(fate.delay - 0.5)
    [text] = sent(client, answer)
    assert text["message_status"] == "pending"
    client.advance(0.5)
    [text] = sent(client, answer)
    assert text["message_delivery_result"] == fate.result
    assert bool(inbox(client, number)) == (fate.result == "accepted")
    assert [event["message_status"] for event in events(client)][:2] == ["sent", OUTCOMES[fate.result].status]
    if fate.reply:
        client.advance(fate.reply_after)
        replies = client.world.texts.where("from", number)
        assert [(text["text"], text["to_number"]) for text in replies] == [(fate.reply, MINE)]


def test_an_answer_with_stop_opts_out(client: Client) -> None:
    number = "+15645550106"
    client.ask("POST", "/sms", {**TEXT, "to_numbers": [number]})
    client.advance(10)
    assert len(client.world.texts.where("from", number)) == 1, "the service's own answer is not answered"
    answer = client.ask("POST", "/sms", {**TEXT, "to_numbers": [number]})
    client.advance(10)
    [text] = sent(client, answer)
    assert text["message_delivery_result"] == "rejected"
    assert [text["text"].split(" ")[0] for text in inbox(client, number)] == ["Hello", "Larkspur"]


@pytest.mark.parametrize(
    ("sender", "number", "kind", "user_id"),
    [
        ({}, MINE, "user", MARA),
        ({"user_id": THEO}, THEIRS, "user", THEO),
        ({"user_id": THEO, "from_number": MAIN}, MAIN, "office", THEO),
        ({"user_id": THEO, "from_number": MINE}, MINE, "user", MARA),
        ({"from_number": "(503) 555-0142"}, MINE, "user", MARA),
        ({"sender_group_id": PORTLAND, "sender_group_type": "office"}, MAIN, "office", MARA),
        ({**GROUP, "user_id": THEO}, QUEUE, "callcenter", THEO),
        ({**GROUP, "from_number": THEIRS}, THEIRS, "user", THEO),
    ],
)
def test_who_sends(client: Client, sender: Any, number: str, kind: str, user_id: int) -> None:
    answer = client.ask("POST", "/sms", {**TEXT, **sender})
    assert (answer["from_number"], answer["target_type"]) == (number, kind)
    assert answer["user_id"] == str(user_id)
    client.advance(1)
    assert inbox(client, OUTSIDE)[0]["from_number"] == number


def test_a_number_of_another_than_the_named_sender(client: Client) -> None:
    choose(client.world, {"sender-conflict": "refuse"})
    client.ask("POST", "/sms", {**TEXT, "user_id": MARA, "from_number": MINE})
    client.ask("POST", "/sms", {**TEXT, **GROUP, "from_number": QUEUE})
    client.ask("POST", "/sms", {**TEXT, "user_id": THEO, "from_number": MAIN})
    for sender in ({"user_id": THEO, "from_number": MINE}, {**GROUP, "from_number": MAIN}):
        assert client.refused(400, "POST", "/sms", {**TEXT, **sender}).startswith("from_number: ")


def test_a_users_key_sends_for_nobody_else(client: Client) -> None:
    [key] = [key for key in client.world.keys if key["name"] == "user"]
    token, own = key["token"], client.world.users.get(key["user_id"])
    answer = client.ask("POST", "/sms", TEXT, token=token)
    assert (answer["user_id"], answer["from_number"]) == (str(own["id"]), own["phone_numbers"][0])
    assert client.ask("POST", "/sms", {**TEXT, **GROUP}, token=token)["from_number"] == QUEUE
    for sender in ({"user_id": MARA}, {"from_number": MINE}):
        field = next(iter(sender))
        assert client.refused(403, "POST", "/sms", {**TEXT, **sender}, token=token).startswith(field)


@pytest.mark.parametrize("state", ["suspended", "deleted"])
def test_who_is_suspended_sends_nothing(client: Client, state: str) -> None:
    acting(client, lambda: client.world.users.change(THEO, state=state))
    assert state in client.refused(400, "POST", "/sms", {**TEXT, "user_id": THEO})
    assert client.refused(400, "POST", "/sms", {**TEXT, "from_number": THEIRS}).startswith("from_number")
    client.advance(1)
    assert inbox(client, OUTSIDE) == []


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"to_numbers": [OUTSIDE] * 11}, "to_numbers"),
        ({"to_numbers": [OUTSIDE, "4155550123"]}, "to_numbers[1]"),
        ({"to_numbers": ["12"], "infer_country_code": True}, "to_numbers[0]"),
        ({"to_numbers": []}, "to_numbers"),
        ({"channel_hashtag": "news"}, "to_numbers"),
        ({"text": "a" * 1601}, "text"),
        ({"text": ""}, "text"),
        ({"media": "not base64!"}, "media"),
        ({"media": base64.b64encode(bytes(512_001)).decode()}, "media"),
        ({"from_number": "+14155550199"}, "from_number"),  # not the company's
        ({"from_number": "+15035550161"}, "from_number"),  # a room's: neither user nor group
        ({"sender_group_id": PORTLAND}, "sender_group_type"),
    ],
)
def test_what_is_refused(client: Client, body: Any, named: str) -> None:
    before = len(client.world.texts)
    assert client.refused(400, "POST", "/sms", {**TEXT, **body}).startswith(named)
    assert len(client.world.texts) == before


def test_a_number_that_nobody_has_cannot_send(client: Client) -> None:
    free = next(line["number"] for line in client.world.numbers if not line.get("target_type"))
    assert client.refused(400, "POST", "/sms", {**TEXT, "from_number": free}).startswith("from_number: ")
    acting(client, lambda: client.world.users.change(THEO, phone_numbers=[]))
    assert "no number" in client.refused(400, "POST", "/sms", {**TEXT, "user_id": THEO})


def test_a_fax_line_has_no_texts(client: Client) -> None:
    [fax_line] = client.world.fax_lines.where("target", ("user", MARA))
    number = fax_line["number"]
    assert client.refused(400, "POST", "/sms", {**TEXT, "from_number": number}).startswith("from_number: ")
    answer = client.ask("POST", "/sms", {**TEXT, "to_numbers": [number]})
    client.advance(1)
    assert sent(client, answer)[0]["message_delivery_result"] == "not_supported"
    with pytest.raises(Exception, match=r"^to: "):
        receive(client, OUTSIDE, number, "Hello")


def test_who_is_not_there_does_not_send(client: Client) -> None:
    client.refused(404, "POST", "/sms", {**TEXT, "user_id": 5000000000000000})
    nobody = {"sender_group_type": "department", "sender_group_id": 5000000000000000}
    assert client.refused(404, "POST", "/sms", {**TEXT, **nobody}).startswith("sender_group_id: ")


def test_the_largest_picture_and_the_longest_text(client: Client) -> None:
    largest = {"media": base64.b64encode(bytes(512_000)).decode(), "text": "a" * 1600}
    answer = client.ask("POST", "/sms", {**TEXT, **largest})
    client.advance(1)
    assert sent(client, answer)[0]["message_status"] == "success"


def test_numbers_as_at_home_and_the_contact_behind(client: Client) -> None:
    local = {"to_numbers": ["(415) 555-0123"], "infer_country_code": True, "text": "Hi"}
    answer = client.ask("POST", "/sms", local)
    assert answer["to_numbers"] == [OUTSIDE]
    assert answer["contact_id"] == "6018273645019283"
    assert "contact_id" not in client.ask("POST", "/sms", {**TEXT, "to_numbers": [STRANGER]})


def test_numbers_marked_as_not_to_be_texted(client: Client) -> None:
    client.ask("PATCH", "/numbers/tags", {"phone": STRANGER, "do_not_text": True})
    body = {**TEXT, "to_numbers": [OUTSIDE, STRANGER]}
    answer = client.ask("POST", "/sms", body)
    client.advance(1)
    results = {text["to_number"]: text["message_delivery_result"] for text in sent(client, answer)}
    assert results == {OUTSIDE: "accepted", STRANGER: "rejected"}
    choose(client.world, {"opted-out-send": "refuse"})
    assert STRANGER in client.refused(400, "POST", "/sms", body)
    client.ask("PATCH", "/numbers/tags", {"phone": STRANGER, "do_not_text": False})
    client.ask("POST", "/sms", body)


# -- colleagues and channels


def test_a_text_to_a_colleague_comes_in_there(client: Client) -> None:
    answer = client.ask("POST", "/sms", {**TEXT, "to_numbers": [THEIRS, QUEUE]})
    client.advance(0)
    for number, kind, target_id in ((THEIRS, "user", THEO), (QUEUE, "callcenter", CENTER)):
        text = inbox(client, number)[-1]
        kept = client.world.texts.get(text["id"])
        assert (kept["direction"], kept["is_internal"], kept["from_number"]) == ("inbound", True, MINE)
        assert (kept["target_type"], kept["target_id"]) == (kind, target_id)
    assert [text["message_status"] for text in sent(client, answer)] == ["success", "success"]
    assert [(event["direction"], event["is_internal"]) for event in events(client)] == [
        ("outbound", True),
        ("inbound", True),
        ("inbound", True),
    ]


def test_a_text_to_a_free_number_of_the_company_fails(client: Client) -> None:
    free = next(line["number"] for line in client.world.numbers if not line.get("target_type"))
    answer = client.ask("POST", "/sms", {**TEXT, "to_numbers": [free]})
    client.advance(1)
    assert sent(client, answer)[0]["message_delivery_result"] == "invalid_destination"


@pytest.mark.parametrize("mark", ["", "#"])
def test_a_text_to_a_channel(client: Client, mark: str) -> None:
    channel = client.world.channels.get(CHANNEL)
    acting(
        client, lambda: client.world.channel_members.put({"id": 1, "channel_id": CHANNEL, "user_id": MARA})
    )
    body = {"channel_hashtag": mark + channel["name"], "text": "Roast day"}
    answer = client.ask("POST", "/sms", body)
    assert "to_numbers" not in answer
    [text] = sent(client, answer)
    assert (text["channel_id"], text["message_status"]) == (CHANNEL, "success")
    [event] = events(client, "channel")
    assert (event["channel"]["id"], event["text"], event["sender_id"]) == (CHANNEL, "Roast day", MARA)
    assert MARA in event["member_ids"]
    assert events(client) == []


def test_channels_that_are_not_there_or_closed(client: Client) -> None:
    body = {"channel_hashtag": "nowhere", "text": "Hi"}
    assert client.refused(404, "POST", "/sms", body).startswith("channel_hashtag: ")
    made = client.ask("POST", "/channels", {"name": "cellar", "description": "x", "privacy_type": "private"})
    body = {"channel_hashtag": "cellar", "text": "Hi", "user_id": THEO}
    assert client.refused(403, "POST", "/sms", body).startswith("channel_hashtag: ")
    client.ask("POST", f"/channels/{made['id']}/members", {"user_id": THEO})
    client.ask("POST", "/sms", body)


# -- coming in


@pytest.mark.parametrize(
    ("number", "kind", "target_id"),
    [
        (THEIRS, "user", THEO),
        (MAIN, "office", PORTLAND),
        (QUEUE, "callcenter", CENTER),
        ("+15035550120", "department", DEPARTMENT),
    ],
)
def test_a_text_from_outside_finds_whose_number_it_is(
    client: Client, number: str, kind: str, target_id: int
) -> None:
    record = receive(client, "(415) 555-0123", number, "Hello there")
    assert (record["target_type"], record["target_id"]) == (kind, target_id)
    assert record["contact_id"] == "6018273645019283"
    assert inbox(client, number)[-1]["text"] == "Hello there"
    [event] = events(client)
    assert (event["direction"], event["message_status"], event["is_internal"]) == (
        "inbound",
        "pending",
        False,
    )
    assert (event["target"]["type"], event["target"]["id"]) == (kind, target_id)
    assert event["contact"] == {"id": "6018273645019283", "name": "Priya Nair", "phone_number": OUTSIDE}


def test_what_does_not_come_in(client: Client) -> None:
    for theirs, ours, named in (
        ("nobody", MINE, "from"),
        (THEIRS, MINE, "from"),
        (OUTSIDE, STRANGER, "to"),
    ):
        with pytest.raises(Exception, match=named):
            receive(client, theirs, ours, "Hello")
    with pytest.raises(Exception, match="media"):
        receive(client, OUTSIDE, MINE, "Hello", "no base64!")
    assert events(client) == []


def test_blocked_numbers_do_not_get_through(client: Client) -> None:
    client.ask("POST", "/blockednumbers/add", {"numbers": [STRANGER]})
    assert receive(client, STRANGER, MINE, "STOP")["message_delivery_result"] == "rejected"
    assert [event for event in events(client) if event["direction"] == "inbound"] == []
    assert client.world.texts.where("from", STRANGER) == []
    assert client.world.opt_outs.where("number", STRANGER) == []
    client.ask("POST", "/blockednumbers/remove", {"numbers": [STRANGER]})
    receive(client, STRANGER, MINE, "Hello")
    assert len(client.world.texts.where("from", STRANGER)) == 1


# -- what is told of it


def test_the_event_of_a_text(client: Client) -> None:
    answer = client.ask("POST", "/sms", {**TEXT, "to_numbers": [OUTSIDE, STRANGER], "media": PIXEL})
    [event] = events(client)
    assert event == {
        "id": int(answer["id"]),
        "created_date": 1_772_730_000_000,
        "event_timestamp": 1_772_730_000_000,
        "direction": "outbound",
        "target": {"id": MARA, "name": "Mara Ellison", "phone_number": "(503) 555-0142", "type": "user"},
        "contact": {"id": "6018273645019283", "name": "Priya Nair", "phone_number": OUTSIDE},
        "sender_id": MARA,
        "from_number": MINE,
        "to_number": [OUTSIDE, STRANGER],
        "mms": True,
        "mms_url": event["mms_url"],
        "is_internal": False,
        "message_status": "sent",
        "message_delivery_result": None,
        "text": "Hello",
        "text_content": "Hello",
    }
    client.advance(1)
    _, first, second = events(client)
    assert (first["to_number"], second["to_number"]) == ([OUTSIDE], [STRANGER])
    assert {(one["id"], one["message_status"]) for one in (first, second)} == {(event["id"], "delivered")}
    assert second["contact"] == {"id": None, "name": "(907) 555-0199", "phone_number": STRANGER}


def test_the_picture_can_be_fetched(client: Client) -> None:
    receive(client, OUTSIDE, MINE, "", PIXEL)
    [event] = events(client)
    path = event["mms_url"].removeprefix(client.sandbox.url)
    status, raw, headers = client.send("GET", path)
    assert (status, raw, headers["content-type"]) == (200, base64.b64decode(PIXEL), "image/png")
    assert client.send("GET", "/files/mms/1")[0] == 404
    text = client.ask("POST", "/sms", TEXT)
    assert client.send("GET", f"/files/mms/{text['id']}")[0] == http.client.NOT_FOUND


def test_the_event_of_a_groups_line_names_its_admins(client: Client) -> None:
    members = client.world.operators.where("group", ("callcenter", CENTER))
    admins = [member["member_id"] for member in members if member["role"] == "admin"]
    receive(client, OUTSIDE, QUEUE, "Hello")
    [event] = events(client)
    assert [admin["id"] for admin in event["admins"]] == admins
    client.ask("POST", "/sms", TEXT)
    assert "admins" not in events(client)[-1]


# -- the world at the start


def test_past_texts(client: Client) -> None:
    held = list(client.world.texts)
    assert len(held) == 60
    assert {text["direction"] for text in held} == {"inbound", "outbound"}
    assert all(text["created_at"] < 1_772_730_000 for text in held)
    assert next(text["created_at"] for text in held) < 1_772_730_000 - 10 * 86_400
    assert inbox(client, OUTSIDE) == []
