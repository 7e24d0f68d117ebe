"""What runs the world: jobs that fail or crowd, late timers, full disks, threads that share."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from asking import START, Client

from beside import PATIENCE
from dialkit.sandbox import Sandbox
from dialkit.sandbox.moments import days_in
from dialkit.sandbox.wire import encode
from dialkit.sandbox.world.zones import find_zone

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

MARA = 5391827364501928
CONTACT = {"first_name": "Ada", "last_name": "Quill"}


def test_many_jobs_at_one_moment_with_nowhere_to_deliver_to(client: Client) -> None:
    hook = client.ask("POST", "/webhooks", {"hook_url": "https://hooks.larkspur.example/x"})
    wanted = {"endpoint_id": int(hook["id"]), "direction": "all", "status": True}
    client.ask("POST", "/subscriptions/sms", wanted)
    text = {"user_id": MARA, "to_numbers": ["+14155550123"], "text": "Hello"}
    for _ in range(200):
        client.ask("POST", "/sms", text)
    client.advance(3600)
    states = {row["state"] for row in client.world.deliveries if row["kind"] == "sms"}
    assert states == {"unreachable"}
    assert not [job for job in client.world.jobs if job["due"] <= client.world.now]


def test_a_job_that_fails_is_logged_and_harms_nobody(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    engine, world = client.sandbox.engine, client.world
    done: list[float] = []

    def fail(world: Any) -> None:
        world.contacts.put({"id": "half"})
        raise RuntimeError("on purpose")

    monkeypatch.setitem(engine._jobs, "test.fail", fail)
    monkeypatch.setitem(engine._jobs, "test.done", lambda world: done.append(world.now))
    for seconds, what in ((5, "test.fail"), (6, "test.done")):
        world.later(seconds, what)
    client.advance(10)
    assert done == [START + 6]
    assert "half" not in world.contacts
    assert "the job test.fail" in caplog.text


def test_a_timer_that_comes_too_early_is_set_again(client: Client) -> None:
    async def wake() -> bool:
        engine.world.set_clock(frozen=False)
        engine.world.later(1000, "test.nothing")
        engine._timer = None
        engine._wake()
        return engine._timer is not None

    engine = client.sandbox.engine
    assert client.sandbox.run(wake())


def test_places_of_what_is_gone_hold_nothing_and_come_back_with_an_undo(client: Client) -> None:
    table, watch = client.world.contacts, client.world.watch
    before = list(table.after(0))
    end = table.end
    watch.begin()
    gone = before[1][1]["id"]
    table.remove(gone)
    table.put({"id": "new"})
    table.put({**before[1][1], "id": gone})
    assert table._order[1] == ""
    watch.roll_back()
    assert (list(table.after(0)), table.end) == (before, end)
    assert [record["id"] for record in table] == [record["id"] for _, record in before]


def test_a_full_disk_fails_requests_and_loses_nothing(tmp_path: Path) -> None:
    file = tmp_path / "world.db"
    with Sandbox(limits=False, at=START, frozen=True, state=file) as sandbox:
        client = Client(sandbox)
        state = sandbox.engine.state
        state._execute(f"PRAGMA max_page_count = {state._one('PRAGMA page_count')}")
        answers = [0]
        while answers[-1] != 500:
            sandbox.engine.state._open()
            client.connection.request(
                "POST",
                "/api/v2/contacts",
                b'{"first_name": "Ada", "last_name": "%b"}' % (b"Q" * 500),
                {"authorization": f"Bearer {client.token}"},
            )
            answer = client.connection.getresponse()
            answers.append(answer.status)
            answer.read()
        state._execute("PRAGMA max_page_count = 1000000")
        made = client.ask("POST", "/contacts", CONTACT)
        kept = [one["id"] for one in sandbox.world.contacts]
        client.connection.close()
    with Sandbox(limits=False, state=file) as sandbox:
        assert [one["id"] for one in sandbox.world.contacts] == kept
        assert made["id"] in kept


def test_two_threads_that_spell_one_schema_for_the_first_time() -> None:
    reached, go_on = threading.Event(), threading.Event()
    schema = {
        "type": "object",
        "properties": {"id": {"type": "integer", "format": "int64"}, "a": {"$ref": "A"}},
    }

    class Slow(dict[str, Any]):
        def __getitem__(self, name: str) -> Any:
            if threading.current_thread() is first and not reached.is_set():
                reached.set()
                go_on.wait(PATIENCE)
            return super().__getitem__(name)

    schemas = Slow(A={"type": "string"})
    told: list[Any] = []
    first = threading.Thread(target=lambda: told.append(encode({"id": 1, "a": "x"}, schema, schemas)))
    first.start()
    assert reached.wait(PATIENCE)
    second = encode({"id": 1, "a": "x"}, schema, schemas)
    go_on.set()
    first.join()
    assert second == told[0] == {"id": "1", "a": "x"}


def test_days_and_zones() -> None:
    assert [days_in(2026, 2), days_in(2028, 2), days_in(2026, 12), days_in(2100, 2)] == [28, 29, 31, 28]
    assert find_zone("America") is None
    assert find_zone("../etc/passwd") is None
    assert find_zone("America/Los_Angeles") is not None


def test_a_year_passes_day_by_day(client: Client) -> None:
    asked = client.sandbox.engine.asked("schedule_reports.create")
    hook = client.ask("POST", "/webhooks", {"hook_url": "https://hooks.larkspur.example/x"})
    plan = {**asked, "frequency": "daily", "on_day": 0, "endpoint_id": int(hook["id"])}
    client.ask("POST", "/schedulereports", plan)
    client.advance(365 * 86_400)
    assert client.world.now == START + 365 * 86_400
    assert 364 <= sum(row["kind"] == "report" for row in client.world.events) <= 366 * 3
