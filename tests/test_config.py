"""Settings, pins and base URLs: what is read, what is refused, and that writing harms nothing."""

from __future__ import annotations

import itertools
import os
import stat
import subprocess
import sys
import tomllib
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyreqwest.http import Url

from beside import PATIENCE, beside
from dialkit.config import Config, check_base_url, config_dir, config_file, make_private, state_dir
from dialkit.config.hosts import is_host
from dialkit.config.table import SETTINGS, find, is_name, leaves
from dialkit.errors import InvalidArgument, Refused

posix = pytest.mark.skipif(os.name != "posix", reason="file modes")

FULL = """\
# my own settings
account = "main"        # the usual one
region = "US"
allow_hosts = ["dialpad.internal.example", "10.0.0.5:8443"]

[accounts.main]
# the firm's
key = "keyring"
company_id = 5019472836150271
base_url = "https://dialpad.com"

[accounts."my.firm"]
key = "env:FIRM_KEY"

[profiles.work]
from = "+15035550142"

[aliases]
policy_123 = "5600000000000001"

[defaults]
output = "json"
timeout = 30
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def environ(home: Path) -> dict[str, str]:
    return {"DIALKIT_HOME": str(home / "dialkit"), "HOME": str(home), "USERPROFILE": str(home)}


def write(environ: dict[str, str], text: str) -> Path:
    path = Path(config_file(environ))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def pin(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / ".dialpad.toml"
    path.write_text(text, encoding="utf-8")
    return path


# Where things are


def test_home_variable_moves_everything(tmp_path: Path) -> None:
    environ = {"DIALKIT_HOME": str(tmp_path), "XDG_CONFIG_HOME": "/elsewhere"}
    assert config_dir(environ) == str(tmp_path)
    assert config_file(environ) == str(tmp_path / "config.toml")
    assert state_dir(environ) == str(tmp_path / "state")


@pytest.mark.skipif(sys.platform != "linux", reason="XDG")
@pytest.mark.parametrize("base", [None, "", "relative/path", "/xdg"])
def test_linux_folders_are_those_of_platformdirs(base: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    environ = {"HOME": "/home/someone"}
    if base is not None:
        environ |= {"XDG_CONFIG_HOME": base, "XDG_STATE_HOME": base}
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert config_dir(environ) == platformdirs.user_config_dir("dialkit")
    assert state_dir(environ) == platformdirs.user_state_dir("dialkit")


@posix
def test_folders_are_created_private(tmp_path: Path) -> None:
    make_private(str(tmp_path / "a" / "b"))
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700
    (tmp_path / "open").mkdir(mode=0o755)
    make_private(str(tmp_path / "open"))
    assert stat.S_IMODE((tmp_path / "open").stat().st_mode) == 0o755
    (tmp_path / "file").touch()
    with pytest.raises(InvalidArgument, match="cannot create the folder"):
        make_private(str(tmp_path / "file" / "under"))


def test_loading_imports_nothing(home: Path) -> None:
    """The budget of every command: without a config file only this package itself is loaded."""
    code = """if True:
        import os, sys
        import dialkit.errors
        before = set(sys.modules)
        from dialkit.config import Config, find_key
        environ = {"HOME": sys.argv[1], "USERPROFILE": sys.argv[1], "DIALKIT_HOME": sys.argv[1],
                   "DIALPAD_API_KEY": "abc", "DIALPAD_BASE_URL": "http://127.0.0.1:8080"}
        config = Config.load(environ, os.getcwd())
        key = find_key(config)
        config.base_url(key.account), config.company_id(key.account), config.region, config.defaults
        print(*sorted(set(sys.modules) - before))
    """
    done = subprocess.run(
        [sys.executable, "-c", code, str(home)], capture_output=True, text=True, check=True, cwd=home
    )
    loaded = done.stdout.split()
    assert [name for name in loaded if not name.startswith("dialkit.config")] == []
    assert not {"dialkit.config.table", "dialkit.config.keystore"} & set(loaded)


# Reading


def test_nothing_there_is_an_empty_config(environ: dict[str, str], home: Path) -> None:
    config = Config.load(environ, str(home))
    assert config.items() == []
    assert config.account() == "main"
    assert config.region is None
    assert config.allow_hosts == []
    assert config.defaults == {}
    assert config.accounts == {}
    assert config.company_id("main") is None
    assert config.base_url("main") == "https://dialpad.com"
    assert not Path(config.path).parent.exists(), "reading must not create anything"


def test_everything_is_read(environ: dict[str, str]) -> None:
    write(environ, FULL)
    config = Config.load(environ)
    assert config.account() == "main"
    assert config.region == "US"
    assert config.allow_hosts == ["dialpad.internal.example", "10.0.0.5:8443"]
    assert config.accounts["my.firm"] == {"key": "env:FIRM_KEY"}
    assert config.company_id("main") == 5019472836150271
    assert config.profile("work") == {"from": "+15035550142"}
    assert config.alias("policy_123") == "5600000000000001"
    assert config.alias("123") is None
    assert config.defaults == {"output": "json", "timeout": 30}
    assert config.get("accounts.my.firm.key") == "env:FIRM_KEY"
    assert [name for name, _ in config.items()][:3] == ["account", "region", "allow_hosts"]


def test_windows_editors(environ: dict[str, str]) -> None:
    write(environ, '\ufeffregion = "ca"\r\n[defaults]\r\noutput = "json"\r\n')
    config = Config.load(environ)
    assert config.region == "CA"
    config.set("defaults.output", "csv")
    assert Config.load(environ).defaults == {"output": "csv"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("acount = 'main'", ["there is no setting 'acount'", "did you mean account?"]),
        (
            "allow = ['+1']",
            ["there is no setting 'allow'", "did you mean allow_destinations or allow_hosts?"],
        ),
        ("[accounts.main]\nkye = 'file'", ["'accounts.main.kye'", "did you mean accounts.main.key?"]),
        ("[profile.work]\nfrom = '+15035550142'", ["'profile'", "did you mean profiles?"]),
        ("zzzzzz = 1", ["'zzzzzz'", "dialpad config list"]),
        ("account = 5", ["account must be a name", "not 5"]),
        ("account = '123'", ["digits only", "'123'"]),
        ("region = 'USA'", ["region must be a country", "'USA'"]),
        ("allow_hosts = 'a.example'", ["allow_hosts must be a list", "'a.example'"]),
        ("allow_hosts = ['*.example']", ["allow_hosts must be a list", "*.example"]),
        ("accounts = []", ["accounts must be a table", "[accounts]"]),
        ("accounts.main = 3", ["accounts.main must be a table", "[accounts.main]"]),
        ("[accounts.'a b']\nkey = 'file'", ["'a b'", "must be a name"]),
        ("[accounts.main]\ncompany_id = '501'", ["company_id must be a company id", "'501'"]),
        ("[accounts.main]\ncompany_id = true", ["company_id must be a company id", "True"]),
        ("[accounts.main]\ncompany_id = 0x" + "f" * 9000, ["company_id", "a number of that size"]),
        ("[profiles.work]\nfrom = '5035550142'", ["E.164", "'5035550142'"]),
        ("[aliases]\n12 = '5'", ["'12'", "digits only"]),
        ("[aliases]\na.b = '5'", ["aliases.a must be text", "a table"]),
        ("[aliases]\na = 'x\\u001b[31m'", []),  # fine: a literal string
        ('[aliases]\na = "x\\u001b[31m"', ["aliases.a must be text", r"\x1b[31m"]),
        ('"a\\u001b[31m" = 1', [r"'a\x1b[31m'"]),
        ("[defaults]\nx = nan", ["defaults.x must be text, a number", "nan"]),
        ("[defaults]\nx = inf", ["defaults.x"]),
        ("[defaults]\nx = 2020-01-01", ["defaults.x"]),
        ("region = \nx = 1", ["not valid TOML", "line 1, column 10"]),
        ("x = " + "[" * 5000, ["not valid TOML"]),
        ("x = " + "9" * 5000, ["not valid TOML"]),
        ("# \xe9" + "x" * (1 << 20), ["larger than 1048576 bytes"]),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_faults_are_one_clear_line(environ: dict[str, str], text: str, words: list[str]) -> None:
    path = write(environ, text)
    if not words:
        Config.load(environ)
        return
    with pytest.raises(InvalidArgument) as caught:
        Config.load(environ)
    said = f"{caught.value.message} {caught.value.hint}"
    assert str(path) in said
    assert said.isprintable(), "one line, and nothing a terminal obeys"
    for word in words:
        assert word in said
    assert len(said) < 500 + len(str(path))


def test_not_utf8_and_not_a_file(environ: dict[str, str]) -> None:
    path = write(environ, "")
    path.write_bytes(b"region = '\xff'")
    with pytest.raises(InvalidArgument, match=r"not UTF-8 \(byte 10\)"):
        Config.load(environ)
    path.unlink()
    path.mkdir()
    with pytest.raises(InvalidArgument, match="is not a file"):
        Config.load(environ)


@posix
def test_a_pipe_does_not_hang(environ: dict[str, str], home: Path) -> None:
    os.mkfifo(home / ".dialpad.toml")
    with pytest.raises(InvalidArgument, match="is not a file"):
        Config.load(environ, str(home))


def test_environment_is_not_shown(environ: dict[str, str]) -> None:
    environ["DIALPAD_API_KEY"] = "verysecretvalue"
    assert "verysecretvalue" not in repr(Config.load(environ))


def test_unknown_profile(environ: dict[str, str]) -> None:
    write(environ, FULL)
    with pytest.raises(InvalidArgument, match="no profile 'wrok'") as caught:
        Config.load(environ).profile("wrok")
    assert caught.value.hint == "did you mean work?"


# The table


@pytest.mark.parametrize(
    ("dotted", "path"),
    [
        ("region", ("region",)),
        ("accounts.main.key", ("accounts", "main", "key")),
        ("accounts.my.firm.key", ("accounts", "my.firm", "key")),
        ("accounts.key.key", ("accounts", "key", "key")),
        ("aliases.a.b", ("aliases", "a.b")),
        ("defaults.output", ("defaults", "output")),
    ],
)
def test_dotted_names(dotted: str, path: tuple[str, ...]) -> None:
    assert find(dotted)[1] == path


@pytest.mark.parametrize(
    "dotted",
    ["", ".", "accounts", "accounts.main", "accounts..key", "aliases.", "aliases.1", "region.x", "x"],
)
def test_names_that_are_none(dotted: str) -> None:
    with pytest.raises(InvalidArgument):
        find(dotted)


def test_every_setting_says_what_it_is() -> None:
    for form, setting in SETTINGS.items():
        assert setting.about, form
        assert setting.kind.wants, form


# Writing


def test_writing_keeps_comments_and_order(environ: dict[str, str]) -> None:
    path = write(environ, FULL)
    config = Config.load(environ)
    assert config.set("accounts.main.company_id", "12") == 12
    assert config.set("defaults.timeout", "2.5") == 2.5
    assert config.get("defaults.timeout") == 2.5
    expected = FULL.replace("5019472836150271", "12").replace("timeout = 30", "timeout = 2.5")
    assert path.read_text() == expected
    assert config.unset("aliases.policy_123") is True
    assert config.unset("aliases.policy_123") is False
    assert path.read_text() == expected.replace('policy_123 = "5600000000000001"\n', "")
    assert config.get("aliases.policy_123") is None
    config.set("defaults.timeout", "1")
    config.set("defaults.timeout", "true")
    assert "timeout = true" in path.read_text(), "1 and true are equal in Python, and two things here"


@pytest.mark.parametrize(
    "start", ["", FULL, "accounts = {main = {key = 'file'}}\n", "accounts.main.key = 'file'\n"]
)
def test_every_setting_can_be_set_and_unset(environ: dict[str, str], start: str) -> None:
    path = write(environ, start)
    texts = {
        "account": ("my.firm", "my.firm"),
        "region": ("gb", "GB"),
        "allow_hosts": ("a.example, b.example:8443", ["a.example", "b.example:8443"]),
        "accounts.new.one.key": ("env:MY_KEY", "env:MY_KEY"),
        "accounts.new.one.company_id": ("501", 501),
        "accounts.new.one.base_url": ("HTTPS://A.example/", "https://a.example"),
        "profiles.home.from": ("+447700900123", "+447700900123"),
        "aliases.a.b": ('say "hi" \\', 'say "hi" \\'),
        "defaults.no_wait": ("true", True),
        "defaults.jq": (".[0]", ".[0]"),
        "defaults.max_items": ("0100", "0100"),
    }
    before = dict(Config.load(environ).items())
    config = Config.load(environ)
    for name, (text, value) in texts.items():
        assert config.set(name, text) == value
    expected = before | {name: value for name, (_, value) in texts.items()}
    assert dict(config.items()) == expected
    assert dict(Config.load(environ).items()) == expected
    for name in texts:
        assert config.unset(name)
    assert dict(Config.load(environ).items()) == {k: v for k, v in before.items() if k not in texts}
    assert tomllib.loads(path.read_text()) is not None


def test_tables_out_of_order(environ: dict[str, str]) -> None:
    write(environ, "[accounts.a]\nkey='file'\n[aliases]\nx='1'\n[accounts.b]\nkey='file'\n")
    config = Config.load(environ)
    config.set("accounts.a.company_id", "7")
    config.set("accounts.b.company_id", "8")
    config.set("accounts.c.company_id", "9")
    assert {name: table.get("company_id") for name, table in Config.load(environ).accounts.items()} == {
        "a": 7,
        "b": 8,
        "c": 9,
    }


@pytest.mark.parametrize(
    ("dotted", "text"),
    [
        ("accounts.main.company_id", "many"),
        ("accounts.main.company_id", "9" * 5000),
        ("region", "Germany"),
        ("account", ""),
        ("profiles.work.from", "911"),
        ("allow_hosts", "http://a.example"),
        ("aliases.77", "5"),
        ("aliases.x", "a\nb"),
        ("no.such", "1"),
    ],
)
def test_what_cannot_be_set(environ: dict[str, str], dotted: str, text: str) -> None:
    path = write(environ, FULL)
    with pytest.raises(InvalidArgument):
        Config.load(environ).set(dotted, text)
    assert path.read_text() == FULL


def test_a_key_is_not_a_setting(environ: dict[str, str]) -> None:
    secret = "Zq8vTn3kWx5rYb7mJh2p"
    with pytest.raises(InvalidArgument) as caught:
        Config.load(environ).set("accounts.main.key", secret)
    assert caught.value.hint == "dialpad auth login"
    assert secret not in repr(caught.value)
    write(environ, f"[accounts.main]\nkey = '{secret}'")
    with pytest.raises(InvalidArgument, match="never the key itself") as caught:
        Config.load(environ)
    assert secret not in repr(caught.value)
    write(environ, f"[accounts.main]\napi_key = '{secret}'")
    with pytest.raises(InvalidArgument, match="api_key") as caught:
        Config.load(environ)
    assert secret not in repr(caught.value)


def test_a_base_url_is_checked_when_set_and_when_used(environ: dict[str, str]) -> None:
    config = Config.load(environ)
    with pytest.raises(Refused, match=r"accounts\.main\.base_url names 'evil\.example'"):
        config.set("accounts.main.base_url", "https://evil.example")
    assert not Path(config.path).exists()
    write(environ, "[accounts.main]\nbase_url = 'https://evil.example'")
    with pytest.raises(Refused, match=r"evil\.example"):
        Config.load(environ).base_url("main")
    config = Config.load(environ)
    config.set("allow_hosts", "evil.example")
    assert config.base_url("main") == "https://evil.example"


@posix
def test_the_file_is_private_and_a_link_stays(environ: dict[str, str], tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text("# kept\n")
    path = Path(config_file(environ))
    path.parent.mkdir()
    path.symlink_to(real)
    Config.load(environ).set("region", "US")
    assert path.is_symlink()
    assert real.read_text() == '# kept\nregion = "US"\n'
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert sorted(os.listdir(tmp_path)) == ["dotfiles.toml", "dotfiles.toml.lock", "home"]


@posix
def test_a_failed_write_leaves_the_old_file(environ: dict[str, str]) -> None:
    import resource

    path = write(environ, FULL)
    config = Config.load(environ)
    config.set("region", "CA")
    before = path.read_text()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(
        resource.RLIMIT_FSIZE, (64, hard)
    )  # as on a full disk: a part is written, then it fails
    try:
        with pytest.raises(InvalidArgument, match=r"cannot write .*config\.toml"):
            config.set("region", "GB")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_text() == before
    assert sorted(os.listdir(path.parent)) == ["config.toml", "config.toml.lock"]


def test_a_leftover_of_a_killed_writer_does_no_harm(environ: dict[str, str]) -> None:
    path = write(environ, FULL)
    Path(f"{path}.new").write_text("half a fi")
    Path(f"{path}.lock").touch()
    Config.load(environ).set("region", "GB")
    assert path.read_text() == FULL.replace('"US"', '"GB"')


def test_many_writers_lose_nothing(environ: dict[str, str]) -> None:
    """Processes that all loaded the same old file, and write at once."""
    path = write(environ, FULL)
    code = """if True:
        import sys
        from dialkit.config import Config
        config = Config.load({"DIALKIT_HOME": sys.argv[1]})
        print(flush=True)
        sys.stdin.readline()
        for turn in range(5):
            config.set(f"aliases.w{sys.argv[2]}-{turn}", f"value {turn}")
    """
    command = [sys.executable, "-c", code, environ["DIALKIT_HOME"]]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with ExitStack() as stack:
        writers = [stack.enter_context(beside([*command, str(number)], **pipes)) for number in range(4)]
        for writer in writers:
            writer.stdout.readline()  # ready
        for writer in writers:
            writer.stdin.write("\n")  # go, all of them
            writer.stdin.flush()
        for writer in writers:
            writer.communicate(timeout=PATIENCE)
            assert writer.returncode == 0
    config = Config.load(environ)
    assert [config.alias(f"w{number}-{turn}") for number in range(4) for turn in range(5)] == [
        f"value {turn}" for _ in range(4) for turn in range(5)
    ]
    assert path.read_text().startswith("# my own settings\n")


# Pins


def test_a_pin_is_found_upward_and_outranks_the_file(environ: dict[str, str], home: Path) -> None:
    write(environ, FULL)
    path = pin(
        home / "work",
        "account = 'my.firm'\nregion = 'ca'\noutput = 'csv'\nprofile = 'work'\ncompany_id = 77\n",
    )
    deep = home / "work" / "a" / "b"
    deep.mkdir(parents=True)
    config = Config.load(environ, str(deep))
    assert config.pin.path == str(path)
    assert config.account() == "my.firm"
    assert config.account("main") == "main"
    assert config.region == "CA"
    assert config.defaults == {"output": "csv", "profile": "work", "timeout": 30}
    assert config.company_id("my.firm") == 77
    assert config.company_id(None) == 77
    assert config.get("region") == "US", "the file itself is asked by get"
    with pytest.raises(Refused, match=r"pins company 77, and account 'main' is of company 5019472836150271"):
        config.company_id("main")


def test_the_nearest_pin_counts_alone(environ: dict[str, str], home: Path) -> None:
    pin(home / "a", "account = 'outer'\nregion = 'CA'\n")
    pin(home / "a" / "b", "account = 'inner'\n")
    config = Config.load(environ, str(home / "a" / "b"))
    assert (config.account(), config.region) == ("inner", None)


def test_the_search_ends_at_home(environ: dict[str, str], home: Path) -> None:
    pin(home.parent, "account = 'outside'\n")
    (home / "a").mkdir()
    assert Config.load(environ, str(home / "a")).pin.path == ""
    pin(home, "account = 'athome'\n")
    assert Config.load(environ, str(home / "a")).account() == "athome"
    assert Config.load(environ, str(home.parent)).account() == "outside"
    assert Config.load(environ).pin.path == "", "no folder, no pin"


def test_the_search_is_bounded(environ: dict[str, str], home: Path) -> None:
    pin(home, "account = 'far'\n")
    assert Config.load(environ, os.path.join(home, *["d"] * 39)).account() == "far"
    assert Config.load(environ, os.path.join(home, *["d"] * 40)).account() == "main"


@pytest.mark.parametrize(
    "line",
    [
        "base_url = 'https://evil.example'",
        "allow_hosts = ['evil.example']",
        "key = 'env:HOME'",
        "accounts.main.base_url = 'https://evil.example'",
        "[defaults]\njq = 'input'",
        "[aliases]\nboss = '+15035550142'",
        "timeout = 1",
    ],
)
def test_a_pin_cannot_redirect(environ: dict[str, str], home: Path, line: str) -> None:
    path = pin(home, f"account = 'main'\n{line}\n")
    with pytest.raises(Refused) as caught:
        Config.load(environ, str(home))
    assert str(path) in caught.value.message
    assert "evil" not in caught.value.message
    assert caught.value.exit_code == 6


@pytest.mark.parametrize(
    "text",
    [
        "account = 5",
        "account = ''",
        "company_id = '7'",
        "company_id = -1",
        "company_id = 0x" + "f" * 8000,
        "region = 'USA'",
        "output = ['json']",
        'profile = "\\u001b[31m"',
        "account = ",
        "account = " + "[" * 4000,
        "#" * 8193,
    ],
    ids=lambda text: text[:20],
)
def test_a_broken_pin(environ: dict[str, str], home: Path, text: str) -> None:
    path = pin(home, text)
    with pytest.raises(InvalidArgument) as caught:
        Config.load(environ, str(home))
    assert str(path) in caught.value.message
    assert caught.value.message.isprintable()


# Hosts

ALLOWED = ("dialpad.internal.example", "gateway.example:8443", "10.0.0.5")


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("https://dialpad.com", "https://dialpad.com"),
        ("https://dialpad.com/", "https://dialpad.com"),
        ("https://dialpad.com:443", "https://dialpad.com"),
        ("HTTPS://DialPad.COM/", "https://dialpad.com"),
        ("https://sandbox.dialpad.com", "https://sandbox.dialpad.com"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.255.3.4/", "http://127.255.3.4"),
        ("https://localhost:8443/", "https://localhost:8443"),
        ("http://LOCALHOST:80", "http://localhost"),
        ("http://[::1]:5000", "http://[::1]:5000"),
        ("http://[::1]", "http://[::1]"),
        ("https://dialpad.internal.example", "https://dialpad.internal.example"),
        ("https://dialpad.internal.example:443/", "https://dialpad.internal.example"),
        ("https://gateway.example:8443", "https://gateway.example:8443"),
        ("https://10.0.0.5", "https://10.0.0.5"),
    ],
)
def test_allowed_base_urls(url: str, normal: str) -> None:
    assert check_base_url(url, ALLOWED) == normal
    assert check_base_url(normal, ALLOWED) == normal


HOSTILE = [
    "",
    "dialpad.com",
    "//dialpad.com",
    "ftp://dialpad.com",
    "javascript://dialpad.com",
    "https:dialpad.com",
    "https:/dialpad.com",
    "https:\\\\dialpad.com",
    "https:///dialpad.com",
    "https://",
    "https:///",
    "https://dialpad.com//",
    "https://dialpad.com/api/v2",
    "https://dialpad.com/?x=1",
    "https://dialpad.com?x=1",
    "https://dialpad.com#x",
    "https://dialpad.com/..",
    "https://dialpad.com.evil.example",
    "https://dialpad.com@evil.example",
    "https://evil.example@dialpad.com",
    "https://user:pw@dialpad.com",
    "https://@dialpad.com",
    "https://dialpad.com\\@evil.example",
    "https://evil.example\\.dialpad.com",
    "https://evil.example\\dialpad.com",
    "https://dialpad.com:8443",
    "https://dialpad.com:",
    "https://dialpad.com:0443",
    "https://dialpad.com:99999",
    "https://dialpad.com:+443",
    "https://dialpad.com:443:443",
    "https://dialpad.com:\u0664\u0664\u0663",
    "https://dialpad.com.",
    "https://.dialpad.com",
    "https://dialpad..com",
    "https://-dialpad.com",
    "https://evildialpad.com",
    "https://evil-dialpad.com",
    "https://x.dialpad.com",
    "https://dial%70ad.com",
    "https://evil.example%2f.dialpad.com",
    "https://\u217eialpad.com",
    "https://dialpad\u3002com",
    "https://\u212aialpad.com",
    "https://dialpad.com\n",
    "https://dialpad.com\x00",
    "https://dialpad.com\x00.evil.example",
    "https://dial\tpad.com",
    " https://dialpad.com",
    "https://dialpad.com ",
    "https://dialpad.com evil.example",
    "\x01https://dialpad.com",
    "ht\ntps://dialpad.com",
    "https://dialpad.com\r\nHost: evil.example",
    "https://evil.example",
    "http://dialpad.com",
    "http://dialpad.com:443",
    "http://dialpad.internal.example",
    "http://10.0.0.5",
    "https://10.0.0.5:8443",
    "https://gateway.example",
    "https://gateway.example:8444",
    "https://x.dialpad.internal.example",
    "http://127.0.0.1.evil.example",
    "http://127.0.0.1@evil.example",
    "http://127.evil.example",
    "http://localhost.evil.example",
    "http://localhost.",
    "http://notlocalhost",
    "http://2130706433",
    "https://3232235521",
    "http://0x7f.0.0.1",
    "http://0x7f000001",
    "http://0177.0.0.1",
    "http://127.1",
    "http://127.0.0.256",
    "http://127.0.0.01",
    "http://127.0.0.1.",
    "http://0.0.0.0",
    "http://[::]",
    "http://[::1",
    "http://[::1].evil.example",
    "http://[::1]evil.example",
    "http://[::1]@evil.example",
    "http://[::1%25lo]",
    "http://[::ffff:127.0.0.1]",
    "http://[::ffff:7f00:1]",
    "http://::1",
    "https://[dialpad.com]",
    "https://" + "a." * 130 + "com",
    "https://dialpad.com" + "0" * 5000,
]


@pytest.mark.parametrize("url", HOSTILE, ids=lambda url: ascii(url)[:60])
def test_hostile_base_urls(url: str) -> None:
    with pytest.raises(Refused) as caught:
        check_base_url(url, ALLOWED, source="DIALPAD_BASE_URL")
    assert caught.value.message.startswith("DIALPAD_BASE_URL ")
    assert caught.value.message.isprintable()
    assert caught.value.hint
    assert caught.value.hint.isprintable()
    assert len(caught.value.message) < 300
    assert caught.value.exit_code == 6


def test_the_host_is_named_and_the_hint_can_be_typed() -> None:
    with pytest.raises(Refused, match=r"'dialpad\.com\.evil\.example'") as caught:
        check_base_url("https://dialpad.com.evil.example", ["a.example"])
    assert str(caught.value.hint).endswith(
        "dialpad config set allow_hosts a.example,dialpad.com.evil.example"
    )
    with pytest.raises(Refused, match="in the clear") as caught:
        check_base_url("http://a.example", ["a.example"])
    assert caught.value.hint == "use https://a.example"


@pytest.mark.parametrize(
    "url",
    [
        "Zq8vTn3kWx5rYb7mJh2p",
        "https://Zq8vTn3kWx5rYb7mJh2p@dialpad.com",
        "https://me:Zq8vTn3kWx5rYb7mJh2p@evil.example",
        "https://dialpad.com?apikey=Zq8vTn3kWx5rYb7mJh2p",
        "https://dialpad.com/#Zq8vTn3kWx5rYb7mJh2p",
        "https://dialpad.com\\Zq8vTn3kWx5rYb7mJh2p",
    ],
)
def test_a_url_that_holds_a_secret_is_not_repeated(url: str) -> None:
    with pytest.raises(Refused) as caught:
        check_base_url(url)
    assert "zq8vtn3kwx5r" not in f"{caught.value!r}{caught.value.hint}".lower()


def test_no_entry_opens_more_than_itself() -> None:
    for entry in ("*", "*.example", ".example", "", "example", "2130706433", "http://a.example"):
        with pytest.raises(Refused):
            check_base_url("https://a.example", [entry])
    with pytest.raises(Refused):
        check_base_url("https://2130706433", ["2130706433"])
    with pytest.raises(Refused):
        check_base_url(
            "https://\u212ait.example", ["kit.example"]
        )  # the kelvin sign becomes a k in lower case
    assert check_base_url("https://a.example", ["A.Example:443"]) == "https://a.example"
    assert is_host("a.example:8443")
    assert not any(is_host(text) for text in ("a.example/", "[::1]", "a b", "a@b.c", "é.example", "a:0", ""))


def hosts_of(url: str) -> set[tuple[str, str | None, int | None]]:
    """Scheme, host and port as the standard library and as the HTTP library read them."""
    plain, whatwg = urlsplit(url), Url(url)
    return {
        (
            plain.scheme,
            (plain.hostname or "").strip("[]"),
            plain.port or {"http": 80, "https": 443}[plain.scheme],
        ),
        (whatwg.scheme, (whatwg.host_str or "").strip("[]"), whatwg.port_or_known_default),
    }


WORDS = """https http HTTPS :// :/ / \\ @ : ? # %2e %70 . - [ ] [::1] dialpad.com sandbox localhost 127.0.0.1
127. 1 evil.example 2130706433 0x7f gateway.example:8443 10.0.0.5 :443 :80 :8443 \u3002 \uff20 xn--"""
PIECES = st.sampled_from([*WORDS.split(), "\t", "\n", " ", "\0"])
PARTS = (
    ["https://", "http://", "HTTPS://"],
    ["", "x.", "x@", "\t"],
    ["dialpad.com", "Sandbox.Dialpad.com", "localhost", "127.0.0.1", "[::1]", *ALLOWED],
    ["", ".", "@evil.example", ".evil.example", "\\"],
    ["", ":443", ":80", ":8443", ":0", ":65536"],
    ["", "/", "/x", "?x", "#x", "\n"],
)
NEARLY = st.tuples(*map(st.sampled_from, PARTS)).map("".join)


def accepted(url: str) -> bool:
    """Whether a key may be sent to `url`; and if so, that both libraries would connect to an allowed host."""
    try:
        normal = check_base_url(url, ALLOWED)
    except Refused:
        return False
    for text in (url, normal):
        ((scheme, host, port),) = hosts_of(text)
        assert host
        numbers = host.split(".")
        loopback = host in ("localhost", "::1") or (
            len(numbers) == 4 and numbers[0] == "127" and "".join(numbers).isdigit()
        )
        assert loopback or scheme == "https"
        assert loopback or (host, port) in {
            ("dialpad.com", 443),
            ("sandbox.dialpad.com", 443),
            ("dialpad.internal.example", 443),
            ("gateway.example", 8443),
            ("10.0.0.5", 443),
        }
        whole = Url(text)
        assert whole.path in ("", "/")
        assert not any((whole.username, whole.password, whole.query_string, whole.fragment))
    assert hosts_of(url) == hosts_of(normal)
    return True


def test_every_combination_of_parts() -> None:
    urls = {"".join(parts) for parts in itertools.product(*PARTS)}
    assert 100 < sum(map(accepted, urls)) < 200, "some are, most are not"


@settings(deadline=None)
@given(
    st.one_of(
        st.builds(
            lambda url, at, piece: url[:at] + piece + url[at:],
            NEARLY,
            st.integers(0, 30),
            PIECES | st.characters(),
        ),
        st.lists(PIECES, max_size=8).map("".join),
        st.text(max_size=30).map(lambda rest: "https://" + rest),
    )
)
@example("https://dialpad.com")
def test_what_is_checked_is_what_is_connected_to(url: str) -> None:
    accepted(url)


@pytest.mark.parametrize(
    ("flag", "variable", "account", "expected"),
    [
        ("http://127.0.0.1:1", "http://127.0.0.1:2", "main", "http://127.0.0.1:1"),
        (None, "http://127.0.0.1:2", "main", "http://127.0.0.1:2"),
        (None, None, "main", "http://127.0.0.1:3"),
        (None, None, "other", "https://dialpad.com"),
        (None, None, None, "https://dialpad.com"),  # a key of the environment is of no account
    ],
)
def test_which_base_url(
    environ: dict[str, str], flag: str | None, variable: str | None, account: str | None, expected: str
) -> None:
    write(environ, "[accounts.main]\nbase_url = 'http://127.0.0.1:3'")
    if variable:
        environ["DIALPAD_BASE_URL"] = variable
    assert Config.load(environ).base_url(account, flag) == expected


@pytest.mark.parametrize("flag", ["", None])
def test_an_empty_base_url_is_not_the_real_service(environ: dict[str, str], flag: str | None) -> None:
    environ["DIALPAD_BASE_URL"] = ""
    with pytest.raises(Refused, match="--base-url" if flag == "" else "DIALPAD_BASE_URL"):
        Config.load(environ).base_url(None, flag)


@settings(deadline=None)
@given(st.text(max_size=70))
def test_names(text: str) -> None:
    import re

    taken = text.lower() in ("null", "true", "false", "me")
    formed = bool(re.fullmatch(r"(?!\d+\Z)[A-Za-z0-9_.-]{1,64}", text, re.ASCII))
    assert is_name(text) == (formed and not taken)


VALUES = st.one_of(
    st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=4), st.just([1, "x"])
)


@settings(deadline=None)
@given(
    st.dictionaries(st.text(max_size=6), VALUES, max_size=2),
    st.sampled_from([[], ["accounts"], ["accounts", "main"], ["aliases"]]),
)
def test_only_what_is_checked_comes_through(data: dict[str, object], above: list[str]) -> None:
    for name in reversed(above):
        data = {name: data}
    try:
        found = leaves(data, "config.toml")
    except InvalidArgument:
        return
    for name, value in found.items():
        assert find(name)[0].kind.valid(value)
