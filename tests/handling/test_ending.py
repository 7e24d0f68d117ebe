"""Programs that end, each a process of its own: calls that are under way finish, what waits is given back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from mounted import SECRET, post, signed

from beside import PATIENCE, beside, until
from dialkit.events.making import make, written
from dialkit.inbox.keeping import Arrival
from dialkit.store import Database, deliveries

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dialkit.events import App

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")

PROGRAM = f"""
import asyncio, sys, threading, time
from pathlib import Path
from dialkit.events import App

folder = Path(sys.argv[1])
app = App(secrets={SECRET!r})

def begin(event):
    with (folder / "calls").open("a") as calls:
        calls.write(f"{{event.id}}\\n")

def may_end():
    return (folder / "go").exists()

@app.on("sms.received", at_once=2)
def sync(event):
    begin(event)
    while not may_end():
        time.sleep(0.01)

@app.on("sms.received", at_once=2)
async def not_sync(event):
    begin(event)
    while not may_end():
        await asyncio.sleep(0.01)

def told(port):
    (folder / "new").write_text(str(port))
    (folder / "new").rename(folder / "port")
"""
SERVERS = {
    "asgi": """
import uvicorn
config = uvicorn.Config(app.asgi, port=0, log_level="warning")

class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        told(self.servers[0].sockets[0].getsockname()[1])

Server(config).run()
""",
    "wsgi": """
import signal
from wsgiref.simple_server import make_server
ending = threading.Event()  # as gunicorn's workers end: between requests, since wsgiref swallows SystemExit
signal.signal(signal.SIGTERM, lambda *_: ending.set())
with make_server("127.0.0.1", 0, app.wsgi) as server:
    server.timeout = 0.05
    told(server.server_port)
    while not ending.is_set():
        server.handle_request()
""",
}


@pytest.mark.parametrize("kind", SERVERS)
def test_a_server_that_ends_loses_and_doubles_nothing(
    kind: str, environ: dict[str, str], tmp_path: Path
) -> None:
    calls = tmp_path / "calls"

    def begun() -> list[str]:
        return calls.read_text().split() if calls.exists() else []

    command = [sys.executable, "-c", PROGRAM + SERVERS[kind], str(tmp_path)]
    with beside(command, env=environ, stderr=subprocess.DEVNULL) as serving:
        until(lambda: (tmp_path / "port").exists() or serving.poll() is not None)
        url = f"http://127.0.0.1:{(tmp_path / 'port').read_text()}/"
        for _ in range(5):
            assert post(url, signed("sms.received")) == 204
        until(lambda: len(begun()) == 4)
        serving.send_signal(signal.SIGTERM)
        with Database.of(environ) as database:
            with pytest.raises(subprocess.TimeoutExpired):
                serving.wait(1)  # it does not end with calls under way
            (tmp_path / "go").touch()
            serving.wait(PATIENCE)
            states = {row["state"] for row in deliveries.counts(database)}
            assert "claimed" not in states
            seen = database.all("SELECT * FROM delivery")
    assert all(row["last_error"] is None for row in seen)
    assert sum(row["attempts"] for row in seen) == len(begun())
    assert {row["attempts"] for row in seen if row["state"] == "done"} == {1}


FORKS = """
import os, sys, time
from dialkit.events import App
from dialkit.events.making import make, written
from dialkit.inbox.keeping import Arrival

app = App(secrets=None)
app.on("*", called="heard")(id)

def keep(keeper):
    event = make("sms.received")
    keeper.keep([Arrival("sms", event, written(event).decode(), time.time(), "serve")])

app.start()  # in the parent, as a program does that servers load before they fork
keeper = app._keeper()
keep(keeper)
ended, end = os.pipe()
kept, told = os.pipe()
if os.fork() == 0:
    try:
        own = app._keeper()
        keep(own)
        os.write(told, b"x")
        os.read(ended, 1)
        keep(own)
    finally:
        os._exit(0)
os.close(told)
os.read(kept, 1)
app.stop()
keeper.close()
os.write(end, b"x")
sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
"""


@pytest.mark.usefixtures("store")  # on SQLite and PostgreSQL
def test_what_a_forked_process_keeps_is_kept(environ: dict[str, str]) -> None:
    quietly = ("-W", "ignore::DeprecationWarning")  # which Python 3.12 gives at any fork beside threads
    done = subprocess.run(
        [sys.executable, *quietly, "-c", FORKS],
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    with Database.of(environ) as database:
        assert len(database.all("SELECT id FROM event")) == 3


IMPORTS = """
import sys, threading
from dialkit.events import App

class Told:
    def find_spec(self, name, path=None, target=None):
        if threading.current_thread() is not threading.main_thread():
            print(name)

app, calls = App(secrets=None), threading.Semaphore(0)

@app.on("*")
def sync(event):
    calls.release()

@app.on("*")
async def not_sync(event):
    calls.release()

sys.meta_path.insert(0, Told())
app.start()
assert calls.acquire(timeout=30) and calls.acquire(timeout=30)
app.stop()
"""


@pytest.mark.usefixtures("store")
def test_threads_import_nothing_that_a_fork_would_wait_for(
    apps: Callable[..., App], environ: dict[str, str]
) -> None:
    app = apps()
    for name in ("sync", "not_sync"):
        app.on("*", called=name)(print)
    event = make("sms.received")
    with closing(app._keeper()) as keeper:
        keeper.keep([Arrival("sms", event, written(event).decode(), 1.0, "serve")])
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS], env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
