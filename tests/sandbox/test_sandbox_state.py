"""A world kept in a file: it comes back whole, whatever ended the process, and for one sandbox at a time."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sqlite3
import sys
import threading
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from asking import START, Client

from beside import PATIENCE, beside
from dialkit.sandbox import Sandbox
from dialkit.sandbox.world import World
from dialkit.sandbox.world.state import BadState, State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTACT = {"first_name": "Ada", "last_name": "Quill"}


def started(path: Path, **told: Any) -> Sandbox:
    return Sandbox(state=path, **{"limits": False, "at": START, "frozen": True, **told})


@contextmanager
def running(path: Path, **told: Any) -> Iterator[Client]:
    """A client of a sandbox that keeps its world in a file."""
    with started(path, **told) as sandbox:
        client = Client(sandbox)
        with closing(client.connection):
            yield client


def world_of(world: World) -> Any:
    """All that a world is: its records, their places, what is due."""
    records = {name: [list(table.after(0)), table.end] for name, table in world.tables.items()}
    return json.loads(json.dumps([records, sorted(world._due), world.next_due(), world.clock_time()]))


def test_the_world_comes_back_whole(tmp_path: Path) -> None:
    file = tmp_path / "world.db"
    with running(file) as client:
        made = [client.ask("POST", "/contacts", {**CONTACT, "first_name": str(n)}) for n in range(4)]
        client.ask("DELETE", f"/contacts/{made[1]['id']}")
        client.ask("DELETE", f"/contacts/{made[3]['id']}")
        client.ask("PATCH", f"/contacts/{made[0]['id']}", {"job_title": "Grüße \ud83d\ude00"})
        page = client.ask("GET", "/contacts?limit=3")
        client.advance(100)
        client.world.later(500, "nothing.much", note="due")
        client.advance(0)
        before = world_of(client.world)
    with running(file) as client:
        assert world_of(client.world) == before
        assert client.world.clock_time() == START + 100
        assert client.world.next_due() is not None
        rest = client.ask("GET", f"/contacts?limit=100&cursor={page['cursor']}")
        assert [made[0]["id"], made[2]["id"]] == [one["id"] for one in rest["items"]][-2:]
        fresh = client.ask("POST", "/contacts", CONTACT)
        assert fresh["id"] not in {one["id"] for one in made}


def test_snapshots_and_reset_come_back(tmp_path: Path) -> None:
    file = tmp_path / "world.db"
    with running(file) as client:
        start = world_of(client.world)
        first = client.ask("POST", "/contacts", CONTACT)
        client.sandbox.snapshot("one")
        client.sandbox.snapshot("gone")
        client.ask("DELETE", f"/contacts/{first['id']}")
        client.ask("DELETE", "/contacts/" + client.pages("/contacts")[0]["id"])
        client.sandbox.app.engine.drop("gone")
        kept = {row["table"] for row in client.sandbox.diff("one")}
    with running(file) as client:
        assert list(client.sandbox.app.engine.snapshots) == ["start", "one"]
        assert {row["table"] for row in client.sandbox.diff("one")} == kept >= {"contacts"}
        client.sandbox.restore("one")
        assert client.ask("GET", f"/contacts/{first['id']}") == first
    with running(file) as client:  # what was restored is what is kept
        assert client.ask("GET", f"/contacts/{first['id']}") == first
        client.sandbox.reset()
        assert world_of(client.world) == start
    with running(file) as client:
        assert world_of(client.world) == start


def test_what_a_file_that_exists_decides(tmp_path: Path) -> None:
    file = tmp_path / "world.db"
    with started(file, switches={"last-page": "empty"}, token="one"):
        pass
    with running(file, token="two", at=START + 10**6, sizes={"users": 50}) as client:
        assert client.world.clock_time() == START
        assert client.world.frozen
        assert client.send("GET", "/api/v2/company")[0] == 200  # the new key works
        assert client.send("GET", "/api/v2/company", authorization="Bearer one")[0] == 200
        assert client.world.switch("last-page") == "empty"


def test_jobs_go_on(tmp_path: Path) -> None:
    file = tmp_path / "world.db"
    with running(file) as client:
        client.ask("POST", "/sms", {"to_numbers": ["+14155550123"], "text": "Hi"})
        due = client.world.next_due()
    with running(file) as client:
        assert client.world.next_due() == due
        client.advance(3600)
        [text] = client.world.texts.where("to", "+14155550123")
        assert text["message_status"] == "success"


# -- files that cannot be used


def test_a_file_for_one_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "world.db"
    with started(file), pytest.raises(BadState, match="is used by another sandbox; stop that one"):
        started(file)
    with started(file):
        pass


def test_another_seed(tmp_path: Path) -> None:
    file = tmp_path / "world.db"
    started(file, seed=7).stop()
    with pytest.raises(BadState, match="holds a world of seed 7, not 1; start with that seed"):
        started(file)
    started(file, seed=7).stop()


@pytest.mark.parametrize("content", [b"notes: mine\n", b"SQLite format 3\0" + bytes(2000)])
def test_a_file_that_is_none_of_ours(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(content * 20)
    with pytest.raises(BadState, match=r"notes\.txt: is no state file of a sandbox"):
        started(file)
    assert file.read_bytes() == content * 20


def test_a_database_that_is_none_of_ours(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE mine (id)")
        other.commit()
    with pytest.raises(BadState, match="is no state file"):
        started(file)
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_file_of_another_version(tmp_path: Path) -> None:
    file = tmp_path / "world.db"
    started(file).stop()
    with closing(sqlite3.connect(file)) as other:
        other.execute("INSERT INTO records VALUES ('now', 'teapots', '1', 0, '{}')")
        other.commit()
    with pytest.raises(BadState, match=r"another version of dialkit \(it has teapots\)"):
        started(file)
    with closing(sqlite3.connect(file)) as other:
        other.execute("PRAGMA user_version = 99")
    with pytest.raises(BadState, match=r"another version of dialkit \(form 99, not 1\)"):
        started(file)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none" / "world.db"):
        with pytest.raises(BadState, match="cannot be opened"):
            started(path)


def test_an_empty_file_is_a_new_one(tmp_path: Path) -> None:
    file = tmp_path / "world.db"
    file.touch()
    started(file).stop()
    assert file.stat().st_size > 50_000


def test_a_closed_file_is_not_written(tmp_path: Path) -> None:
    sandbox = started(tmp_path / "world.db")
    sandbox.start().stop()
    with pytest.raises(BadState, match="was closed; make a new Sandbox"):
        sandbox.start()


# -- a process that is killed


SERVE = """
import sys
from dialkit.sandbox import serve_forever
serve_forever(lambda x: print(x.port, x.token, flush=True), state=sys.argv[1], limits=False)
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGKILL")
def test_every_answered_write_survives_sigkill(tmp_path: Path) -> None:
    file = tmp_path / "world.db"
    answered: dict[str, str] = {}
    for turn in range(6):
        with beside([sys.executable, "-c", SERVE, str(file)], stdout=-1, text=True) as process:
            port, token = process.stdout.readline().split()
            connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=PATIENCE)
            headers = {"authorization": f"Bearer {token}"}
            asked = 0
            try:
                while True:
                    asked += 1
                    if asked == 5 * turn + 1:
                        threading.Timer(0.02, process.kill).start()
                    body = {"uid": f"{turn}-{asked}", **CONTACT, "phones": [f"+1415555{asked:04}"]}
                    connection.request("PUT", "/api/v2/contacts", json.dumps(body), headers)
                    answer = connection.getresponse()
                    made = json.loads(answer.read())
                    assert answer.status == 200, made
                    answered[made["id"]] = made["phones"][0]
            except (http.client.HTTPException, OSError):
                connection.close()
        assert process.returncode == -signal.SIGKILL
        with Sandbox(state=file, limits=False) as sandbox:
            contacts = {str(one["id"]): one["phones"][0] for one in sandbox.world.contacts if "uid" in one}
            last = contacts.keys() - answered.keys()  # written, and killed before the answer came
            assert len(last) <= 1, "at most one request was under way"
            assert answered.items() <= contacts.items()
            answered.update({key: contacts[key] for key in last})
    assert len(answered) > 20, "at least five times a turn's number"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGKILL")
def test_killed_while_it_begins(tmp_path: Path) -> None:
    file = tmp_path / "world.db"
    for turn in range(5):
        with beside([sys.executable, "-c", SERVE, str(file)], stdout=-1) as process:
            time.sleep(0.1 + 0.05 * turn)
            process.kill()
    with running(file) as client:
        assert client.pages("/users")
        client.sandbox.reset()
        assert client.pages("/users")


def test_what_a_request_costs(tmp_path: Path) -> None:
    world = World()
    state = State(tmp_path / "world.db", 1)
    state.begin(world)
    times = []
    for number in range(300):
        world.contacts.put({"id": number, "first_name": "Ada" * 20, "phones": ["+14155550123"]})
        world.later(60, "contacts.nothing", contact_id=number)
        began = time.process_time()
        state.save(world, world.watch.take())
        times.append(time.process_time() - began)
    state.close()
    assert sorted(times)[len(times) // 2] < 500e-6  # about 60 µs
