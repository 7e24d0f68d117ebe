"""Faxes and digital sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from texting import (
    CENTER,
    DEPARTMENT,
    GROUP,
    MARA,
    MINE,
    OUTSIDE,
    PORTLAND,
    QUEUE,
    STRANGER,
    THEIRS,
    THEO,
    events,
    receive,
)

if TYPE_CHECKING:
    from asking import Client

LINE = "+15035550120"
FAX = {"to_number": OUTSIDE, "from_number": LINE, "user_id": MARA}
WEEK = "start_date=2026-03-01T00:00:00Z&end_date=2026-03-07T00:00:00Z"


def kept(client: Client, fax: Any) -> Any:
    return client.world.faxes.get(fax["id"])


# -- faxes


def test_a_fax_is_on_its_way_for_a_while(client: Client) -> None:
    fax = client.ask("POST", "/fax", FAX)
    assert (fax["fax_status"], fax["direction"]) == ("pending", "outbound")
    assert (fax["user_id"], fax["sender_id"]) == (str(MARA), str(DEPARTMENT))
    assert fax["contact_id"] == "6018273645019283"
    assert fax["fax_transaction"] == {"is_billed": True, "num_pages": "1"}
    client.advance(2)
    assert kept(client, fax)["fax_status"] == "transmitting"
    client.advance(10)
    assert kept(client, fax)["fax_status"] == "success"
    told = [(event["id"], event["fax_status"]) for event in events(client, "fax")]
    assert told == [(fax["id"], status) for status in ("pending", "transmitting", "success")]
    assert events(client, "fax")[0]["target"] == {"type": "department", "id": DEPARTMENT}


@pytest.mark.parametrize("number", ["+15645550102", "+15645550108"])
def test_a_fax_that_fails_costs_nothing(client: Client, number: str) -> None:
    fax = client.ask("POST", "/fax", {**FAX, "to_number": number})
    client.advance(60)
    assert (kept(client, fax)["fax_status"], kept(client, fax)["fax_transaction"]["is_billed"]) == (
        "error",
        False,
    )


def test_the_document_can_be_fetched(client: Client) -> None:
    fax = client.ask("POST", "/fax", FAX)
    status, raw, headers = client.send("GET", fax["fax_url"].removeprefix(client.sandbox.url))
    assert (status, headers["content-type"]) == (200, "application/pdf")
    assert raw.startswith(b"%PDF-1.4")
    place = int(raw.split(b"startxref\n")[1].split(b"\n")[0])
    assert raw[place:].startswith(b"xref\n")
    for number, line in enumerate(raw[place:].split(b"\n")[3:8], 1):
        assert raw[int(line[:10]) :].startswith(b"%d 0 obj" % number)
    assert client.send("GET", "/files/faxes/nothing.pdf")[0] == 404


def test_whose_line_a_fax_leaves_from(client: Client) -> None:
    own = client.ask("POST", "/fax", {"to_number": "(415) 555-0123", "infer_country_code": True})
    [line] = client.world.fax_lines.where("target", ("user", MARA))
    assert (own["from_number"], own["to_number"], own["sender_id"]) == (line["number"], OUTSIDE, str(MARA))
    theirs = client.ask("POST", "/fax", {"to_number": OUTSIDE, "user_id": THEO})
    assert (theirs["from_number"], theirs["user_id"]) == (THEIRS, str(THEO))


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"to_number": "4155550123"}, "to_number"),
        ({"from_number": "+14155550199"}, "from_number"),
        ({"from_number": LINE, "user_id": None}, "user_id"),  # a group's number needs to be told who
        ({"from_number": MINE, "user_id": THEO}, "from_number"),
    ],
)
def test_faxes_that_are_refused(client: Client, body: Any, named: str) -> None:
    assert client.refused(400, "POST", "/fax", {**FAX, **body}).startswith(named)
    client.refused(404, "POST", "/fax", {**FAX, "user_id": 5000000000000000})


def test_a_fax_to_a_line_of_the_company_comes_in(client: Client) -> None:
    fax = client.ask("POST", "/fax", {"to_number": LINE, "from_number": MINE})
    assert fax["fax_transaction"]["is_billed"] is False
    client.advance(60)
    received = [one for one in client.world.faxes if one["direction"] == "inbound"][-1]
    assert (received["from_number"], received["target_id"]) == (MINE, DEPARTMENT)
    assert events(client, "fax")[-1]["direction"] == "inbound"


# -- digital sessions


def sessions(client: Client, more: str = "") -> list[Any]:
    return client.pages(f"/digital/sessionsdata?{WEEK}{more}", size=7)


def test_sessions_of_the_start(client: Client) -> None:
    found = sessions(client)
    assert found[-1]["session_id"] == "6380192837465036"
    assert found[-1]["user"]["display_name"] == "Theo Banks"
    assert len(found) >= 12
    assert {session["session_channel"] for session in found} == {"webchat", "sms", "email"}
    for session in found:
        assert session["created_at"] <= session["ended_at"]
        assert ("user" in session) == session["agent_handled"]
        contact = session["customer"]
        assert contact["id"] == "6018273645019283" or client.world.contacts.find(contact["id"])


def test_sessions_by_target(client: Client) -> None:
    found = sessions(client, f"&target_type=callcenter&target_id={CENTER}")
    assert {session["target"]["id"] for session in found} == {str(CENTER)}
    office = sessions(client, f"&target_type=office&target_id={PORTLAND}")
    assert {session["office"]["id"] for session in office} == {str(PORTLAND)}
    assert sessions(client, f"&target_type=department&target_id={DEPARTMENT}") == []


def test_sessions_by_period(client: Client) -> None:
    whole = sessions(client)
    first = whole[5]
    around = f"start_date={first['created_at']}Z&end_date={first['ended_at']}Z"
    ids = [one["session_id"] for one in client.pages(f"/digital/sessionsdata?{around}")]
    assert first["session_id"] in ids
    begun = first["created_at"]
    until = client.pages(f"/digital/sessionsdata?start_date={begun[:11]}00:00:00-08:00&end_date={begun}Z")
    assert first["session_id"] in [one["session_id"] for one in until]
    assert all(min(one["created_at"], one["ended_at"]) <= begun for one in until)
    long_ago = "start_date=2025-01-01T00:00:00Z&end_date=2025-01-05T00:00:00Z"
    assert client.pages(f"/digital/sessionsdata?{long_ago}") == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("start_date=2026-03-05T00:00:00Z&end_date=2026-03-04T00:00:00Z", 400),
        ("start_date=2026-03-01T00:00:00Z&end_date=2026-03-08T00:00:00Z", 400),
        (f"{WEEK}&target_id={CENTER}", 400),
        (f"{WEEK}&target_type=callcenter&target_id=5000000000000000", 404),
        ("start_date=2026-03-05T00:00:00Z", 400),
    ],
)
def test_sessions_that_cannot_be_asked_for(client: Client, query: str, status: int) -> None:
    client.refused(status, "GET", f"/digital/sessionsdata?{query}")


def test_sessions_need_a_scope(client: Client) -> None:
    [narrow] = [key["token"] for key in client.world.keys if key["name"] == "narrow"]
    client.refused(403, "GET", f"/digital/sessionsdata?{WEEK}", token=narrow)


def test_a_conversation_with_a_group_is_a_session(client: Client) -> None:
    before = len(client.world.digital_sessions)
    receive(client, STRANGER, QUEUE, "Do you deliver?")
    client.advance(90)
    client.ask("POST", "/sms", {"to_numbers": [STRANGER], "text": "We do.", "user_id": THEO, **GROUP})
    client.advance(60)
    receive(client, STRANGER, QUEUE, "Thanks")
    [session] = sessions(client, f"&target_type=callcenter&target_id={CENTER}")[-1:]
    assert "ended_at" not in session
    client.ask("POST", "/sms", {"to_numbers": [STRANGER], "text": "Welcome.", "user_id": MARA, **GROUP})
    client.advance(31 * 60)
    assert len(client.world.digital_sessions) == before + 1
    [session] = sessions(client, f"&target_type=callcenter&target_id={CENTER}")[-1:]
    assert (session["session_channel"], session["direction"]) == ("sms", "inbound")
    assert (session["queue_time"], session["duration"]) == ("90000", 150_000)
    assert (session["user"]["id"], session["agent_message_count"]) == (str(THEO), "2")
    assert session["agent_transfer"] is True
    assert (session["customer"]["phone"], session["session_account"]["phone"]) == (STRANGER, QUEUE)
    receive(client, STRANGER, QUEUE, "One more thing")
    assert len(client.world.digital_sessions) == before + 2


def test_a_text_to_a_user_is_no_session(client: Client) -> None:
    before = len(client.world.digital_sessions)
    receive(client, STRANGER, MINE, "Hello")
    assert len(client.world.digital_sessions) == before
