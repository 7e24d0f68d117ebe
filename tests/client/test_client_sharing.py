"""One typed client, many users: threads, tasks, forks, cancellations; memory that stays; few imports."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from asker import PATIENT
from dialkit import AsyncDialpad, Dialpad
from dialkit.client.lazily import lazily
from dialkit.errors import OutcomeUnknown
from servers import Faulty, Recorder, behaviours, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers import Reply, Request

THREADS, TASKS = 50, 500
SOAK = os.environ.get("DIALKIT_SOAK") == "1"
CALLS = 100_000 if SOAK else 6_000


@pytest.fixture
def people(options: dict[str, Any]) -> list[int]:
    """The ids of the sandbox's users."""
    with Dialpad(**options) as dp:
        return [user.id for user in dp.users.list() if user.id]


def test_fifty_threads_share_a_client(dp: Dialpad, people: list[int]) -> None:
    """Each gets the answers to its own questions, and the resources are made once."""
    wrong: list[Any] = []
    together = threading.Barrier(THREADS)

    def work(number: int) -> None:
        try:
            together.wait(PATIENT)
            for step in range(4):
                asked = people[(number * 7 + step) % len(people)]
                user = dp.users.get(id=asked)
                if user.id != asked:
                    wrong.append((asked, user.id))
            made = dp.contacts.create(first_name=f"Thread {number}", last_name="Okafor")
            if made.first_name != f"Thread {number}":
                wrong.append(made)
        except BaseException as error:
            wrong.append(error)

    crowd = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert wrong == []
    assert len(dp._shared.transports) == 1
    named = [contact.first_name for contact in dp.contacts.list()]
    assert sorted(name for name in named if str(name).startswith("Thread ")) == sorted(
        f"Thread {number}" for number in range(THREADS)
    )


def test_copies_are_made_while_other_threads_make_resources(environ: dict[str, str]) -> None:
    names = [name for name in dir(Dialpad) if isinstance(getattr(Dialpad, name), lazily)]
    wrong: list[BaseException] = []
    over = threading.Event()

    def make(dp: Dialpad) -> None:
        for name in names:
            getattr(dp, name)

    def copy(dp: Dialpad) -> None:
        try:
            while not over.is_set():
                made = dp.with_options(max_retries=1)
                assert not set(names) & vars(made).keys()
        except BaseException as error:
            wrong.append(error)

    switched = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(20):
            dp = Dialpad("key", base_url="http://127.0.0.1:1", environ=environ)
            over.clear()
            copying = threading.Thread(target=copy, args=(dp,))
            copying.start()
            make(dp)
            over.set()
            copying.join()
    finally:
        sys.setswitchinterval(switched)
    assert wrong == []


def test_five_hundred_tasks_share_a_client(
    asynchronous: Callable[..., AsyncDialpad], people: list[int]
) -> None:
    async def work() -> None:
        async with asynchronous() as dp:

            async def one(number: int) -> tuple[int | None, int]:
                asked = people[number % len(people)]
                if number % 10 == 0:
                    made = await dp.contacts.create(first_name=f"Task {number}", last_name="Okafor")
                    assert made.first_name == f"Task {number}"
                user = await dp.users.get(id=asked)
                return user.id or None, asked

            for got, asked in await asyncio.gather(*(one(number) for number in range(TASKS))):
                assert got == asked
            assert len(dp._shared.transports) == 1
            named = {contact.first_name async for contact in dp.contacts.list()}
        assert {f"Task {number}" for number in range(0, TASKS, 10)} <= named

    asyncio.run(work())


def test_lists_read_by_many_at_a_time_do_not_mix(
    asynchronous: Callable[..., AsyncDialpad], people: list[int]
) -> None:
    async def work() -> list[list[Any]]:
        async with asynchronous() as dp:
            users = dp.users.list()
            return await asyncio.gather(*(users.to_list() for _ in range(20)))

    for found in asyncio.run(work()):
        assert [user.id for user in found] == people


FORK = """
import os, sys
from dialkit import Dialpad
from dialkit.errors import Refused
dp = Dialpad("key", base_url=sys.argv[1], limiter=None)
assert dp.users.get(id=1).id == 1
child = os.fork()
if child == 0:
    try:
        dp.with_options(max_retries=0).users.get(id=1)
    except Refused as error:
        os._exit(7 if "spawn" in error.hint else 8)
    os._exit(1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
assert dp.users.get(id=1).id == 1
dp.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_is_told_instead_of_hanging(environ: dict[str, str]) -> None:
    with Recorder(json_reply({"id": "1"})) as server:
        ran(["-W", "ignore", "-c", FORK, server.url], environ)
    assert len(server.requests) == 2


def ran(arguments: list[str], environ: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], env=environ, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# Cancelled


async def cancelled(server: Faulty, asked: Any) -> BaseException:
    """What comes of a question that is cancelled once it is under way."""
    task = asyncio.ensure_future(asked)
    while not server.requests:
        await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except BaseException as error:
        return error
    raise AssertionError("it was not cancelled")


ASKED: dict[str, tuple[Callable[[AsyncDialpad], Any], type[BaseException]]] = {
    "read": (lambda dp: dp.users.get(id=1), asyncio.CancelledError),
    "page": (lambda dp: dp.users.list().to_list(), asyncio.CancelledError),
    "write": (lambda dp: dp.contacts.create(first_name="Ines", last_name="Okafor"), OutcomeUnknown),
    "outward": (lambda dp: dp.sms.send(to_numbers=["+14155550123"], text="hi", user_id=5), OutcomeUnknown),
    "raw": (lambda dp: dp.call.with_raw_response.hangup(id=1), OutcomeUnknown),
}


@pytest.mark.parametrize("what", ASKED)
def test_what_is_cancelled_under_way(what: str) -> None:
    """A write may have been carried out. The client is as good as before, and its connections, too."""
    ask, kind = ASKED[what]

    async def work(server: Faulty) -> BaseException:
        async with AsyncDialpad("key", base_url=server.url, environ={}, limiter=None) as dp:
            error = await cancelled(server, ask(dp))
            for _ in range(3):
                assert (await dp.users.get(id=1)).id == 1
            return error

    with Faulty(behaviours.never(), behaviours.ok({"id": "1"})) as server:
        error = asyncio.run(work(server))
    assert type(error) is kind
    assert len(server.requests) == 4
    assert server.connections == 2
    if isinstance(error, OutcomeUnknown):
        assert error.operation
        assert "do not repeat it" in (error.hint or "")


def test_each_that_is_cancelled_ends_and_the_others_do_not_notice() -> None:
    """Also where the cancellation comes with the answer."""

    def answer(request: Request) -> Reply:
        return json_reply({"id": request.segments[-1]})

    async def work(url: str) -> None:
        async with AsyncDialpad("key", base_url=url, environ={}, limiter=None) as dp:
            for after in range(20):
                tasks = [asyncio.ensure_future(dp.users.get(id=number)) for number in range(20)]
                for _ in range(after):
                    await asyncio.sleep(0)
                ended = {number for number in range(0, 20, 2) if tasks[number].cancel()}
                found = await asyncio.gather(*tasks, return_exceptions=True)
                for number, came in enumerate(found):
                    if number in ended:
                        assert isinstance(came, asyncio.CancelledError)
                    else:
                        assert came.id == number  # type: ignore[union-attr]

    with Recorder(answer) as server:
        asyncio.run(work(server.url))


def test_a_timeout_of_asyncio_is_heard() -> None:
    """It is a cancellation that ends as a TimeoutError, though it comes with the answer."""

    async def asking_for(seconds: float, dp: AsyncDialpad) -> None:
        async with asyncio.timeout(seconds):
            while True:
                await dp.users.get(id=1)

    async def work(url: str) -> None:
        async with AsyncDialpad("key", base_url=url, environ={}, limiter=None) as dp:
            task = asyncio.current_task()
            assert task is not None
            for number in range(50):
                with pytest.raises(TimeoutError):
                    await asking_for(number / 50_000, dp)
                assert task.cancelling() == 0
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await dp.users.list().to_list()

    def answer(request: Request) -> Reply:
        return json_reply({"id": "1", "items": [{"id": "1"}], "cursor": f"{len(server.requests)}"})

    with Recorder(answer) as server:
        asyncio.run(work(server.url))


def test_a_cancellation_on_its_way_is_heard_once_more() -> None:
    """Told again after an answer that it came with, it must not be lost to the next answer, too."""

    async def work(url: str) -> None:
        async with AsyncDialpad("key", base_url=url, environ={}, limiter=None) as dp:
            await dp.users.get(id=1)
            task = asyncio.current_task()
            assert task is not None
            for _ in range(10):
                task.cancel()
                # The event loop is so busy that the answer is there before the cancellation is looked at.
                asyncio.get_running_loop().call_soon(time.sleep, 0.02)
                with pytest.raises(asyncio.CancelledError):
                    await dp.users.get(id=1)
                task.uncancel()

    with Recorder(json_reply({"id": "1"})) as server:
        asyncio.run(work(server.url))


def test_a_write_answered_as_it_is_cancelled_is_not_lost() -> None:
    """A text that went out is its answer, or unknown; a plain cancellation would say neither."""

    async def text(dp: AsyncDialpad) -> Any:
        return await dp.sms.send(to_numbers=["+14155550123"], text="hi", user_id=5)

    async def work(server: Recorder) -> list[Any]:
        async with AsyncDialpad("key", base_url=server.url, environ={}, limiter=None) as dp:
            came = []
            for number in range(40):
                task = asyncio.ensure_future(text(dp))
                while len(server.requests) == number:
                    await asyncio.sleep(0)
                time.sleep(0.002 * number)  # busy: in the end the answer is there, and is not looked at
                if task.cancel():
                    came += await asyncio.gather(task, return_exceptions=True)
            return came

    with Recorder(json_reply({"id": "1"})) as server:
        came = asyncio.run(work(server))
    answered = [one for one in came if not isinstance(one, BaseException)]
    assert {type(one) for one in came if one not in answered} <= {OutcomeUnknown}
    assert {one.id for one in answered} == {1}


def test_a_timeout_that_comes_with_the_answer_to_a_write_is_over_with_it() -> None:
    """Nothing of it is left to cancel what comes next."""

    async def text(server: Recorder, dp: AsyncDialpad) -> str:
        loop, before, how = asyncio.get_running_loop(), len(server.requests), "unknown"

        def expire() -> None:
            if how == "answered":
                return
            if len(server.requests) == before:
                loop.call_soon(expire)
            else:
                limit.reschedule(loop.time() - 1)
                loop.call_soon(time.sleep, 0.01)  # busy, so that both are there when it looks

        loop.call_soon(expire)
        try:
            async with asyncio.timeout(None) as limit:
                await dp.sms.send(to_numbers=["+14155550123"], text="hi", user_id=5)
                how = "answered"
        except OutcomeUnknown:
            pass
        await asyncio.sleep(0.001)
        return how

    async def work(server: Recorder) -> set[str]:
        async with AsyncDialpad("key", base_url=server.url, environ={}, limiter=None) as dp:
            return {await asyncio.ensure_future(text(server, dp)) for _ in range(40)}

    with Recorder(json_reply({"id": "1"})) as server:
        assert asyncio.run(work(server)) <= {"answered", "unknown"}


def test_a_write_that_had_not_left_is_cancelled_and_not_unknown() -> None:
    async def late(dp: AsyncDialpad) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await dp.sms.send(to_numbers=["+14155550123"], text="hi", user_id=5)

    async def work(url: str) -> None:
        async with AsyncDialpad("key", base_url=url, environ={}, limiter=None) as dp:
            with pytest.raises(asyncio.CancelledError):
                await asyncio.ensure_future(late(dp))

    with Recorder(json_reply({"id": "1"})) as server:
        asyncio.run(work(server.url))
    assert server.begun == []


# Memory


GROWTH = """
import asyncio, gc, os, sys
from dialkit import AsyncDialpad, Dialpad
from dialkit.errors import NotFound
url, kind, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3]) // 20

async def one(dp, number):
    wait = (lambda value: value) if kind == "async" else given
    if number % 10 == 0:
        assert len(await wait(dp.users.list().to_list())) == 3
    elif number % 10 == 1:
        try:
            await wait(dp.users.get(id="none"))
        except NotFound:
            pass
    else:
        assert (await wait(dp.users.get(id="me"))).id == 1

async def given(value):
    return value

def resident():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")

async def measure():
    dp = (AsyncDialpad if kind == "async" else Dialpad)("key", base_url=url, limiter=None)
    for number in range(rounds):
        if number == rounds // 4:
            before = resident()
        await asyncio.gather(*(one(dp, step) for step in range(20)))
    print(resident() - before)
    if kind == "async":
        await dp.close()
    else:
        dp.close()

asyncio.run(measure())
"""


@pytest.mark.timeout(0 if SOAK else 300)
@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="no /proc here")
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_memory_stays_flat(environ: dict[str, str], kind: str) -> None:
    """Objects, pages and refusals; 100,000 of them with DIALKIT_SOAK=1."""
    page = [{"id": str(number), "first_name": "x" * 1000, "newer": number} for number in range(3)]

    def answer(request: Request) -> Reply:
        if request.path.endswith("/users"):
            return json_reply({"items": page})
        found = request.segments[-1] != "none"
        reply = json_reply({"id": "1", "display_name": "x" * 2000}) if found else json_reply({}, 404)
        server.requests.clear()  # or it is the server that grows
        server.begun.clear()
        return reply

    with Recorder(answer) as server:
        grown = int(ran(["-c", GROWTH, server.url, kind, str(CALLS)], environ))
    assert grown < 2 << 20


# Imports


LOADED = """
import sys
before = set(sys.modules)
from dialkit import Dialpad
dp = Dialpad("key", base_url="http://127.0.0.1:1", dry_run=True)
first = sorted(name for name in sys.modules if name.startswith("dialkit.client.") or name == "msgspec")
{code}
after = sorted(name for name in sys.modules if name.startswith("dialkit.client.") or name == "msgspec")
print(first)
print([name for name in after if name not in first])
"""


def loaded(code: str, environ: dict[str, str]) -> tuple[list[str], list[str]]:
    """Modules of the client that are loaded at first, and those that `code` brings besides."""
    first, more = ran(["-c", LOADED.format(code=code)], environ).splitlines()
    return eval(first), eval(more)


def test_a_client_loads_no_types(environ: dict[str, str]) -> None:
    first, _ = loaded("", environ)
    assert "msgspec" not in first
    assert [name for name in first if ".types" in name or ".params" in name or ".resources." in name] == []


@pytest.mark.parametrize(
    ("code", "groups"),
    [
        ("dp.users.get(id=1)", {"users", "shared"}),
        ("dp.sms.send(to_numbers=['+14155550123'], text='x')", {"sms"}),
        ("dp.calllabels.list()", {"calllabels"}),
        ("dp.callcenters.operators.list(id=1)", {"callcenters", "shared"}),
    ],
)
def test_a_resource_loads_only_its_own_types(code: str, groups: set[str], environ: dict[str, str]) -> None:
    _, more = loaded(code, environ)
    parts = [name.removeprefix("dialkit.client.").split(".") for name in more]
    assert {part[-1] for part in parts if part[0] == "resources" and len(part) > 1} <= groups
    assert {part[-1] for part in parts if part[0] == "types" and len(part) > 1} <= groups
    assert not any("aio" in part for part in parts)
