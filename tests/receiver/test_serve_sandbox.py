"""A person texts in, Dialpad tells, the receiver verifies and stores, and the inbox shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from serving import Serving

from beside import until
from dialkit.sandbox import Sandbox
from signing import SECRET

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PERSON, LINE = "+14155550123", "+15035550142"


@pytest.mark.parametrize("known", [[SECRET], ["the-new-one", SECRET]], ids=["one secret", "while it changes"])
def test_a_text_comes_in(
    known: list[str],
    store: str,
    environ: dict[str, str],
    dialpad: Callable[..., Any],
    stored: Callable[[], list[Any]],
    tmp_path: Path,
) -> None:
    with (
        Sandbox(limits=False) as sandbox,
        Serving({**environ, "DIALPAD_WEBHOOK_SECRET": "\n".join(known)}, tmp_path) as serving,
    ):
        asking = {"DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}
        create = ("webhook", "sms", "create", "--url", serving.url, "--direction", "all", "--secret-stdin")
        made = dialpad(*create, stdin=SECRET + "\n", **asking)
        assert made.code == 0, made
        sandbox.text_in(PERSON, LINE, "Are you open on Sunday?")
        [event] = until(stored)
        shown = dialpad("inbox", "thread", PERSON, "-o", "json", **asking)
        assert serving.count("dialkit_events_stored_total") == 1
    assert shown.code == 0, shown
    assert "Are you open on Sunday?" in shown.out
    assert (event["kind"], event["source"], event["duplicates"]) == ("sms", "serve", 0)
    assert event["body"].count(".") == 2  # the token as it came
    listed = dialpad("events", "list", "-o", "json")
    assert "Are you open" in listed.out, listed


def test_a_text_that_was_sent_is_delivered_in_the_outbox(
    environ: dict[str, str], dialpad: Callable[..., Any], stored: Callable[[], list[Any]], tmp_path: Path
) -> None:
    with (
        Sandbox(limits=False) as sandbox,
        Serving({**environ, "DIALPAD_WEBHOOK_SECRET": SECRET}, tmp_path) as serving,
    ):
        asking = {"DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}
        create = ("webhook", "sms", "create", "--url", serving.url, "--direction", "all", "--status")
        assert dialpad(*create, "--secret-stdin", stdin=SECRET + "\n", **asking).code == 0
        sent = dialpad("sms", "send", "--to", PERSON, "--from", LINE, "--message", "Yes, at nine", **asking)
        assert sent.code == 0, sent
        sandbox.advance(60)
        until(lambda: any("delivered" in row["identity"] for row in stored()))
    assert "delivered" in dialpad("inbox", "thread", PERSON, "-o", "json").out


def test_forwarded_as_it_came(
    environ: dict[str, str], signed: dict[str, str], stored: Callable[[], list[Any]], tmp_path: Path
) -> None:
    """Each receiver stores what it gets, and passes it on to the next byte for byte."""
    from signing import GOOD

    (tmp_path / "second").mkdir()
    second = {**signed, "DIALKIT_HOME": str(tmp_path / "second")}
    with (
        Serving(second, tmp_path / "second") as last,
        Serving(signed, tmp_path, "--forward", last.url) as first,
    ):
        assert first.post(GOOD).status == 204
        until(lambda: last.count("dialkit_events_stored_total") == 1)
    assert [row["body"] for row in stored()] == [GOOD.decode()]


def test_the_path_tells_the_kind_where_nothing_else_does(
    signed: dict[str, str], stored: Callable[[], list[Any]], tmp_path: Path
) -> None:
    from signing import GOOD, token

    with Serving(signed, tmp_path, "--path", "/all", "--path", "fax=/hooks/fax") as serving:
        assert serving.ask("POST", "/hooks/fax", token({"pages": 3})).status == 204
        assert serving.ask("POST", "/hooks/fax", GOOD).status == 204
        assert serving.ask("POST", "/all", token({"pages": 4})).status == 204
        assert serving.post(GOOD).status == 404
    assert [row["kind"] for row in stored()] == ["fax", "sms", "unknown"]
