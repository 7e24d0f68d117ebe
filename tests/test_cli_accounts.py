"""Keys, accounts, settings, aliases, pins and `dialpad doctor`, from the command line to a real server."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import pytest

from beside import PATIENCE, beside
from dialkit.cli.app import App
from dialkit.cli.checks.local import without_password
from dialkit.cli.checks.network import proxy_for
from dialkit.cli.parser import Options
from dialkit.cli.session import open_client
from dialkit.errors import Refused
from dialkit.sandbox import Sandbox
from servers import Recorder, Reply, Request, foreign, json_reply, refusing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Ran

    Run = Callable[..., Ran]

KEY = "Vz4kR9-this-must-never-be-seen-8831"
OTHER = "Qm7wT2-nor-may-this-one-be-seen-5520"
COMPANY, ELSEWHERE = 5019472836150271, 5019472836150299
MARA = {"id": "5391827364501928", "display_name": "Mara Ellison", "company_id": str(COMPANY)}
ADMIN = {**MARA, "is_super_admin": True}
THEO = {**MARA, "id": "5402938475610293", "display_name": "Theo Banks", "is_super_admin": False}
NOBODY = {"error": {"code": 404, "message": "no such user"}}
ME, COMPANY_PATH = "/api/v2/users/me", "/api/v2/company"


class Service(Recorder):
    """A Dialpad that knows one key. `answers` gives status and JSON value by path; others answer ``{}``."""

    def __init__(self) -> None:
        super().__init__(self._reply)
        self.key = KEY
        self.answers: dict[str, tuple[int, Any]] = {ME: (200, ADMIN)}
        self.headers: dict[str, str] = {}

    def _reply(self, request: Request) -> Reply:
        status, value = self.answers.get(request.path, (200, {}))
        if request.header("authorization") != f"Bearer {self.key}":
            status, value = 401, {"error": {"code": 401, "message": "unknown key"}}
        return json_reply(value, status, {"Date": formatdate(usegmt=True), **self.headers})

    @property
    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [request.path for request in self.requests]


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as server:
        yield server


@pytest.fixture
def home(environ: dict[str, str]) -> str:
    """The folder of config and keys."""
    return environ["DIALKIT_HOME"]


@pytest.fixture
def run(dialpad: Run, environ: dict[str, str], service: Service) -> Run:
    """The command line against `service`, without a key in the environment; whatever it says holds no key."""
    del environ["DIALPAD_API_KEY"]
    environ["DIALPAD_BASE_URL"] = service.url

    def guarded(*argv: str, **more: Any) -> Ran:
        ran = dialpad(*argv, **more)
        assert ran.code != 1, ran.err
        check_no_key(ran, environ["DIALKIT_HOME"])
        return ran

    return guarded


def check_no_key(ran: Ran, home: str) -> None:
    """No key stands in what was printed, nor in any file but that of the keys."""
    for key in (KEY, OTHER):
        assert key not in ran.out + ran.err
        for folder, _, names in os.walk(home):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    assert (key.encode() in file.read()) <= (name == "keys.json"), name


def read(home: str, name: str) -> str:
    with open(os.path.join(home, name), encoding="utf-8") as file:
        return file.read()


def write(home: str, name: str, text: str) -> None:
    os.makedirs(home, exist_ok=True)
    with open(os.path.join(home, name), "w", encoding="utf-8") as file:
        file.write(text)


def data(ran: Ran, code: int = 0) -> Any:
    """What was shown as JSON, of a run that ended with `code`."""
    assert ran.code == code, ran.err
    return json.loads(ran.out)


def error(ran: Ran, code: int) -> dict[str, Any]:
    """The JSON error on stderr, of a run that ended with `code` and showed nothing."""
    assert (ran.code, ran.out) == (code, ""), ran.err
    found: dict[str, Any] = json.loads(ran.err.splitlines()[-1])["error"]
    return found


# auth login


def test_login_checks_the_key_then_stores_it(run: Run, service: Service, home: str) -> None:
    ran = run("auth", "login", stdin=KEY + "\n")
    assert (ran.code, ran.out) == (0, "")
    assert f"Mara Ellison (company {COMPANY}, company admin)" in ran.err
    assert os.path.join(home, "keys.json") in ran.err
    assert service.paths == [ME]
    assert json.loads(read(home, "keys.json")) == {"main": KEY}
    config = read(home, "config.toml")
    for line in (
        'account = "main"',
        'key = "file"',
        f"company_id = {COMPANY}",
        f'base_url = "{service.url}"',
    ):
        assert line in config
    if os.name == "posix":
        assert os.stat(os.path.join(home, "keys.json")).st_mode & 0o777 == 0o600


def test_a_stored_key_is_used_at_its_host_and_for_its_company(
    run: Run, service: Service, environ: dict[str, str]
) -> None:
    run("auth", "login", stdin=KEY)
    del environ["DIALPAD_BASE_URL"]
    assert run("users", "list").code == 0
    last = service.requests[-1]
    assert (last.path, last.header("dp-company-id")) == ("/api/v2/users", str(COMPANY))
    assert last.header("authorization") == f"Bearer {KEY}"


def test_login_as_json(run: Run, service: Service) -> None:
    assert data(run("auth", "login", "--account", "work", "--file", "-o", "json", stdin=KEY)) == {
        "account": "work",
        "kind": "key",
        "default": True,
        "level": "user",
        "name": "Mara Ellison",
        "user_id": 5391827364501928,
        "company_id": COMPANY,
        "company_admin": True,
        "base_url": service.url,
        "stored_in": "file",
    }


@pytest.mark.parametrize("stdin", ["\ufeff" + KEY + "\r\n", f"  {KEY}  \nsecond line\n"])
def test_login_reads_the_first_line_as_shells_write_it(run: Run, home: str, stdin: str) -> None:
    assert run("auth", "login", stdin=stdin).code == 0
    assert json.loads(read(home, "keys.json")) == {"main": KEY}


@pytest.mark.parametrize("status", [400, 404])
def test_login_with_a_key_of_the_company(run: Run, service: Service, status: int) -> None:
    service.answers |= {ME: (status, NOBODY), COMPANY_PATH: (200, {"id": str(COMPANY), "name": "Larkspur"})}
    found = data(run("auth", "login", "-o", "json", stdin=KEY))
    assert (found["level"], found["name"], found["company_id"]) == ("company", "Larkspur", COMPANY)
    assert service.paths == [ME, COMPANY_PATH]


REFUSALS: list[tuple[list[str], str, dict[str, tuple[int, Any]], int, str]] = [
    ([], OTHER, {}, 3, "auth_failed"),
    ([], "", {}, 3, "auth_missing"),
    ([], "two words", {}, 2, "invalid_argument"),
    ([], KEY * 200, {}, 2, "invalid_argument"),
    ([], KEY, {ME: (403, NOBODY)}, 3, "permission_denied"),
    ([], KEY, {ME: (200, {})}, 8, "upstream_error"),
    ([], KEY, {ME: (404, NOBODY)}, 8, "upstream_error"),
    (["--company-id", str(ELSEWHERE)], KEY, {}, 6, "refused"),
    (["--base-url", "https://dialpad.com.example.net"], KEY, {}, 6, "refused"),
    (["--account", "two words"], KEY, {}, 2, "invalid_argument"),
]


@pytest.mark.parametrize(("flags", "stdin", "answers", "code", "word"), REFUSALS)
def test_a_key_that_is_not_taken_is_not_stored(
    run: Run, service: Service, home: str, flags: list[str], stdin: str, answers: Any, code: int, word: str
) -> None:
    service.answers |= answers
    found = error(run("auth", "login", *flags, stdin=stdin), code)
    assert found["code"] == word
    assert not os.path.exists(os.path.join(home, "keys.json"))
    assert not os.path.exists(os.path.join(home, "config.toml"))


@pytest.mark.parametrize(
    "words",
    [
        [KEY],
        ["--key", KEY],
        [f"--key={KEY}"],
        [f"--file={KEY}"],
        ["--file", KEY],
        ["-o", "json", KEY],
        [f"-{KEY}"],
    ],
)
def test_a_key_in_the_line_is_refused_and_not_repeated(run: Run, service: Service, words: list[str]) -> None:
    for tty in (False, True):
        ran = run("auth", "login", *words, stdin=KEY, tty=tty)
        assert ran.code == 2
        assert "hint" in ran.err
    assert service.requests == []


@pytest.mark.parametrize(
    "words", [[KEY], ["use", KEY], ["logout", KEY], ["list", KEY], ["status", f"--{KEY}"]]
)
def test_a_key_in_the_wrong_place_is_not_repeated_either(run: Run, words: list[str]) -> None:
    assert "not repeated" in error(run("auth", *words), 2)["message"]


def test_login_sends_the_company_of_the_line(run: Run, service: Service) -> None:
    assert run("auth", "login", "--company-id", str(COMPANY), stdin=KEY).code == 0
    assert service.requests[0].header("dp-company-id") == str(COMPANY)


def test_login_says_what_keeps_the_key_from_being_used(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".dialpad.toml").write_text(f"company_id = {ELSEWHERE}\n")
    told = run("auth", "login", stdin=KEY, DIALPAD_TOKEN="another").err
    assert "DIALPAD_TOKEN is set and outranks it" in told
    assert f"pins company {ELSEWHERE}" in told


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo terminal")
def test_a_key_typed_at_a_terminal_is_not_shown(
    environ: dict[str, str], service: Service, home: str, tmp_path: Path
) -> None:
    import pty

    ours, theirs = pty.openpty()
    with beside(
        [sys.executable, "-m", "dialkit", "auth", "login"],
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, cwd=tmp_path,
        env={**environ, "DIALPAD_BASE_URL": service.url},
    ) as child:  # fmt: skip
        os.close(theirs)
        seen = b""
        while b"(not shown): " not in seen:
            seen += os.read(ours, 4096)
        os.write(ours, KEY.encode() + b"\n")
        try:
            while piece := os.read(ours, 4096):
                seen += piece
        except OSError:
            pass  # Linux says so when the other side is closed
        os.close(ours)
        assert child.wait(PATIENCE) == 0
    assert KEY.encode() not in seen
    assert b"Mara Ellison" in seen
    assert json.loads(read(home, "keys.json")) == {"main": KEY}


NO_CHILDREN = """
import sys
sys.addaudithook(lambda event, _: print(event) if event in (
    "subprocess.Popen", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system") else None)
from dialkit.cli import main
sys.exit(main(["auth", "login"]))
"""


def test_login_hands_the_key_to_no_other_program(
    environ: dict[str, str], service: Service, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", NO_CHILDREN], input=KEY, capture_output=True, text=True, cwd=tmp_path,
        env={**environ, "DIALPAD_BASE_URL": service.url}, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


# accounts


@pytest.fixture
def two(run: Run, service: Service) -> Run:
    """`run`, with the accounts ``work`` (the first, so the default) and ``home``."""
    assert run("auth", "login", "--account", "work", stdin=KEY).code == 0
    assert run("auth", "login", "--account", "home", stdin=KEY).code == 0
    return run


def test_accounts_are_listed_chosen_and_forgotten(two: Run, service: Service, home: str) -> None:
    rows = data(two("auth", "list"))
    about = {"kind": "key", "key": "file", "company_id": COMPANY, "base_url": service.url}
    assert rows == [
        {"account": "work", "default": True, **about},
        {"account": "home", "default": False, **about},
    ]
    assert two("auth", "use", "home").code == 0
    assert [row["account"] for row in data(two("auth", "list")) if row["default"]] == ["home"]
    assert two("auth", "logout").code == 0
    assert json.loads(read(home, "keys.json")) == {"work": KEY}
    assert [row["account"] for row in data(two("auth", "list"))] == ["work"]
    assert "home" not in two("config", "list").out
    assert two("auth", "logout", "work").code == 0
    assert json.loads(read(home, "keys.json")) == {}
    assert error(two("users", "list"), 3)["code"] == "auth_missing"


@pytest.mark.parametrize("verb", ["use", "logout"])
def test_an_unknown_account_is_named_with_those_there_are(two: Run, verb: str) -> None:
    found = error(two("auth", verb, "hom"), 2)
    assert "'hom'" in found["message"]
    assert found["hint"] == "did you mean home?"


def test_login_again_replaces_the_key(two: Run, service: Service, home: str) -> None:
    service.key = OTHER
    assert two("auth", "login", stdin=OTHER).code == 0
    assert json.loads(read(home, "keys.json")) == {"work": OTHER, "home": KEY}


def test_use_and_logout_say_what_outranks_them(two: Run, tmp_path: Path) -> None:
    (tmp_path / ".dialpad.toml").write_text('account = "work"\n')
    told = two("auth", "use", "home", DIALPAD_API_KEY="another").err
    assert "DIALPAD_API_KEY is set" in told
    assert "pins account work" in told
    assert "DIALPAD_API_KEY is set" in two("auth", "logout", "home", DIALPAD_API_KEY="another").err


# auth status


def test_status_says_which_key_and_why(two: Run, service: Service, tmp_path: Path, home: str) -> None:
    def chosen(*flags: str, **environ: str) -> list[Any]:
        found = data(two("auth", "status", *flags, **environ))
        return [found[name] for name in ("source", "account", "why", "company_id", "company_id_from")]

    path = os.path.join(home, "config.toml")
    default = f"{path} has account work as the default"
    assert chosen() == ["file account work", "work", default, COMPANY, "account work"]
    assert chosen("--account", "home")[:3] == ["file account home", "home", "--account names it"]
    by_variable = "DIALPAD_API_KEY/DIALPAD_TOKEN is set, which outranks stored accounts"
    environ = {"DIALPAD_API_KEY": KEY, "DIALPAD_TOKEN": OTHER}
    assert chosen(**environ) == ["DIALPAD_API_KEY", None, by_variable, None, None]
    assert chosen("--company-id", "7", **environ)[3:] == [7, "--company-id"]
    pin = tmp_path / ".dialpad.toml"
    pin.write_text(f'account = "home"\ncompany_id = {COMPANY}\n')
    assert chosen() == ["file account home", "home", f"{pin} pins account home", COMPANY, str(pin)]


def test_status_names_variables_without_their_values(run: Run, service: Service) -> None:
    found = data(run("auth", "status", DIALPAD_API_KEY=KEY))
    names = ["DIALPAD_API_KEY", "DIALPAD_BASE_URL", "DIALKIT_HOME", "DIALKIT_KEYRING"]
    assert found["environment"] == names
    assert (found["base_url"], found["base_url_from"]) == (service.url, "DIALPAD_BASE_URL")
    assert len(found["fingerprint"]) == 16
    assert service.requests == []


def test_status_check_asks(run: Run, service: Service) -> None:
    found = data(run("auth", "status", "--check", DIALPAD_API_KEY=KEY))
    assert found["key"] == "accepted"
    assert found["whose"]["name"] == "Mara Ellison"


@pytest.mark.parametrize(
    ("given", "flags", "state", "code", "word"),
    [
        ({}, [], "missing", 3, "auth_missing"),
        ({"DIALPAD_API_KEY": "two words"}, [], "unusable", 2, "invalid_argument"),
        ({"DIALPAD_API_KEY": OTHER}, ["--check"], "refused", 3, "auth_failed"),
    ],
)
def test_status_of_a_key_that_will_not_do(
    run: Run, given: dict[str, str], flags: list[str], state: str, code: int, word: str
) -> None:
    ran = run("auth", "status", *flags, **given)
    assert data(ran, code)["key"] == state
    assert json.loads(ran.err)["error"]["code"] == word


def test_status_check_without_a_connection(run: Run, environ: dict[str, str]) -> None:
    with refusing() as url:
        environ["DIALPAD_BASE_URL"] = url
        ran = run("auth", "status", "--check", "--no-wait", DIALPAD_API_KEY=KEY)
    assert data(ran, 10)["key"] == "unchecked"


# auth can

CAN: list[tuple[str, dict[str, Any], list[str], str, int, str]] = [
    ("callcenters create", ADMIN, [], "likely", 0, "Mara Ellison"),
    ("callcenters.create", THEO, [], "no", 3, "Theo Banks is none"),
    ("callcenters create", MARA, [], "unknown", 0, "whether it is one is not told"),
    ("call list", ADMIN, [], "unknown", 0, "scope calls:list"),
    ("call list", THEO, [], "no", 3, "company admin"),
    ("call list", ADMIN, ["--try"], "yes", 0, "answered 200"),
    ("users list", THEO, [], "likely", 0, "Theo Banks"),
]


@pytest.mark.parametrize(("words", "user", "flags", "verdict", "code", "why"), CAN)
def test_can(
    run: Run, service: Service, words: str, user: Any, flags: list[str], verdict: str, code: int, why: str
) -> None:
    service.answers[ME] = (200, user)
    found = data(run("auth", "can", *words.split(), *flags, DIALPAD_API_KEY=KEY), code)
    assert found["can"] == verdict
    assert why in found["why"]


def test_can_says_what_is_needed(run: Run) -> None:
    found = data(run("auth", "can", "call.list", DIALPAD_API_KEY=KEY))
    assert (found["operation"], found["effect"], found["admin"]) == ("call.list", "read", "company")
    assert found["scopes"] == ["calls:list"]
    assert "a minute" in found["limit"]


def test_can_try_asks_for_one_item_only(run: Run, service: Service) -> None:
    run("auth", "can", "calllabel.list", "--try", DIALPAD_API_KEY=KEY)
    assert [(request.method, request.target) for request in service.requests] == [
        ("GET", "/api/v2/calllabels?limit=1")
    ]


@pytest.mark.parametrize(("status", "verdict", "code"), [(403, "no", 3), (401, "no", 3), (400, "unknown", 0)])
def test_can_try_that_is_refused(run: Run, service: Service, status: int, verdict: str, code: int) -> None:
    service.answers["/api/v2/users"] = (status, {"error": {"message": "that is not for you"}})
    found = data(run("auth", "can", "users", "list", "--try", DIALPAD_API_KEY=KEY), code)
    assert found["can"] == verdict
    assert "that is not for you" in found["why"]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["sms", "send", "--try"], "does more than read"),
        (["users", "get", "--try"], "needs --id"),
        (["users", "lst"], "'users lst'"),
        (["users", "list", "now"], "'users list now'"),
        ([], "OPERATION"),
    ],
)
def test_can_of_what_cannot_be_asked(run: Run, service: Service, words: list[str], text: str) -> None:
    found = error(run("auth", "can", *words, DIALPAD_API_KEY=KEY), 2)
    assert text in found["message"]
    assert found["hint"]
    assert service.requests == []


def test_can_without_a_key_or_without_need_of_one(run: Run) -> None:
    assert data(run("auth", "can", "users", "list"), 3)["can"] == "no"
    assert data(run("auth", "can", "oauth2.token.post"))["can"] == "yes"


# config and defaults


def test_settings_are_set_shown_and_taken_away(run: Run, home: str, tmp_path: Path) -> None:
    path = os.path.join(home, "config.toml")
    assert run("config", "path").out == path + "\n"
    assert run("config", "set", "region", "us").err == "region = US\n"
    assert run("config", "set", "allow_hosts", "a.example.com,b.example.com").code == 0
    assert run("config", "set", "defaults.no-color", "true").code == 0
    assert run("config", "get", "region").out == "US\n"
    assert run("config", "get", "allow_hosts").out == "a.example.com\nb.example.com\n"
    assert run("config", "get", "defaults.no-color").out == "true\n"
    assert data(run("config", "get", "allow_hosts", "-o", "json")) == ["a.example.com", "b.example.com"]
    (tmp_path / ".dialpad.toml").write_text('region = "CA"\n')
    assert data(run("config", "list"))[:2] == [
        {"setting": "region", "value": "CA", "from": str(tmp_path / ".dialpad.toml")},
        {"setting": "region", "value": "US", "from": path},
    ]
    assert run("config", "unset", "region").code == 0
    assert "not set" in error(run("config", "get", "region"), 2)["message"]
    assert run("config", "unset", "region").err == "region was not set\n"


def test_all_settings_there_are(run: Run) -> None:
    run("config", "set", "account", "work")
    rows = {row["setting"]: row for row in data(run("config", "list", "--defaults"))}
    assert rows["account"]["value"] == "work"
    assert rows["accounts.*.base_url"]["value"] == "https://dialpad.com"
    assert rows["defaults.output"]["about"].startswith("one of json")


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (["set", "defaults.output", "xml"], 2, "one of json"),
        (["set", "defaults.otput", "json"], 2, "output"),
        (["set", "defaults.timeout", "-1"], 2, "seconds"),
        (["set", "defaults.all", "true"], 2, "output"),
        (["set", "acount", "work"], 2, "did you mean account?"),
        (["set", "accounts.main.key", KEY], 2, "dialpad auth login"),
        (["set", "accounts.main.base_url", "https://example.net"], 6, "allow_hosts"),
        (["set", "region"], 2, "--help"),
        (["st", "region", "US"], 2, "did you mean set"),
    ],
)
def test_settings_that_are_refused(run: Run, home: str, words: list[str], code: int, hint: str) -> None:
    assert hint in error(run("config", *words), code)["hint"]
    assert not os.path.exists(os.path.join(home, "config.toml"))


def test_a_default_yields_to_the_pin_and_the_pin_to_the_flag(run: Run, tmp_path: Path) -> None:
    def dry(*flags: str) -> str:
        return run("users", "list", "--dry-run", *flags, tty=True, NO_COLOR="1").out

    assert dry().startswith("dry_run")
    run("config", "set", "defaults.output", "yaml")
    assert dry().startswith("dry_run: true\n")
    (tmp_path / ".dialpad.toml").write_text('output = "json"\n')
    assert dry().startswith("{")
    assert dry("-o", "csv").startswith("dry_run,")
    assert run("alias", "list", tty=True).out == "[]\n"


def test_a_default_shapes_errors_and_not_what_login_says(run: Run) -> None:
    run("config", "set", "defaults.output", "json")
    assert json.loads(run("users", "list", tty=True).err)["error"]["code"] == "auth_missing"
    assert run("auth", "login", stdin=KEY, tty=True).out == ""


def test_other_defaults(run: Run, service: Service) -> None:
    run("config", "set", "defaults.verbose", "1")
    run("config", "set", "defaults.timeout", "7.5")
    assert f"> GET {service.url}/api/v2/users" in run("users", "list", DIALPAD_API_KEY=KEY).err


@pytest.mark.parametrize(
    "line", ['otput = "json"', 'output = "xml"', "timeout = 0", 'verbose = "yes"', "no_wait = 1"]
)
def test_a_broken_default_is_one_clear_line(run: Run, home: str, line: str) -> None:
    write(home, "config.toml", f"[defaults]\n{line}\n")
    found = error(run("users", "list", "--dry-run"), 2)
    assert line.partition(" ")[0] in found["message"]
    assert found["hint"]
    assert run("users", "list", "--help").code == 0
    assert run("config", "unset", "defaults." + line.partition(" ")[0]).code == 0
    assert run("users", "list", "--dry-run").code == 0


# alias


def test_aliases(run: Run) -> None:
    assert run("alias", "set", "support", "5610293847561029").code == 0
    assert run("alias", "set", "Mara.E", "+15035550142").code == 0
    assert "no longer for 5610293847561029" in run("alias", "set", "support", "77").err
    expected = [{"name": "support", "id": "77"}, {"name": "Mara.E", "id": "+15035550142"}]
    assert data(run("alias", "list")) == expected
    assert error(run("alias", "unset", "suport"), 2)["hint"] == "did you mean support?"
    assert run("alias", "unset", "support").code == 0
    assert data(run("alias", "list")) == expected[1:]


@pytest.mark.parametrize("name", ["me", "12345", "two words", ""])
def test_names_that_cannot_be_aliases(run: Run, name: str) -> None:
    error(run("alias", "set", name, "77"), 2)
    assert data(run("alias", "list")) == []


# the pin's company


@pytest.fixture
def pinned(run: Run, tmp_path: Path) -> Run:
    """`run` in a folder that pins the company of `KEY`, with that key in the environment."""
    (tmp_path / ".dialpad.toml").write_text(f"company_id = {COMPANY}\n")
    return lambda *argv, **more: run(*argv, **{"DIALPAD_API_KEY": KEY, **more})


def test_a_key_is_asked_once_for_its_company(pinned: Run, service: Service, home: str) -> None:
    for _ in range(3):
        assert pinned("users", "list").code == 0
    assert service.paths == [ME, *["/api/v2/users"] * 3]
    assert {request.header("dp-company-id") for request in service.requests} == {str(COMPANY)}
    if os.name == "posix":
        assert os.stat(os.path.join(home, "state", "companies.json")).st_mode & 0o777 == 0o600


def test_a_key_of_another_company_is_refused(pinned: Run, service: Service, tmp_path: Path) -> None:
    service.answers[ME] = (200, {**ADMIN, "company_id": str(ELSEWHERE)})
    for words in (
        ["users", "list"],
        ["sms", "send", "--user-id", "1", "--text", "hi", "--to-numbers", "+14155550123"],
    ):
        found = error(pinned(*words), 6)
        for part in (str(COMPANY), str(ELSEWHERE), str(tmp_path / ".dialpad.toml"), "DIALPAD_API_KEY"):
            assert part in found["message"]
    assert service.paths == [ME, ME]


def test_a_client_of_another_company_stays_refused(
    pinned: Run, service: Service, environ: dict[str, str], tmp_path: Path
) -> None:
    service.answers[ME] = (200, {**ADMIN, "company_id": str(ELSEWHERE)})
    streams = {"stdin": io.StringIO(), "stdout": io.StringIO(), "stderr": io.StringIO()}
    app = App([], environ={**environ, "DIALPAD_API_KEY": KEY}, cwd=str(tmp_path), **streams)
    with open_client(app, Options()) as client:
        for _ in range(2):
            with pytest.raises(Refused, match=str(ELSEWHERE)):
                client.request("users.list")
    assert service.paths == [ME, ME]


def test_a_key_that_names_no_company_is_refused(pinned: Run, service: Service) -> None:
    service.answers[ME] = (200, {"id": "7"})
    assert "company unknown" in error(pinned("users", "list"), 6)["message"]


def test_a_key_of_the_company_itself(pinned: Run, service: Service) -> None:
    service.answers |= {ME: (404, NOBODY), COMPANY_PATH: (200, {"id": COMPANY, "name": "Larkspur"})}
    assert pinned("users", "list").code == 0
    assert service.paths == [ME, COMPANY_PATH, "/api/v2/users"]


def test_a_key_of_several_companies_is_good_in_each(pinned: Run, service: Service, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / ".dialpad.toml").write_text(f"company_id = {ELSEWHERE}\n")
    assert pinned("users", "list").code == 0
    service.answers[ME] = (200, {**ADMIN, "company_id": str(ELSEWHERE)})
    for _ in range(2):
        assert pinned("users", "list", cwd=str(tmp_path / "other")).code == 0
        assert pinned("users", "list").code == 0
    assert service.paths.count(ME) == 2


@pytest.mark.parametrize("flag", ["--dry-run", "--curl", "--help"])
def test_the_company_is_not_asked_where_nothing_is_sent(pinned: Run, service: Service, flag: str) -> None:
    assert pinned("users", "list", flag).code == 0
    assert service.requests == []


def test_the_company_is_not_asked_where_it_is_known_or_chosen(
    pinned: Run, run: Run, service: Service
) -> None:
    assert run("auth", "login", stdin=KEY).code == 0
    service.answers[ME] = (200, {**ADMIN, "company_id": str(ELSEWHERE)})
    assert run("users", "list").code == 0
    assert pinned("users", "list", "--company-id", "7").code == 0
    assert service.paths == [ME, "/api/v2/users", "/api/v2/users"]


@pytest.mark.parametrize("text", ["{", "[]", "\x00"])
def test_a_damaged_memory_costs_a_question(pinned: Run, service: Service, home: str, text: str) -> None:
    write(os.path.join(home, "state"), "companies.json", text)
    for _ in range(2):
        assert pinned("users", "list").code == 0
    assert service.paths == [ME, "/api/v2/users", "/api/v2/users"]


# doctor


def checks(ran: Ran, code: int = 0) -> dict[str, dict[str, Any]]:
    """The rows of `dialpad doctor` by the name of the check."""
    return {row["check"]: row for row in data(ran, code)}


def test_doctor_where_all_is_well(run: Run, service: Service, home: str) -> None:
    rows = checks(run("doctor", DIALPAD_API_KEY=KEY))
    assert {name: row["status"] for name, row in rows.items() if row["status"] != "ok"} == {}
    assert "Mara Ellison" in rows["key accepted"]["detail"]
    assert "DIALPAD_API_KEY" in rows["key"]["detail"]
    assert service.url in rows["HTTP"]["detail"]
    assert service.paths == [ME, ME]
    assert service.requests[0].header("authorization") is None
    # On a terminal: a line each, as they come; what has no room goes on below.
    told = run("doctor", tty=True, DIALPAD_API_KEY=KEY, LANG="en_US.UTF-8", COLUMNS="80").out.splitlines()
    assert [line[:14].rstrip() for line in told if line[0] != " "] == [f"ok    {name}"[:14] for name in rows]


def test_doctor_offline_opens_no_socket(run: Run, service: Service) -> None:
    rows = checks(run("doctor", "--offline", DIALPAD_API_KEY=KEY))
    assert "DNS" not in rows
    assert service.connections == 0


def test_doctor_without_a_key(run: Run, service: Service) -> None:
    rows = checks(run("doctor"), 3)
    assert (rows["key"]["status"], rows["HTTP"]["status"]) == ("fail", "ok")
    assert "dialpad auth login" in rows["key"]["fix"]
    assert "not tested" in rows["key accepted"]["detail"]


@pytest.mark.parametrize(
    ("key", "check", "status", "code"),
    [
        (OTHER, "key accepted", "fail", 3),
        ("two words", "key", "fail", 3),
        ('"' + KEY + '"', "key format", "warn", 3),
        ("$DIALPAD_API_KEY", "key format", "warn", 3),
        ("short", "key format", "warn", 3),
    ],
)
def test_doctor_and_a_bad_key(run: Run, key: str, check: str, status: str, code: int) -> None:
    row = checks(run("doctor", DIALPAD_API_KEY=key), code)[check]
    assert row["status"] == status
    assert row["fix"]


def test_doctor_without_a_connection(run: Run) -> None:
    with refusing() as url:
        rows = checks(run("doctor", "--base-url", url, DIALPAD_API_KEY=KEY), 10)
    assert rows["DNS"]["status"] == "ok"
    assert rows["connection"]["status"] == "fail"
    assert "not tested" in rows["key accepted"]["detail"]


def test_doctor_and_a_host_without_a_name(run: Run, environ: dict[str, str]) -> None:
    run("config", "set", "allow_hosts", "no-such-host.invalid")
    environ["DIALPAD_BASE_URL"] = "https://no-such-host.invalid"
    rows = checks(run("doctor", DIALPAD_API_KEY=KEY), 10)
    assert [rows[name]["status"] for name in ("DNS", "connection", "TLS", "HTTP", "clock")] == [
        "fail",
        *["warn"] * 4,
    ]


def test_doctor_and_a_host_that_speaks_no_tls(run: Run, environ: dict[str, str]) -> None:
    with TalksFirst() as server:
        environ["DIALPAD_BASE_URL"] = f"https://127.0.0.1:{server.port}"
        rows = checks(run("doctor", DIALPAD_API_KEY=KEY), 10)
    assert rows["connection"]["status"] == "ok"
    assert rows["TLS"]["status"] == "fail"
    assert not server.authorized


class TalksFirst(Recorder):
    """What is no TLS server: it greets, as a mail server does."""

    def serve(self, connection: Any) -> None:
        connection.send(b"220 mail.example ESMTP\r\n")


def test_doctor_does_not_ask_a_foreign_host(run: Run, environ: dict[str, str]) -> None:
    with foreign() as server:
        environ["DIALPAD_BASE_URL"] = f"http://dialpad.example:{server.port}"
        rows = checks(run("doctor", DIALPAD_API_KEY=KEY), 6)
        assert server.requests == []
    assert rows["base URL"]["status"] == "fail"
    assert "not tested" in rows["HTTP"]["detail"]


def test_doctor_and_another_company_than_the_pinned(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".dialpad.toml").write_text(f"company_id = {ELSEWHERE}\n")
    row = checks(run("doctor", DIALPAD_API_KEY=KEY), 6)["key accepted"]
    assert str(ELSEWHERE) in row["detail"]


def test_doctor_and_a_wrong_clock(run: Run, service: Service) -> None:
    service.headers["Date"] = formatdate(time.time() - 3600, usegmt=True)
    row = checks(run("doctor", DIALPAD_API_KEY=KEY))["clock"]
    assert (row["status"], "ahead of" in row["detail"]) == ("warn", True)
    service.headers["Date"] = "yesterday"
    assert "not tested" in checks(run("doctor", DIALPAD_API_KEY=KEY))["clock"]["detail"]


def test_doctor_and_the_clock_of_a_sandbox(run: Run, environ: dict[str, str]) -> None:
    with Sandbox(limits=False) as sandbox:
        environ["DIALPAD_BASE_URL"] = sandbox.url
        assert checks(run("doctor", DIALPAD_API_KEY=sandbox.token))["clock"]["status"] == "ok"
        sandbox.advance("3h")
        row = checks(run("doctor", DIALPAD_API_KEY=sandbox.token))["clock"]
    assert row["status"] == "warn"
    assert "behind" in row["detail"]
    assert "dialpad sandbox clock" in json.dumps(row)


def test_doctor_and_an_answer_that_is_no_api(run: Run, service: Service) -> None:
    service.headers["Content-Type"] = "text/html"
    row = checks(run("doctor", DIALPAD_API_KEY=KEY))["HTTP"]
    assert (row["status"], "login page" in row["fix"]) == ("warn", True)


def test_doctor_and_a_broken_config(run: Run, home: str) -> None:
    write(home, "config.toml", "account = \n")
    rows = checks(run("doctor", DIALPAD_API_KEY=KEY), 2)
    assert rows["config"]["status"] == "fail"
    assert rows["key"]["detail"] == "not tested: the config cannot be read"
    write(home, "config.toml", '[defaults]\noutput = "xml"\n')
    assert checks(run("doctor", DIALPAD_API_KEY=KEY), 2)["config"]["status"] == "fail"


def test_doctor_and_a_state_folder_that_cannot_be_written(run: Run, home: str) -> None:
    write(home, "state", "a file where a folder should be")
    rows = checks(run("doctor", "--offline", DIALPAD_API_KEY=KEY), 2)
    assert rows["state folder"]["status"] == "fail"
    assert rows["limiter"]["status"] == "warn"


def test_doctor_and_a_damaged_limiter(run: Run, home: str) -> None:
    write(os.path.join(home, "state"), "limits.db", "this is no database, " * 100)
    row = checks(run("doctor", "--offline", DIALPAD_API_KEY=KEY))["limiter"]
    assert row["status"] == "ok"  # it was put aside and begun anew
    assert os.path.exists(os.path.join(home, "state", "limits.db.damaged"))


def test_doctor_names_proxies_without_passwords(run: Run) -> None:
    proxies = {"HTTPS_PROXY": "http://mara:hush@proxy.example:3128", "no_proxy": "example.org"}
    detail = checks(run("doctor", "--offline", DIALPAD_API_KEY=KEY, **proxies))["proxies"]["detail"]
    assert detail == "HTTPS_PROXY=http://***@proxy.example:3128, no_proxy=example.org"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://proxy.example:3128", "http://proxy.example:3128"),
        ("mara:hush@proxy.example", "***@proxy.example"),
        ("socks5h://a:b/c@d@proxy.example/hush", "socks5h://***@proxy.example"),
    ],
)
def test_what_is_shown_of_a_proxy(url: str, shown: str) -> None:
    assert without_password(url) == shown


@pytest.mark.parametrize(
    ("base_url", "environ", "proxy"),
    [
        ("https://dialpad.com", {}, None),
        ("https://dialpad.com", {"HTTP_PROXY": "http://p"}, None),
        ("https://dialpad.com", {"https_proxy": "http://p"}, "http://p"),
        ("https://dialpad.com", {"ALL_PROXY": "http://q", "HTTPS_PROXY": "http://p"}, "http://p"),
        ("https://dialpad.com", {"ALL_PROXY": "http://q", "NO_PROXY": "other.com,.dialpad.com"}, None),
        ("https://dialpad.com:8443", {"ALL_PROXY": "http://q", "NO_PROXY": "*"}, None),
        ("https://dialpad.com", {"ALL_PROXY": "http://q", "NO_PROXY": "pad.com"}, "http://q"),
        ("http://127.0.0.1:1", {"ALL_PROXY": "http://q", "HTTP_PROXY": "http://p"}, None),
    ],
)
def test_which_proxy_is_gone_through(base_url: str, environ: dict[str, str], proxy: str | None) -> None:
    assert proxy_for(base_url, environ) == proxy


# help, wrong words, and whole processes


@pytest.mark.parametrize("command", ["auth", "config", "alias", "doctor"])
@pytest.mark.parametrize("words", [["--help"], ["-h"], ["list", "--help"]])
def test_help(run: Run, home: str, command: str, words: list[str]) -> None:
    write(home, "config.toml", "broken")
    ran = run(command, *words)
    assert (ran.code, ran.err) == (0, "")
    assert f"usage: dialpad {command} " in ran.out
    if command != "auth" or words[0] != "list":  # a page of its own, which needs none
        assert ran.out.partition("Examples:\n")[2].count("  dialpad ") >= 2


def test_a_subcommand_is_asked_for(run: Run) -> None:
    assert run("auth").out == run("auth", "--help").out
    assert error(run("auth", "logn"), 2)["hint"] == "did you mean login?"
    assert "login, logout" in error(run("auth", "--check"), 2)["hint"]
    assert error(run("auth", "list", "--feilds", "key"), 2)["hint"].startswith("did you mean --fields")
    assert "'more'" in error(run("auth", "list", "more"), 2)["message"]
    assert error(run("auth", "list", "--fields"), 2)["hint"].startswith("--fields NAME")


def test_options_may_stand_before_and_data_is_shown_as_asked(two: Run) -> None:
    assert two("-o", "csv", "auth", "list", "--fields", "account,default").out == (
        "account,default\nwork,true\nhome,false\n"
    )
    assert two("auth", "list", "--jq", ".[].account").out.split() == ["work", "home"]


def test_whole_processes(process: Run, environ: dict[str, str], service: Service, home: str) -> None:
    del environ["DIALPAD_API_KEY"]
    environ["DIALPAD_BASE_URL"] = service.url
    for words, stdin, code in (
        (["auth", "login"], OTHER, 3),
        (["auth", "login"], KEY + "\n", 0),
        (["auth", "status", "--check"], "", 0),
        (["users", "list", "-vv"], "", 0),
        (["doctor"], "", 0),
        (["auth", "logout"], "", 0),
        (["doctor"], "", 3),
    ):
        ran = process(*words, stdin=stdin)
        assert ran.code == code, ran.err
        assert "Traceback" not in ran.err
        check_no_key(ran, home)
