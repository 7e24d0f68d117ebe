"""Workflows as library calls, sync and async; what they did is looked up in the sandbox's world."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from dialkit import (
    AsyncDialpad,
    Conflict,
    DialkitWarning,
    Dialpad,
    InvalidArgument,
    OutcomeUnknown,
    Refused,
)
from dialkit.client.clock import Clock
from servers import Recorder, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dialkit.sandbox import Sandbox

TO, FROM = "+14155550123", "+15035550142"
USER = 5391827364501928


@pytest.fixture
def whole(options: dict[str, Any]) -> Any:
    with Dialpad(**options) as client:
        yield client


@pytest.fixture
def both(options: dict[str, Any]) -> Callable[..., Any]:
    """Carry a call out on both clients: ``both(lambda dp: dp.messages.send(…))`` gives both results."""

    def run(call: Callable[[Any], Any]) -> tuple[Any, Any]:
        async def asynchronous() -> Any:
            async with AsyncDialpad(**options) as client:
                return await call(client)

        with Dialpad(**options) as client:
            return call(client), asyncio.run(asynchronous())

    return run


def texts(sandbox: Sandbox) -> list[Any]:
    return [one.json["text"] for one in sandbox.requests if (one.method, one.path) == ("POST", "/api/v2/sms")]


def test_a_text_is_sent_once(whole: Dialpad, sandbox: Sandbox) -> None:
    sent = whole.messages.send(to=TO, text="Your order is ready.", sender=FROM)
    assert (sent.status, sent.to_numbers, sent.from_number) == ("pending", [TO], FROM)
    assert sent.sender_source
    with pytest.raises(Conflict):
        whole.messages.send(to=TO, text="Your order is ready.", sender=FROM)
    again = whole.messages.send(to=TO, text="Your order is ready.", sender=FROM, again=True)
    assert again.id != sent.id
    assert texts(sandbox) == ["Your order is ready."] * 2
    assert [entry.state for entry in whole.outbox.list()] == ["accepted", "accepted"]


def test_a_key_gives_the_first_result(both: Callable[..., Any], sandbox: Sandbox) -> None:
    first, second = both(lambda dp: dp.messages.send(to=[TO], text="Hello", sender=FROM, once="order-1"))
    assert first.id == second.id
    assert texts(sandbox) == ["Hello"]


def test_more_than_ten_are_several_requests(whole: Dialpad, sandbox: Sandbox) -> None:
    numbers = [f"+1415555{number:04}" for number in range(200, 212)]
    sent = whole.messages.send(to=numbers, text="Closed today", sender=FROM)
    assert sent.parts
    assert [len(part.to_numbers or ()) for part in sent.parts] == [10, 2]
    assert sent.to_numbers == numbers


def test_a_dry_run_asks_nothing(whole: Dialpad, sandbox: Sandbox) -> None:
    shown = whole.with_options(dry_run=True).messages.send(to=TO, text="Grüße 🎉", sender=FROM)
    assert shown["encoding"] == "UCS-2"
    assert whole.messages.preview(to=TO, text="Hi", sender=FROM)["segments"] == 1
    dry = whole.with_options(dry_run=True)
    assert dry.calls.make(to=TO, user_id=USER).body["phone_number"] == TO
    assert dry.stats.run("calls", days=2)[0].name == "stats.create"
    assert len(dry.hooks.create(url="https://hooks.example/dialpad")) == 2
    assert sandbox.requests == []
    assert dry.contacts.upsert(first_name="Zoe", last_name="New", phones=["+12025550199"])[0].method == "POST"
    assert {one.method for one in sandbox.requests} == {"GET"}


def test_who_opted_out_gets_nothing(whole: Dialpad, sandbox: Sandbox) -> None:
    sandbox.text_in(TO, FROM, "STOP")
    with pytest.raises(Refused):
        whole.messages.send(to=TO, text="Hello", sender=FROM)
    assert texts(sandbox) == []


def test_bad_input_sends_nothing(whole: Dialpad, sandbox: Sandbox) -> None:
    for wrong in (
        {"to": "", "text": "Hello", "sender": FROM},
        {"to": [], "text": "Hello", "sender": FROM},
        {"to": TO, "text": "", "sender": FROM},
        {"to": TO, "text": "x" * 1601, "sender": FROM},
        {"to": TO, "text": "Hello"},
        {"to": 14155550123, "text": "Hello", "sender": FROM},
        {"to": [TO, None], "text": "Hello", "sender": FROM},
        {"to": TO, "text": None, "sender": FROM},
        {"to": TO, "text": "Hello", "sender": FROM, "media": "/nowhere.png"},
    ):
        with pytest.raises(InvalidArgument):
            whole.messages.send(**wrong)  # type: ignore[arg-type]
    assert texts(sandbox) == []


def test_what_the_command_line_notes_is_a_warning(whole: Dialpad) -> None:
    with pytest.warns(DialkitWarning, match=",035") as caught:
        whole.messages.send(to=TO, text="Total ,035 due", sender=FROM)
    assert caught[0].filename == __file__  # the program's own line, not one of ours


def test_an_introduction(whole: Dialpad, sandbox: Sandbox) -> None:
    with pytest.raises(Refused):
        whole.messages.introduce(prospect=TO, reference="+14155550124", confirm_share=False, sender=FROM)
    told = whole.messages.introduce(prospect=TO, reference="+14155550124", confirm_share=True, sender=FROM)
    assert [leg["ok"] for leg in told["legs"].values()] == [True, True]
    assert len(texts(sandbox)) == 2


def test_a_lost_answer_is_unknown_and_stands_in_the_outbox(whole: Dialpad, sandbox: Sandbox) -> None:
    sandbox.faults.add(operation="sms.send", reset="after", count=1)
    with pytest.raises(OutcomeUnknown):
        whole.messages.send(to=TO, text="Hello", sender=FROM)
    (entry,) = whole.outbox.list(state="unknown")
    assert whole.outbox.get(entry.id).recipients == [TO]
    assert whole.outbox.resolve(entry.id)
    with pytest.raises(Refused):
        whole.outbox.retry(entry.id)
    assert texts(sandbox) == ["Hello"]


def test_a_cancelled_text_goes_on_and_is_accounted_for(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def cancelled() -> list[Any]:
        async with AsyncDialpad(**options) as dp:
            task = asyncio.ensure_future(dp.messages.send(to=TO, text="Hello", sender=FROM))
            while not texts(sandbox):
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(OutcomeUnknown):
                await task
            while (await dp.outbox.list())[0].state in ("planned", "sending"):
                await asyncio.sleep(0)
            return await dp.outbox.list()

    sandbox.faults.add(operation="sms.send", latency=2, count=1)  # or the answer may be there first
    assert [entry.state for entry in asyncio.run(cancelled())] == ["accepted"]


def test_a_text_that_had_not_begun_is_cancelled_and_not_unknown(
    options: dict[str, Any], sandbox: Sandbox
) -> None:
    async def cancelled() -> list[Any]:
        async with AsyncDialpad(**options) as dp:
            full = ThreadPoolExecutor(max_workers=1)
            asyncio.get_running_loop().set_default_executor(full)
            begun, over = threading.Event(), threading.Event()
            full.submit(lambda: begun.set() or over.wait())
            begun.wait()
            task = asyncio.ensure_future(dp.messages.send(to=TO, text="Hello", sender=FROM))
            await asyncio.sleep(0)
            task.cancel()
            try:
                with pytest.raises(asyncio.CancelledError):
                    await task
            finally:
                over.set()
            return await dp.outbox.list()

    assert asyncio.run(cancelled()) == []
    assert texts(sandbox) == []


class Standing(Clock):
    """Waits that are over at once, and let no time pass."""

    def sleep(self, seconds: float, why: str = "") -> None:
        pass


def test_a_cancelled_question_is_cancelled_and_goes_on_no_longer(
    options: dict[str, Any], sandbox: Sandbox
) -> None:
    """A timeout is one; nobody waits for half an hour for a report that nobody wants."""

    async def asked(dp: AsyncDialpad) -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(None) as limit:

            def expire() -> None:
                if limit.when() is None:
                    limit.reschedule(0)

            def told(_what: str, _seconds: float) -> None:
                loop.call_soon_threadsafe(expire)

            await dp.stats.run("calls", days=7, told=told)

    async def work() -> None:
        async with AsyncDialpad(**{**options, "clock": Standing()}) as dp:
            with pytest.raises(TimeoutError):
                await asked(dp)
            await asyncio.get_running_loop().shutdown_default_executor()  # over once its thread has ended

    asyncio.run(work())
    assert "download" not in " ".join(one.path for one in sandbox.requests)


def test_copies_have_their_workflows_run_over_the_same_connections(options: dict[str, Any]) -> None:
    async def work(url: str) -> None:
        async with AsyncDialpad(**{**options, "base_url": url}) as dp:
            for retries in range(20):
                await dp.with_options(max_retries=retries).contacts.lookup(TO)
            before = server.connections
            await dp.close()
            await dp.contacts.lookup(TO)
            assert (before, server.connections) == (1, 2)

    with Recorder(json_reply({"items": []})) as server:
        asyncio.run(work(server.url))


def test_contacts_are_merged(both: Callable[..., Any], sandbox: Sandbox) -> None:
    given = {
        "first_name": "Zoe",
        "last_name": "New",
        "phones": ["(202) 555-0199"],
        "emails": ["zoe@new.example"],
    }
    first, second = both(lambda dp: dp.contacts.upsert(**given))
    assert [row.action for row in first + second] == ["created", "unchanged"]
    (found,), (same,) = both(lambda dp: dp.contacts.lookup("ZOE@new.example"))
    assert found.id == same.id == first[0].id
    assert found.phones == ["+12025550199"]


@pytest.mark.parametrize("name", ["phones", "emails", "urls", "owner_ids"])
def test_one_text_is_no_list_of_its_letters(whole: Dialpad, sandbox: Sandbox, name: str) -> None:
    given: dict[str, Any] = {"phones": ["+12025550199"], name: "+12025550199"}
    with pytest.raises(InvalidArgument, match=f"{name}: .* no list of texts") as caught:
        whole.contacts.upsert(first_name="Zoe", last_name="New", **given)
    assert f"{name}=[" in (caught.value.hint or "")
    assert sandbox.requests == []


def test_words_that_are_no_choice(whole: Dialpad) -> None:
    scope: Any = "mine"
    with pytest.raises(InvalidArgument, match="scope: 'mine'"):
        whole.contacts.upsert(first_name="Zoe", last_name="New", phones=["+12025550199"], scope=scope)
    with pytest.raises(InvalidArgument, match="state: 'mine'"):
        whole.outbox.list(state=scope)


def test_what_a_dry_run_of_a_second_try_and_of_a_deletion_shows(whole: Dialpad, sandbox: Sandbox) -> None:
    sandbox.faults.add(operation="sms.send", reset="after", count=1)
    with pytest.raises(OutcomeUnknown):
        whole.messages.send(to=TO, text="Hello", sender=FROM)
    made = whole.hooks.create(url="https://hooks.example/dialpad")
    dry = whole.with_options(dry_run=True)
    (entry,) = before = whole.outbox.list()
    assert dry.outbox.retry(entry.id, confirm=True).body["text"] == "Hello"
    assert [one.method for one in dry.hooks.delete(made["id"], with_webhook=True)] == ["DELETE", "DELETE"]
    assert whole.outbox.list() == before
    assert texts(sandbox) == ["Hello"]
    assert made["id"] in [one["id"] for one in whole.hooks.list()]


def test_two_that_match_are_a_conflict(whole: Dialpad, sandbox: Sandbox) -> None:
    for name in ("One", "Two"):
        whole.contacts.upsert(first_name=name, last_name="X", phones=["+12025550199"], allow_duplicate=True)
    with pytest.raises(Conflict):
        whole.contacts.upsert(first_name="Z", last_name="X", phones=["+12025550199"])


def test_calls(both: Callable[..., Any], sandbox: Sandbox) -> None:
    first, second = both(lambda dp: dp.calls.make(to=TO, user_id=USER, once="call-1"))
    assert first["call_id"] == second["call_id"]
    listed, same = both(lambda dp: dp.calls.list(hours=24 * 20))
    assert [one["call_id"] for one in listed] == [one["call_id"] for one in same] != []


def test_a_report(whole: Dialpad, tmp_path: Path) -> None:
    report = whole.stats.run("calls", first="2026-02-20", last="2026-03-04", save_as=tmp_path / "calls.csv")
    assert set(report.rows[0]) == set(report.columns)
    assert (tmp_path / "calls.csv").read_text().count("\n") == len(report.rows) + 1


def test_hooks(both: Callable[..., Any]) -> None:
    first, second = both(lambda dp: dp.hooks.create(url="https://hooks.example/dialpad", secret="s" * 20))
    assert (first["made"], second["made"]) == (["webhook", "subscription"], [])
    listed, same = both(lambda dp: dp.hooks.list())
    assert [one["id"] for one in listed] == [one["id"] for one in same]


def test_the_operation_that_upsert_hides_has_its_own_name(whole: Dialpad) -> None:
    made = whole.contacts.create_with_uid(uid="crm-1", first_name="Ada", last_name="L")
    assert "crm-1" in str(made.id)
