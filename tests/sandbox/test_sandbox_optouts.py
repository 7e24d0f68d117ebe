"""STOP, UNSTOP and HELP: what they keep from whom, and the list of those who said so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from texting import MINE, STRANGER, THEIRS, acting, inbox, receive, sent

from dialkit.sandbox.operations.messages.opt_outs import is_opted_out, opt_out
from dialkit.sandbox.switches import choose

if TYPE_CHECKING:
    from asking import Client

COMPANY, CAMPAIGN = 5019472836150271, 6349201857364920
LIST = f"/company/{COMPANY}/smsoptout"
TEXT = {"to_numbers": [STRANGER], "text": "Hello"}


def listed(client: Client, state: str, more: str = "") -> dict[str, Any]:
    return {
        one["external_endpoint"]: one for one in client.pages(f"{LIST}?opt_out_state={state}{more}", size=2)
    }


def result(client: Client, body: Any) -> str:
    answer = client.ask("POST", "/sms", body)
    client.advance(1)
    return str(sent(client, answer)[0]["message_delivery_result"])


@pytest.mark.parametrize("word", ["STOP", "stop", " Stop\n"])
def test_stop_keeps_the_whole_campaign_away(client: Client, word: str) -> None:
    receive(client, STRANGER, MINE, word)
    client.advance(2)
    [answer] = inbox(client, STRANGER)
    assert "UNSTOP" in answer["text"]
    assert answer["from_number"] == MINE
    assert result(client, TEXT) == "rejected"
    assert result(client, {**TEXT, "from_number": "+15035550110"}) == "rejected", "the same campaign"
    assert result(client, {**TEXT, "from_number": THEIRS}) == "accepted", "not registered"
    entry = listed(client, "opted_out")[STRANGER]
    scope = {"opt_out_scope_level": "a2p_campaign", "scope_id": str(CAMPAIGN)}
    assert (entry["opt_out_scope_info"], entry["date"]) == (scope, "1772730000000")


def test_stop_to_an_unregistered_number_keeps_the_company_away(client: Client) -> None:
    receive(client, STRANGER, THEIRS, "STOP")
    client.advance(2)
    assert result(client, TEXT) == "rejected"
    assert result(client, {**TEXT, "from_number": THEIRS}) == "rejected"
    scope = {"opt_out_scope_level": "company", "scope_id": str(COMPANY)}
    assert listed(client, "opted_out")[STRANGER]["opt_out_scope_info"] == scope


def test_stop_may_reach_one_number_only(client: Client) -> None:
    choose(client.world, {"stop-reach": "number"})
    receive(client, STRANGER, MINE, "STOP")
    client.advance(2)
    assert is_opted_out(client.world, MINE, STRANGER)
    assert not is_opted_out(client.world, "+15035550110", STRANGER)
    receive(client, STRANGER, "+15035550110", "STOP")
    receive(client, STRANGER, MINE, "UNSTOP")
    assert not is_opted_out(client.world, MINE, STRANGER)
    assert is_opted_out(client.world, "+15035550110", STRANGER)


@pytest.mark.parametrize("text", ["Stop it", "STOP.", "UNSUBSCRIBE", "please stop", "ＳＴＯＰ", ""])
def test_other_words_mean_nothing(client: Client, text: str) -> None:
    receive(client, STRANGER, MINE, text)
    client.advance(2)
    assert inbox(client, STRANGER) == []
    assert result(client, TEXT) == "accepted"


def test_unstop_lets_texts_through_again(client: Client) -> None:
    receive(client, STRANGER, MINE, "UNSTOP")
    client.advance(2)
    assert inbox(client, STRANGER) == [], "there was nothing to take back"
    receive(client, STRANGER, MINE, "STOP")
    client.advance(60)
    receive(client, STRANGER, "+15035550110", "unstop")
    client.advance(2)
    assert [text["text"].count("STOP") for text in inbox(client, STRANGER)] == [1, 1]
    assert result(client, TEXT) == "accepted"
    assert STRANGER not in listed(client, "opted_out")
    entry = listed(client, "opted_back_in")[STRANGER]
    assert "opt_out_scope_info" not in entry
    assert int(entry["date"]) == 1_772_730_062_000


def test_help_is_answered_and_changes_nothing(client: Client) -> None:
    receive(client, STRANGER, MINE, "help")
    client.advance(2)
    [answer] = inbox(client, STRANGER)
    assert "STOP" in answer["text"]
    assert result(client, TEXT) == "accepted"


def test_from_anybody_in_the_company(client: Client) -> None:
    choose(client.world, {"stop-reach": "number"})
    acting(client, lambda: opt_out(client.world, STRANGER))
    for ours in (MINE, THEIRS, "+15035550110"):
        assert is_opted_out(client.world, ours, STRANGER)
    assert listed(client, "opted_out")[STRANGER]["opt_out_scope_info"]["opt_out_scope_level"] == "company"


def test_colleagues_words_are_words(client: Client) -> None:
    client.ask("POST", "/sms", {"to_numbers": [THEIRS], "text": "STOP"})
    client.advance(2)
    assert not is_opted_out(client.world, THEIRS, MINE)


def test_sending_may_be_refused(client: Client) -> None:
    choose(client.world, {"opted-out-send": "refuse"})
    receive(client, STRANGER, MINE, "STOP")
    client.advance(2)
    body = {**TEXT, "to_numbers": ["+14155550123", STRANGER]}
    assert STRANGER in client.refused(400, "POST", "/sms", body)
    client.advance(1)
    assert inbox(client, "+14155550123") == []
    assert len(inbox(client, STRANGER)) == 1


def test_the_list(client: Client) -> None:
    out, back = listed(client, "opted_out"), listed(client, "opted_back_in")
    assert len(out) == 4
    assert len(back) == 1
    receive(client, STRANGER, THEIRS, "STOP")
    assert STRANGER in listed(client, "opted_out")
    mine = listed(client, "opted_out", f"&a2p_campaign_id={CAMPAIGN}")
    scopes = {number: one["opt_out_scope_info"]["scope_id"] for number, one in out.items()}
    assert mine.keys() == {number for number, scope in scopes.items() if scope == str(CAMPAIGN)}
    assert listed(client, "opted_out", "&a2p_campaign_id=1") == {}


def test_what_the_list_refuses(client: Client) -> None:
    assert client.refused(400, "GET", LIST).startswith("opt_out_state: ")
    path = f"{LIST}?opt_out_state=opted_back_in&a2p_campaign_id={CAMPAIGN}"
    assert client.refused(400, "GET", path).startswith("opt_out_state: ")
    client.refused(404, "GET", "/company/5000000000000000/smsoptout?opt_out_state=opted_out")
    [user] = [key["token"] for key in client.world.keys if key["name"] == "user"]
    client.refused(403, "GET", f"{LIST}?opt_out_state=opted_out", token=user)


def test_a_number_that_moves_keeps_its_campaign(client: Client) -> None:
    receive(client, STRANGER, MINE, "STOP")
    acting(client, lambda: client.world.numbers.change(MINE, a2p=False, a2p_campaign_id=None))
    assert not is_opted_out(client.world, MINE, STRANGER), "no longer a number of the campaign"
