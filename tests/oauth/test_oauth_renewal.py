"""Tokens are renewed in time, once, by one of all who need them, and a crash loses as little as can be."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.errors
import pytest
from browsing import CLIENT, MARA, ME, TOKEN, Login, age, asked, check_unseen, stored

from beside import PATIENCE, beside, until
from dialkit.client import AsyncDialpad, Dialpad
from dialkit.client.clock import Clock
from dialkit.client.download import download
from dialkit.config import Config
from dialkit.config.keystore import KeyStore
from dialkit.errors import AuthenticationFailed, InvalidArgument, NetworkError, PermissionDenied
from servers import Recorder, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dialkit.sandbox import Sandbox

Environ = dict[str, str]
AGAIN = f"dialpad auth login --oauth --client-id {CLIENT} --account main"
RENEWED_FIRST = [(TOKEN, 200), (ME, 200)]
REFUSED_FIRST = [(ME, 401), (TOKEN, 200), (ME, 200)]


class Later(Clock):
    """Real time, some seconds on."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def now(self) -> float:
        return time.time() + self.seconds


def client(environ: Environ, later: float = 0.0, **options: Any) -> Dialpad:
    return Dialpad(environ=environ, clock=Later(later), **options)


def me(dp: Dialpad) -> str:
    return str(dp.request("users.get", {"id": "me"}).json()["display_name"])


# When


@pytest.mark.parametrize(("later", "expected"), [(3500, [(ME, 200)]), (3545, RENEWED_FIRST)])
def test_a_token_is_renewed_a_minute_before_it_expires(
    sandbox: Sandbox, logged_in: Environ, later: float, expected: list[tuple[str, int]]
) -> None:
    before = stored(logged_in)
    with client(logged_in, later) as dp:
        assert me(dp) == "Mara Ellison"
        assert me(dp) == "Mara Ellison"
    assert asked(sandbox) == [*expected, (ME, 200)]
    after = stored(logged_in)
    assert (after["access_token"] != before["access_token"]) == (len(expected) == 2)
    assert (after["refresh_token"] != before["refresh_token"]) == (len(expected) == 2)
    assert after["asked_at"] is None
    assert sandbox.requests[-1].headers["authorization"] == f"Bearer {after['access_token']}"


@pytest.mark.parametrize(
    ("life", "later", "renewed"), [(40, 29, False), (40, 31, True), (None, 10**8, False)]
)
def test_a_short_life_is_not_renewed_at_every_turn_and_an_unknown_one_not_at_all(
    sandbox: Sandbox, home: Environ, life: int | None, later: float, renewed: int
) -> None:
    body = {"access_token": sandbox.token, "refresh_token": "example-refresh-token"}
    body |= {} if life is None else {"expires_in": life}
    rule = sandbox.faults.add(operation="oauth2.token.post", body=json.dumps(body))
    with Login(sandbox, home, "--no-browser") as login:
        login.agree()
        assert login.end()[0] == 0
    sandbox.faults.remove(rule["id"])
    sandbox.app.control.log.clear()
    with client(home, later) as dp:
        me(dp)
    assert asked(sandbox) == (RENEWED_FIRST if renewed else [(ME, 200)])


def test_a_token_that_is_refused_is_renewed_and_the_request_sent_again(
    sandbox: Sandbox, logged_in: Environ
) -> None:
    sandbox.advance(3700)
    with client(logged_in) as dp:
        assert me(dp) == "Mara Ellison"
        assert me(dp) == "Mara Ellison"
    assert asked(sandbox) == [*REFUSED_FIRST, (ME, 200)]


def test_a_text_that_met_an_old_token_goes_out_once(sandbox: Sandbox, logged_in: Environ) -> None:
    sandbox.advance(3700)
    with client(logged_in) as dp:
        dp.request("sms.send", {"to_numbers": ["+15645550100"], "text": "Once.", "user_id": int(MARA)})
    sandbox.advance(5)
    assert [text["text"] for text in sandbox.inbox("+15645550100")] == ["Once."]
    assert asked(sandbox) == [("/api/v2/sms", 401), (TOKEN, 200), ("/api/v2/sms", 200)]


def test_a_request_is_sent_again_once_only(sandbox: Sandbox, logged_in: Environ) -> None:
    sandbox.faults.add(operation="users.get", status=401)
    with client(logged_in) as dp, pytest.raises(AuthenticationFailed) as caught:
        me(dp)
    assert asked(sandbox) == [(ME, 401), (TOKEN, 200), (ME, 401)]
    assert caught.value.status == 401


def test_a_key_is_not_renewed(sandbox: Sandbox, home: Environ) -> None:
    home["DIALPAD_API_KEY"] = sandbox.keys["expired"]
    with client(home) as dp, pytest.raises(AuthenticationFailed):
        me(dp)
    assert asked(sandbox) == [(ME, 401)]


def test_what_needs_no_key_renews_nothing(sandbox: Sandbox, logged_in: Environ) -> None:
    with client(logged_in, 4000) as dp, pytest.raises(AuthenticationFailed):
        dp.request("oauth2.token.post", body={"grant_type": "refresh_token", "refresh_token": "x"})
    assert asked(sandbox) == [(TOKEN, 401)]


def test_the_command_line_renews_without_a_word_and_shows_nothing(
    sandbox: Sandbox, logged_in: Environ, dialpad: Callable[..., Any]
) -> None:
    for flag in ("-v", "-vv"):
        age(logged_in, renew_at=0)
        ran = dialpad("users", "get", "me", "--fields", "id", flag)
        assert ran.code == 0
        check_unseen(sandbox, ran.out, ran.err)
    assert asked(sandbox) == RENEWED_FIRST * 2
    assert dialpad("users", "get", "me", "--dry-run").code == 0
    assert len(asked(sandbox)) == 4


def test_limits_and_repeats_know_the_login_by_the_same_name_after_a_renewal(
    sandbox: Sandbox, logged_in: Environ
) -> None:
    with client(logged_in, 3600) as dp:
        before = dp.settings.owner
        me(dp)
        assert dp.settings.owner == before
    with client(logged_in) as dp:
        assert dp.settings.owner == before
    with Dialpad("another-key", environ=logged_in) as other:
        assert other.settings.owner != before


def test_files_are_fetched_with_a_fresh_token(sandbox: Sandbox, logged_in: Environ) -> None:
    with client(logged_in, 3600) as dp:
        assert download(dp, sandbox.url + ME, io.BytesIO()).size > 100
    assert asked(sandbox) == RENEWED_FIRST


# By whom


PROCESS = """
import sys
from dialkit import Dialpad
with Dialpad() as dp:
    dp.settings.key
    print("ready", flush=True)
    sys.stdin.readline()
    print(dp.request("users.get", {"id": "me"}).json()["display_name"])
"""


@pytest.mark.parametrize("how", ["about to expire", "refused"])
def test_processes_that_need_new_tokens_at_once_ask_once(
    sandbox: Sandbox, logged_in: Environ, how: str
) -> None:
    if how == "refused":
        sandbox.advance(3700)
    else:
        age(logged_in, renew_at=0)
    # So long that all others have come to the lock before the first has its answer.
    sandbox.faults.add(operation="oauth2.token.post", latency=1)
    with ExitStack() as stack:
        crowd = [
            stack.enter_context(
                beside(
                    [sys.executable, "-c", PROCESS],
                    env=logged_in, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                )
            )
            for _ in range(4)
        ]  # fmt: skip
        for one in crowd:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n"
        for one in crowd:
            assert one.stdin is not None
            one.stdin.write("\n")
            one.stdin.flush()
        assert [one.communicate(timeout=PATIENCE)[0] for one in crowd] == ["Mara Ellison\n"] * 4
    paths = asked(sandbox)
    assert [path for path, _ in paths].count(TOKEN) == 1
    assert paths.count((ME, 200)) == 4


def test_threads_that_need_new_tokens_at_once_ask_once(sandbox: Sandbox, logged_in: Environ) -> None:
    sandbox.advance(3700)
    sandbox.faults.add(operation="oauth2.token.post", latency=0.3)
    names: list[str] = []
    with client(logged_in) as dp:
        crowd = [threading.Thread(target=lambda: names.append(me(dp))) for _ in range(20)]
        for thread in crowd:
            thread.start()
        for thread in crowd:
            thread.join()
    assert names == ["Mara Ellison"] * 20
    assert [path for path, _ in asked(sandbox)].count(TOKEN) == 1


def test_tasks_ask_once_and_the_loop_goes_on_meanwhile(sandbox: Sandbox, logged_in: Environ) -> None:
    sandbox.faults.add(operation="oauth2.token.post", latency=0.5)

    async def work() -> int:
        turns, loop = 0, asyncio.get_running_loop()

        def turn() -> None:
            nonlocal turns
            turns += stored(logged_in)["asked_at"] is not None
            loop.call_later(0.01, turn)

        turn()
        async with AsyncDialpad(environ=logged_in, clock=Later(3600)) as dp:
            asks = [dp.request("users.get", {"id": "me"}) for _ in range(50)]
            answers = await asyncio.gather(*asks)
        assert {answer.json()["id"] for answer in answers} == {"5391827364501928"}
        return turns

    assert asyncio.run(work()) > 3
    assert [path for path, _ in asked(sandbox)].count(TOKEN) == 1


def test_what_another_process_has_got_is_used(
    sandbox: Sandbox, logged_in: Environ, process: Callable[..., Any]
) -> None:
    with client(logged_in, 3600) as dp:
        assert dp.settings.key.secret == stored(logged_in)["access_token"]
        age(logged_in, renew_at=0)
        assert process("users", "get", "me").code == 0
        age(logged_in, renew_at=time.time() + 7200)
        me(dp)
        assert dp.settings.key.secret == stored(logged_in)["access_token"]
    assert asked(sandbox) == [*RENEWED_FIRST, (ME, 200)]


@pytest.mark.parametrize("what", ["somebody else", "a key"])
def test_a_client_does_not_become_somebody_else(sandbox: Sandbox, logged_in: Environ, what: str) -> None:
    with client(logged_in, 3600) as dp:
        dp.settings.key
        if what == "a key":
            path = os.path.join(logged_in["DIALKIT_HOME"], "keys.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump({"main": sandbox.token}, file)
        else:
            age(logged_in, whose="user:5402938475610293", renew_at=None)
        with pytest.raises(AuthenticationFailed, match="logged in as somebody else"):
            me(dp)
    assert asked(sandbox) == []


# Where it is kept


class Ring(keyring.backend.KeyringBackend):
    """A real keyring backend that keeps its keys in memory, and may take no more."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}
        self.full = False

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.full:
            raise keyring.errors.PasswordSetError("no more")
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[username]


@pytest.fixture
def ring(logged_in: Environ) -> Iterator[Ring]:
    """The login is in a keyring, and in no file."""
    found = Ring()
    keyring.set_keyring(found)
    del logged_in["DIALKIT_KEYRING"]
    assert KeyStore(logged_in).save("main", json.dumps(stored(logged_in), separators=(",", ":"))) == "keyring"
    Config.load(logged_in).set("accounts.main.key", "keyring")
    yield found
    keyring.set_keyring(keyring.backends.fail.Keyring())


@pytest.mark.parametrize("full", [False, True])
def test_new_tokens_are_kept_where_the_old_ones_were_or_else_in_the_file(
    sandbox: Sandbox, logged_in: Environ, ring: Ring, full: bool
) -> None:
    before = ring.kept["main"]
    ring.full = full
    with client(logged_in, 4000) as dp:
        me(dp)
    with client(logged_in) as dp:
        me(dp)
        assert dp.settings.key.source == f"{'file' if full else 'keyring'} account main"
    assert (ring.kept["main"] == before) == full
    assert asked(sandbox) == [*RENEWED_FIRST, (ME, 200)]


# When it fails


def test_a_login_that_is_over_says_how_to_log_in_again(
    sandbox: Sandbox, logged_in: Environ, dialpad: Callable[..., Any]
) -> None:
    sandbox._look(lambda world: world.oauth_refreshes.remove(stored(logged_in)["refresh_token"]))
    sandbox.advance(3700)
    ran = dialpad("users", "list", "-vv")
    error = json.loads(ran.err.splitlines()[-1])["error"]
    assert (ran.code, error["code"], error["hint"]) == (3, "auth_failed", AGAIN)
    assert error["message"].startswith("the login of account 'main' could not be renewed: refresh_token:")
    assert [status for _, status in asked(sandbox)] == [401, 400]
    check_unseen(sandbox, ran.out, ran.err)


@pytest.mark.parametrize("soon", [True, False])
def test_a_call_that_needs_a_login_that_is_over_is_refused_in_the_outbox(
    sandbox: Sandbox, logged_in: Environ, dialpad: Callable[..., Any], soon: bool
) -> None:
    sandbox._look(lambda world: world.oauth_refreshes.remove(stored(logged_in)["refresh_token"]))
    if soon:
        age(logged_in, renew_at=0)
    sandbox.advance(3700)
    ran = dialpad("call.call", "--user-id", MARA, "--phone-number", "+15645550100")
    assert ran.code == 3, ran.err
    assert [row["state"] for row in json.loads(dialpad("outbox", "list").out)] == ["refused"]
    assert len(asked(sandbox)) == (1 if soon else 2)


def test_a_login_that_cannot_be_renewed(
    sandbox: Sandbox, logged_in: Environ, dialpad: Callable[..., Any]
) -> None:
    age(logged_in, refresh_token=None, renew_at=0)
    assert dialpad("users", "get", "me").code == 0
    sandbox.advance(3700)
    ran = dialpad("users", "get", "me")
    error = json.loads(ran.err.splitlines()[-1])["error"]
    assert (ran.code, error["hint"]) == (3, f"{AGAIN} --scope offline_access")
    assert asked(sandbox) == [(ME, 200), (ME, 401)]


def test_an_app_that_is_switched_off(sandbox: Sandbox, logged_in: Environ) -> None:
    sandbox.faults.add(operation="oauth2.token.post", status=403, message="switched off", count=1)
    with client(logged_in, 4000) as dp:
        with pytest.raises(PermissionDenied, match="switched off") as caught:
            me(dp)
        assert "ask an admin" in str(caught.value.hint)
        me(dp)
    assert asked(sandbox) == [(TOKEN, 403), *RENEWED_FIRST]


FAILING: list[dict[str, Any]] = [
    {"status": 503},
    {"reset": "before"},
    {"truncate": 5},
    {"body": "[]"},
    {"body": '{"access_token": ""}'},
]


@pytest.mark.parametrize("fault", FAILING)
def test_no_answer_means_that_nothing_was_sent(
    sandbox: Sandbox, logged_in: Environ, fault: dict[str, Any]
) -> None:
    """The text was not sent, so its outcome is known, though that of the renewal is not."""
    sandbox.faults.add(operation="oauth2.token.post", count=1, **fault)
    with client(logged_in, 4000) as dp, pytest.raises(NetworkError) as caught:
        dp.request("sms.send", {"to_numbers": ["+15645550100"], "text": "hi", "user_id": int(MARA)})
    assert "nothing else was sent" in caught.value.message
    assert caught.value.hint == f"try again, or: {AGAIN}"
    assert [path for path, _ in asked(sandbox)] == [TOKEN]
    assert stored(logged_in)["asked_at"] is not None


def test_while_the_old_token_works_a_failure_does_not_stop_anybody(
    sandbox: Sandbox, logged_in: Environ
) -> None:
    sandbox.faults.add(operation="oauth2.token.post", status=503)
    with client(logged_in, 3570) as dp:
        me(dp)
    assert asked(sandbox) == [(TOKEN, 503), (ME, 200)]


def test_an_answer_that_was_lost_costs_the_login_and_is_said(sandbox: Sandbox, logged_in: Environ) -> None:
    sandbox.faults.add(operation="oauth2.token.post", reset="after", count=1)
    with client(logged_in, 4000) as dp:
        with pytest.raises(NetworkError):
            me(dp)
        with pytest.raises(AuthenticationFailed, match="after a renewal that was cut off") as caught:
            me(dp)
    assert caught.value.hint == AGAIN


def test_a_question_that_was_lost_is_asked_again(sandbox: Sandbox, logged_in: Environ) -> None:
    sandbox.faults.add(operation="oauth2.token.post", reset="before", count=1)
    with client(logged_in, 4000) as dp:
        with pytest.raises(NetworkError):
            me(dp)
        me(dp)
    assert stored(logged_in)["asked_at"] is None


def test_too_many_requests_are_waited_for(sandbox: Sandbox, logged_in: Environ) -> None:
    sandbox.faults.add(operation="oauth2.token.post", storm="429", retry_after=0, count=2)
    with client(logged_in, 4000) as dp:
        me(dp)
    assert [status for _, status in asked(sandbox)] == [429, 429, 200, 200]


@pytest.mark.parametrize("broken", ["keys.json.new", "keys.json.lock", "login-main.lock"])
def test_a_store_that_cannot_be_written_is_found_before_the_token_is_spent(
    sandbox: Sandbox, logged_in: Environ, broken: str
) -> None:
    before = stored(logged_in)
    path = os.path.join(logged_in["DIALKIT_HOME"], broken)
    if os.path.exists(path):
        os.unlink(path)
    os.mkdir(path)
    with client(logged_in, 4000) as dp, pytest.raises(InvalidArgument, match=r"cannot (write|lock)"):
        me(dp)
    assert asked(sandbox) == []
    assert stored(logged_in) == before
    with client(logged_in, 3570) as dp:  # while the old one works, it is used
        me(dp)
    os.rmdir(path)
    with client(logged_in, 4000) as dp:
        me(dp)
    assert asked(sandbox) == [(ME, 200), *RENEWED_FIRST]


def test_a_damaged_store_is_said(logged_in: Environ, dialpad: Callable[..., Any]) -> None:
    age(logged_in, access_token=None)
    ran = dialpad("users", "get", "me")
    assert (ran.code, json.loads(ran.err)["error"]["hint"]) == (2, "dialpad auth login --oauth")


@pytest.mark.skipif(os.name == "nt", reason="sends POSIX signals")
def test_ctrl_c_waits_for_tokens_that_are_on_their_way(sandbox: Sandbox, logged_in: Environ) -> None:
    """They are spent already; not to store the new ones would end the login."""
    before = stored(logged_in)
    age(logged_in, renew_at=0)
    sandbox.faults.add(operation="oauth2.token.post", latency=2)
    with beside(
        [sys.executable, "-m", "dialkit", "users", "get", "me"],
        env=logged_in, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        until(lambda: stored(logged_in)["asked_at"] is not None)
        until(
            lambda: sandbox._look(lambda world: world.oauth_refreshes.find(before["refresh_token"])) is None
        )
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=PATIENCE)
    assert (running.returncode, "Traceback" in err) == (130, False), err
    after = stored(logged_in)
    assert (after["access_token"] != before["access_token"], after["asked_at"]) == (True, None)
    assert ME not in [path for path, _ in asked(sandbox)]


@pytest.mark.skipif(os.name == "nt", reason="sends POSIX signals")
def test_a_process_that_is_killed_lets_go_of_the_lock(sandbox: Sandbox, logged_in: Environ) -> None:
    age(logged_in, renew_at=0)
    rule = sandbox.faults.add(operation="oauth2.token.post", latency=20, status=503)
    with beside([sys.executable, "-m", "dialkit", "users", "get", "me"], env=logged_in) as running:
        until(lambda: stored(logged_in)["asked_at"] is not None)
        running.kill()
    sandbox.faults.remove(rule["id"])
    with client(logged_in) as dp:
        me(dp)
    assert stored(logged_in)["asked_at"] is None


def test_the_refresh_token_goes_to_no_other_host(sandbox: Sandbox, logged_in: Environ) -> None:
    refusal = {"error": {"code": 401, "message": "unknown key"}}
    with Recorder(json_reply(refusal, 401)) as other:
        with client(logged_in, 4000, base_url=other.url) as dp, pytest.raises(AuthenticationFailed):
            me(dp)
        assert [request.path for request in other.requests] == [ME]
    assert asked(sandbox) == []


def test_nothing_that_is_printed_shows_a_token(logged_in: Environ) -> None:
    with client(logged_in) as dp:
        key = dp.settings.key
        grant = key.grant
        assert grant is not None
        shown = f"{key!r} {grant!r} {dp!r} {dp.settings!r} {vars(dp.settings)!r}"
    for secret in grant.secrets:
        assert secret not in shown
