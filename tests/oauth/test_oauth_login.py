"""`dialpad auth login --oauth`, from the command line through a browser to the sandbox and back."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from browsing import (
    APP,
    CLIENT,
    MARA,
    ME,
    SECRET,
    TOKEN,
    Login,
    asked,
    check_unseen,
    files_of,
    register,
    secrets_of,
    stored,
    visit,
)

from beside import PATIENCE
from servers.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dialkit.sandbox import Sandbox

Environ = dict[str, str]
FLAGS = ("--no-browser", "-o", "json")


def failed(err: str) -> dict[str, Any]:
    """The JSON error at the end of stderr."""
    found: dict[str, Any] = json.loads(err.splitlines()[-1])["error"]
    return found


def test_a_user_who_agrees_is_logged_in(sandbox: Sandbox, home: Environ, dialpad: Callable[..., Any]) -> None:
    with Login(sandbox, home, *FLAGS, "--scope", "offline_access", "--scope", "calls:list") as login:
        query = {name: values[0] for name, values in parse_qs(urlsplit(login.url).query).items()}
        status, page = login.agree()
        code, out, err = login.end()
    assert code == 0, err
    assert (status, "Go back to the terminal" in page) == (200, True)
    assert query["scope"] == "offline_access calls:list"
    assert (query["code_challenge_method"], len(query["code_challenge"])) == ("S256", 43)
    assert login.uri.startswith("http://127.0.0.1:")
    told = json.loads(out)
    assert (told["account"], told["kind"], told["default"], told["stored_in"]) == (
        "main",
        "oauth",
        True,
        "file",
    )
    assert (told["name"], told["user_id"]) == ("Mara Ellison", int(MARA))
    sent = next(request.json for request in sandbox.requests if request.path == TOKEN)
    assert sent["redirect_uri"] == login.uri
    assert 43 <= len(sent["code_verifier"]) <= 128
    grant = stored(home)
    assert (grant["client_id"], grant["client_secret"], grant["whose"]) == (CLIENT, SECRET, f"user:{MARA}")
    assert grant["expires_at"] - grant["renew_at"] == 60
    assert (
        sandbox._look(lambda world: world.keys.get(grant["access_token"])["scopes"]) == query["scope"].split()
    )
    ran = dialpad("users", "get", "me", "--fields", "id")
    assert json.loads(ran.out) == {"id": MARA}
    check_unseen(sandbox, out, err, ran.out, ran.err, login.url)


def test_the_config_says_of_what_kind_it_is_and_holds_no_secret(
    sandbox: Sandbox, logged_in: Environ, dialpad: Callable[..., Any]
) -> None:
    config = os.path.join(logged_in["DIALKIT_HOME"], "config.toml")
    with open(config, encoding="utf-8") as file:
        text = file.read()
    assert 'kind = "oauth"' in text
    grant = stored(logged_in)
    for name, content in files_of(logged_in["DIALKIT_HOME"]).items():
        for secret in (grant["access_token"], grant["refresh_token"], SECRET):
            assert (secret.encode() in content) <= name.endswith("keys.json"), name
    if os.name == "posix":
        assert os.stat(os.path.join(logged_in["DIALKIT_HOME"], "keys.json")).st_mode & 0o777 == 0o600
    [row] = json.loads(dialpad("auth", "list").out)
    assert (row["account"], row["kind"], row["key"]) == ("main", "oauth", "file")
    shown = dialpad("auth", "status", "--check")
    status = json.loads(shown.out)
    assert (status["kind"], status["client_id"], status["renewed"]) == ("oauth", CLIENT, True)
    assert (status["key"], status["whose"]["user_id"]) == ("accepted", int(MARA))
    assert status["expires_at"].endswith("Z")
    check_unseen(sandbox, shown.out, shown.err)


def test_an_address_can_be_pasted_from_a_browser_elsewhere(sandbox: Sandbox, home: Environ) -> None:
    with Login(sandbox, home, *FLAGS) as login:
        there = login.led_to()
        login.type("what?\n")
        login.type("http://127.0.0.1:1/callback?code=x&state=y\n")
        login.type(f"  {there}#_=_  \n")
        code, _, err = login.end()
    assert code == 0, err
    assert err.count("that is not the address of this login") == 2
    assert stored(home)["whose"] == f"user:{MARA}"


def test_an_app_that_leads_elsewhere_is_pasted_only(sandbox: Sandbox, home: Environ, process: Any) -> None:
    there = ("--redirect-uri", "https://app.larkspur.example/oauth/callback")
    with Login(sandbox, home, *FLAGS, *there) as login:
        assert login.uri == there[1]
        login.type(login.led_to() + "\n")
        assert login.end()[0] == 0
    ran = process("auth", "login", "--oauth", "--client-id", CLIENT, *there)
    assert (ran.code, "--no-browser" in failed(ran.err)["hint"]) == (2, True)
    ran = process("auth", "login", "--oauth", "--client-id", CLIENT, *there, "--no-browser", stdin="")
    assert (ran.code, failed(ran.err)["message"]) == (3, "no address was pasted; nothing is stored")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_registered_address_is_taken_letter_for_letter(sandbox: Sandbox, home: Environ, host: str) -> None:
    with free_port() as port:
        uri = f"http://{host}:{port}/oauth/back?tenant=7"
        with Login(sandbox, home, *FLAGS, "--redirect-uri", uri) as login:
            assert login.uri == uri
            assert login.agree()[0] == 200
            assert login.end()[0] == 0


@pytest.mark.skipif(os.name == "nt", reason="BROWSER is for other systems")
def test_the_browser_is_opened(sandbox: Sandbox, home: Environ, tmp_path: Path) -> None:
    script = tmp_path / "browser.py"
    script.write_text("import sys, urllib.request\nurllib.request.urlopen(sys.argv[1]).read()\n")
    home["BROWSER"] = f"{sys.executable} {script} %s"
    home["no_proxy"] = "*"
    with free_port() as port:
        register(sandbox, f"http://127.0.0.1:{port}/callback")
        with Login(sandbox, home, "--redirect-port", str(port), "-o", "json") as login:
            code, out, err = login.end()
    assert (code, json.loads(out)["user_id"]) == (0, int(MARA)), err


def test_where_no_browser_opens_the_address_is_still_awaited(sandbox: Sandbox, home: Environ) -> None:
    home["BROWSER"] = "/nowhere/browser"
    with Login(sandbox, home) as login:
        assert login.agree()[0] == 200
        code, _, err = login.end()
    assert code == 0, err


@pytest.mark.parametrize("by_stdin", [True, False])
def test_the_secret_is_piped_or_in_the_environment(sandbox: Sandbox, home: Environ, by_stdin: bool) -> None:
    if by_stdin:
        home["DIALPAD_CLIENT_SECRET"] = "of-another-app"
    argv = ("--client-secret-stdin",) if by_stdin else ()
    with Login(sandbox, home, *FLAGS, *argv, stdin=SECRET + "\n" if by_stdin else "") as login:
        there = login.led_to()
        login.type(there + "\n")
        code, _, err = login.end()
    assert code == 0, err
    assert stored(home)["client_secret"] == SECRET
    check_unseen(sandbox, err)


def test_a_wrong_secret_is_said_and_nothing_is_stored(sandbox: Sandbox, home: Environ) -> None:
    home["DIALPAD_CLIENT_SECRET"] = "wrong-secret-of-mine"
    with Login(sandbox, home, *FLAGS) as login:
        login.agree()
        code, _, err = login.end()
    assert (code, failed(err)["code"]) == (3, "auth_failed")
    assert "wrong-secret-of-mine" not in err
    assert not os.path.exists(os.path.join(home["DIALKIT_HOME"], "keys.json"))
    assert not os.path.exists(os.path.join(home["DIALKIT_HOME"], "config.toml"))


def test_a_user_who_says_no(sandbox: Sandbox, home: Environ) -> None:
    sandbox.switch("oauth-consent", "deny")
    with Login(sandbox, home, *FLAGS) as login:
        status, page = login.agree()
        code, _, err = login.end()
    assert (status, "access_denied" in page) == (403, True)
    assert (code, failed(err)["message"]) == (3, "the app was not let in: access_denied")
    assert TOKEN not in [path for path, _ in asked(sandbox)]


def test_what_an_answer_says_is_escaped_and_on_one_line(sandbox: Sandbox, home: Environ) -> None:
    said = "error=x%3Cscript%3E&error_description=%3Cimg+src%3Dx%3E%0A%1b%5B31m"
    with Login(sandbox, home, *FLAGS) as login:
        status, _, page = visit(f"{login.uri}?{said}&state={login.state}")
        code, _, err = login.end()
    assert (status, "<script>" in page, "<img" in page) == (403, False, False)
    assert (code, len(err.splitlines()), "\x1b" in err) == (3, 4, False)


def test_what_is_no_answer_is_turned_away_and_the_login_goes_on(sandbox: Sandbox, home: Environ) -> None:
    with Login(sandbox, home, *FLAGS) as login:
        good = parse_qs(urlsplit(login.led_to()).query)
        [code], [state] = good["code"], good["state"]
        for query in (
            f"code={code}",
            f"code={code}&state=",
            f"code={code}&state={state[:-1]}",
            f"code={code}&state={state}&state={state}",
            "error=access_denied&state=other",
            f"state={state}",
            f"code=&state={state}",
            f"code=a%20b&state={state}",
            "&".join(f"n{number}=1" for number in range(30)) + f"&code={code}&state={state}",
            "state=%ff%fe",
            "",
        ):
            assert visit(f"{login.uri}?{query}")[0] == 400, query
        origin = login.uri.removesuffix("/callback")
        assert visit(f"{origin}/favicon.ico")[0] == 404
        assert visit(f"{origin}/callback/?code={code}&state={state}")[0] == 404
        assert visit(f"{login.uri}?code={code}&state={state}", "POST")[0] == 501
        assert visit(f"{login.uri}?code={code}&state={state}")[0] == 200
        ended, _, err = login.end()
    assert ended == 0, err
    assert err.count("turned away") == 1
    assert code not in err.replace(login.url, "")


RAW = {
    "garbage": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) + b"\r\n\r\n",
    "a line without end": b"GET /callback?" + b"a" * 200_000,
    "a header without end": b"GET /callback HTTP/1.1\r\nX: " + b"a" * 200_000,
    "many headers": b"GET /callback HTTP/1.1\r\n" + b"X: 1\r\n" * 5_000 + b"\r\n",
    "a huge body": b"POST /callback HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n" + b"a" * 100_000,
    "nothing": b"",
    "half a request": b"GET /callb",
}


def test_garbage_huge_and_silent_connections_do_not_hold_up_the_answer(
    sandbox: Sandbox, home: Environ
) -> None:
    with Login(sandbox, home, *FLAGS) as login:
        port = urlsplit(login.uri).port
        connections = []
        for raw in RAW.values():
            connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
            connections.append(connection)  # kept open, as browsers do
            try:
                connection.sendall(raw)
            except OSError:
                pass  # it was hung up on us, which is fine
        status, _ = login.agree()
        code, _, err = login.end()
        for connection in connections:
            connection.close()
    assert (status, code) == (200, 0), err
    assert "Traceback" not in err


def test_the_first_answer_counts(sandbox: Sandbox, home: Environ) -> None:
    """Two browsers are led back at once; one is thanked, and one token is asked for."""
    from concurrent.futures import ThreadPoolExecutor

    with Login(sandbox, home, *FLAGS) as login:
        addresses = [login.led_to() for _ in range(8)]

        def answered(address: str) -> int:
            try:
                return visit(address)[0]
            except OSError:
                return 0  # it listens no more

        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(answered, addresses))
        assert login.end()[0] == 0
    assert statuses.count(200) == 1
    assert set(statuses) <= {0, 200, 410}
    assert [path for path, _ in asked(sandbox)].count(TOKEN) == 1


def test_nobody_agrees_in_time(sandbox: Sandbox, home: Environ) -> None:
    with Login(sandbox, home, *FLAGS, "--wait", "0.3") as login:
        code, out, err = login.end()
    assert (code, out) == (3, "")
    assert failed(err)["code"] == "auth_missing"
    assert "nobody agreed within 0 s" not in err
    assert "--no-browser" in failed(err)["hint"]


@pytest.mark.skipif(os.name == "nt", reason="sends POSIX signals")
def test_ctrl_c_ends_it_without_a_word_too_many(sandbox: Sandbox, home: Environ) -> None:
    with Login(sandbox, home, *FLAGS) as login:
        login.stop(signal.SIGINT)
        code, out, err = login.end()
    assert (code, out, "Traceback" in err) == (130, "", False), err
    assert not os.path.exists(os.path.join(home["DIALKIT_HOME"], "keys.json"))


def test_a_port_that_is_taken(home: Environ, process: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = process("auth", "login", "--oauth", "--client-id", CLIENT, "--redirect-port", str(port))
    assert (ran.code, f"port {port}" in failed(ran.err)["message"]) == (2, True)
    assert "--redirect-port" in failed(ran.err)["hint"]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ((), "which app"),
        (("--client-id", "two words"), "--client-id"),
        (("--client-id", "x", "--scope", ""), "--scope"),
        (("--client-id", "x", "--redirect-port", "0"), "no port"),
        (("--client-id", "x", "--redirect-port", "http"), "no port"),
        (("--client-id", "x", "--redirect-port", "1", "--redirect-uri", "http://localhost:1/"), "the same"),
        (("--client-id", "x", "--redirect-uri", "ftp://localhost:1/"), "no address"),
        (("--client-id", "x", "--redirect-uri", "http://example.net:80/"), "not a port of this machine"),
        (("--client-id", "x", "--redirect-uri", "http://localhost/cb"), "not a port of this machine"),
        (("--client-id", "x", "--redirect-uri", "http://localhost:99999/cb"), "no address"),
        (("--client-id", "x", "--redirect-uri", "http://me@localhost:8400/cb"), "no address"),
        (("--client-id", "x", "--redirect-uri", "http://localhost:8400/cb#x"), "no address"),
        (("--client-id", "x", "--wait", "forever"), "--wait"),
        (("--client-id", "x", "--wait", "nan"), "--wait"),
        (("--client-id", "x", "--base-url", "https://dialpad.com.example.net"), "keys are not sent there"),
        (("--client-id", "x", "--client-secret-stdin"), "no client secret"),
    ],
)
def test_bad_flags_are_named(
    home: Environ, dialpad: Callable[..., Any], sandbox: Sandbox, flags: tuple[str, ...], words: str
) -> None:
    ran = dialpad("auth", "login", "--oauth", *flags)
    assert ran.code in (2, 3, 6)
    assert words in failed(ran.err)["message"]
    assert sandbox.requests == []


@pytest.mark.parametrize("flag", ["--client-secret", "--client-secret=x", "--code"])
def test_a_secret_in_the_line_is_refused_and_not_repeated(
    home: Environ, dialpad: Callable[..., Any], flag: str
) -> None:
    ran = dialpad("auth", "login", "--oauth", "--client-id", CLIENT, flag, "Vz4kR9-must-not-be-seen")
    assert (ran.code, "Vz4kR9" in ran.err) == (2, False)


def test_flags_of_oauth_go_with_oauth(home: Environ, dialpad: Callable[..., Any]) -> None:
    ran = dialpad("auth", "login", "--client-id", CLIENT, stdin="key")
    assert (ran.code, failed(ran.err)["message"]) == (2, "--client-id goes with --oauth")


def test_a_store_that_cannot_be_written_is_found_before_anybody_is_asked(
    home: Environ, process: Any, tmp_path: Path
) -> None:
    home["DIALKIT_HOME"] = str(tmp_path / "file")
    (tmp_path / "file").write_text("")
    ran = process("auth", "login", "--oauth", "--client-id", CLIENT)
    assert (ran.code, "http" in ran.err) == (2, False)


def test_a_login_without_a_refresh_token_says_when_it_ends(sandbox: Sandbox, home: Environ) -> None:
    bare = json.dumps({"access_token": sandbox.token, "token_type": "bearer", "expires_in": 3600})
    sandbox.faults.add(operation="oauth2.token.post", body=bare)
    with Login(sandbox, home, "--no-browser") as login:
        login.agree()
        code, _, err = login.end()
    assert code == 0
    assert "Dialpad gave no refresh token; ask for one: --scope offline_access" in err


@pytest.mark.parametrize(
    "answer",
    ["{}", "[]", '{"access_token":"a b"}', '{"access_token":"x","token_type":"mac"}', '{"access_token":5}'],
)
def test_an_answer_without_a_token(sandbox: Sandbox, home: Environ, answer: str) -> None:
    sandbox.faults.add(operation="oauth2.token.post", body=answer)
    with Login(sandbox, home, *FLAGS) as login:
        login.agree()
        code, _, err = login.end()
    assert (code, failed(err)["code"]) == (10, "network_error"), err
    assert "the user agreed, but there are no tokens" in err


def test_words_of_dialpad_that_repeat_a_secret_are_not_repeated(sandbox: Sandbox, home: Environ) -> None:
    sandbox.faults.add(operation="oauth2.token.post", status=400, message=f"bad client_secret {SECRET}")
    with Login(sandbox, home, *FLAGS, "-vv") as login:
        login.agree()
        code, _, err = login.end()
    assert (code, "bad client_secret ***" in err) == (3, True)
    assert SECRET not in err


def test_logging_out_forgets_and_revokes_only_when_told(
    sandbox: Sandbox, logged_in: Environ, dialpad: Callable[..., Any]
) -> None:
    ran = dialpad("auth", "logout")
    assert (ran.code, asked(sandbox)) == (0, [])
    assert "The login of account main is no longer stored" in ran.err
    assert json.loads(dialpad("auth", "list").out) == []


def test_logging_out_can_take_the_tokens_back(
    sandbox: Sandbox, logged_in: Environ, dialpad: Callable[..., Any]
) -> None:
    token = stored(logged_in)["access_token"]
    sandbox.faults.add(operation="oauth2.deauthorize.post", status=503, count=1)
    ran = dialpad("auth", "logout", "--revoke")
    assert (ran.code, failed(ran.err)["hint"]) == (
        8,
        "nothing is forgotten here; dialpad auth logout main does that, and no more",
    )
    assert stored(logged_in)["access_token"] == token
    ran = dialpad("auth", "logout", "main", "--revoke")
    assert ran.code == 0, ran.err
    assert sandbox._look(lambda world: world.keys.find(token)) is None
    assert json.loads(dialpad("auth", "list").out) == []


def test_a_key_is_not_taken_back(sandbox: Sandbox, home: Environ, dialpad: Callable[..., Any]) -> None:
    assert dialpad("auth", "login", stdin=sandbox.token).code == 0
    ran = dialpad("auth", "logout", "--revoke")
    assert (ran.code, failed(ran.err)["hint"]) == (2, "dialpad auth logout main")
    assert len(json.loads(dialpad("auth", "list").out)) == 1


def test_a_key_takes_the_place_of_a_login(
    sandbox: Sandbox, logged_in: Environ, dialpad: Callable[..., Any]
) -> None:
    assert dialpad("auth", "login", stdin=sandbox.token).code == 0
    [row] = json.loads(dialpad("auth", "list").out)
    assert row["kind"] == "key"
    assert json.loads(dialpad("users", "get", "me", "--fields", "id").out) == {"id": MARA}


def test_secrets_are_collected(sandbox: Sandbox, logged_in: Environ, dialpad: Callable[..., Any]) -> None:
    """What the tests above look for is really there."""
    assert dialpad("users", "get", "me").code == 0
    assert asked(sandbox) == [(ME, 200)]
    sandbox.advance(4000)
    assert dialpad("users", "get", "me").code == 0
    assert len(secrets_of(sandbox)) == 4
    assert sandbox._look(lambda world: world.oauth_apps.get(APP)["client_id"]) == CLIENT
