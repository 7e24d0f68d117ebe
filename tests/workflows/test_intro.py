"""``dialpad sms intro``: both texts, the prospect's first; the second can be made up for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox import Sandbox

MARA, ADA, BO = "+15035550142", "+14155550111", "+14155550198"
LINE = ["sms", "intro", "--prospect", ADA, "--reference", BO, "--from", MARA, "--confirm-share"]


def test_both_are_told(run: Callable[..., Any], sandbox: Sandbox) -> None:
    told = run(*LINE).data
    assert told["mode"] == "mirrored_fallback"
    assert list(told["legs"]) == ["prospect", "reference"]
    assert [one.json["to_numbers"] for one in sandbox.requests if one.operation == "sms.send"] == [
        [ADA],
        [BO],
    ]
    sandbox.advance(60)
    assert BO in sandbox.inbox(ADA)[0]["text"]
    assert ADA in sandbox.inbox(BO)[0]["text"]
    again = run(*LINE)
    assert again.code == 5, "not twice"
    resume = again.error["hint"].partition("--resume ")[2].split(",")[0]
    assert run(*LINE, "--resume", resume).data["id"] == told["id"]
    assert len([one for one in sandbox.requests if one.operation == "sms.send"]) == 2


def test_it_must_be_confirmed(run: Callable[..., Any], sandbox: Sandbox) -> None:
    for more in ([], ["--dry-run"]):
        ran = run(*LINE[:-1], *more)
        assert (ran.code, ran.error["code"]) == (6, "refused")
    assert sandbox.requests == []
    dry = run(*LINE, "--dry-run").data
    assert [leg["to_numbers"] for leg in dry["legs"].values()] == [[ADA], [BO]]
    assert sandbox.requests == []


def test_the_second_failed(run: Callable[..., Any], sandbox: Sandbox) -> None:
    sandbox.faults.add(operation="sms.send", status=400, message="no_route", after=1, count=1)
    ran = run(*LINE)
    assert (ran.code, ran.error["code"]) == (11, "partial_success")
    resume = ran.error["hint"].partition("--resume ")[2].split()[0]
    # The reference's text was refused: after a correction it goes, and the prospect hears nothing again.
    sandbox.faults.clear()
    assert run(*LINE, "--resume", "intro-none").code == 4
    again = run(*LINE, "--reference-message", f"Meet {ADA}", "--resume", resume)
    assert again.data["legs"]["reference"]["ok"]
    assert run(*LINE, "--reference-message", f"Meet {ADA}", "--resume", resume).code == 0, "sends nothing"
    sandbox.advance(60)
    assert (len(sandbox.inbox(ADA)), [text["text"] for text in sandbox.inbox(BO)]) == (1, [f"Meet {ADA}"])


def test_nobody_knows_of_the_second(run: Callable[..., Any], sandbox: Sandbox) -> None:
    sandbox.faults.add(operation="sms.send", reset="after", after=1, count=1)
    ran = run(*LINE)
    assert (ran.code, "dialpad outbox resolve 2" in ran.error["hint"]) == (11, True), ran
    sandbox.advance(60)
    assert len(sandbox.inbox(BO)) == 1


def test_an_eaten_amount_and_a_profile_that_does_not_fit_are_said(run: Callable[..., Any]) -> None:
    more = ["--profile", "work", "--allow-profile-mismatch", "--prospect-message", "It is ,035"]
    told = run(*LINE, *more, "--dry-run")
    assert "a shell has eaten" in told.err
    assert "--from decides" in told.data["legs"]["prospect"]["sender_note"]


def test_the_second_failed_and_nothing_left(run: Callable[..., Any], sandbox: Sandbox) -> None:
    sandbox.faults.add(operation="sms.send", storm=429, after=1, count=20)
    ran = run(*LINE, "--no-wait")
    assert ran.code == 11
    resume = ran.error["hint"].partition("--resume ")[2].split()[0]
    sandbox.faults.clear()
    told = run(*LINE, "--resume", resume).data
    assert told["legs"]["reference"]["ok"]
    sandbox.advance(60)
    assert (len(sandbox.inbox(ADA)), len(sandbox.inbox(BO))) == (1, 1)


def test_what_cannot_be(run: Callable[..., Any], sandbox: Sandbox) -> None:
    same = [ADA if word == BO else word for word in LINE]
    assert "introduced to itself" in run(*same).error["message"]
    assert "--reference" in run(*LINE[:4], *LINE[6:]).error["message"]
    assert sandbox.requests == []
