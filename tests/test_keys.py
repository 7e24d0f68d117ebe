"""Finding keys, keeping keys, and never showing them."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.backends.null
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialkit.config import Config, Key, check_secret, find_key, fingerprint
from dialkit.config.keystore import SERVICE, KeyStore
from dialkit.errors import DialkitError, InvalidArgument, KeyMissing, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

posix = pytest.mark.skipif(os.name != "posix", reason="file modes")
SECRET = "Zq8vTn3kWx5rYb7mJh2p"


class Memory(keyring.backend.KeyringBackend):
    """A real keyring backend that keeps its keys in memory; `fault` makes it fail as a locked one does."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.fault: Exception | None = None

    def _fail(self) -> None:
        if self.fault:
            raise self.fault

    def get_password(self, service: str, username: str) -> str | None:
        self._fail()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._fail()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._fail()
        del self.kept[service, username]


@pytest.fixture(autouse=True)
def memory() -> Iterator[Memory]:
    """No test here reaches the keyring of the machine."""
    backend = Memory()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(keyring.backends.fail.Keyring())


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"DIALKIT_HOME": str(tmp_path / "dialkit"), "HOME": str(tmp_path), "DIALKIT_KEYRING": "off"}


def configured(environ: dict[str, str], text: str) -> Config:
    folder = Path(environ["DIALKIT_HOME"])
    folder.mkdir(exist_ok=True)
    (folder / "config.toml").write_text(text)
    return Config.load(environ, environ["HOME"])


def nowhere(error: BaseException) -> None:
    """The secret is in nothing an error carries: texts, arguments, attributes, what it came from."""
    seen: BaseException | None = error
    while seen is not None:
        assert SECRET not in f"{seen!r} {seen} {seen.args} {vars(seen)}"
        assert SECRET not in str(getattr(seen, "doc", "")) + str(getattr(seen, "object", ""))
        seen = seen.__cause__ or seen.__context__
    assert SECRET not in "".join(traceback.format_exception(error))


# Which key


@pytest.mark.parametrize(
    ("flag", "variables", "pinned", "default", "expected"),
    [
        ("a", {"DIALPAD_API_KEY": "k1", "DIALPAD_TOKEN": "k2"}, "b", "c", ("key-a", "file account a", "a")),
        (None, {"DIALPAD_API_KEY": "k1", "DIALPAD_TOKEN": "k2"}, "b", "c", ("k1", "DIALPAD_API_KEY", None)),
        (None, {"DIALPAD_TOKEN": "k2"}, "b", "c", ("k2", "DIALPAD_TOKEN", None)),
        (None, {}, "b", "c", ("key-b", "file account b", "b")),
        (None, {}, None, "c", ("key-c", "file account c", "c")),
        (None, {}, None, None, ("key-main", "file account main", "main")),
    ],
)
def test_what_outranks_what(
    environ: dict[str, str],
    flag: str | None,
    variables: dict[str, str],
    pinned: str | None,
    default: str | None,
    expected: tuple[str, str, str | None],
) -> None:
    store = KeyStore(environ)
    for account in ("a", "b", "c", "main"):
        store.save(account, f"key-{account}")
    if pinned:
        (Path(environ["HOME"]) / ".dialpad.toml").write_text(f"account = '{pinned}'")
    config = configured(environ | variables, f"account = '{default}'" if default else "")
    key = find_key(config, flag)
    assert (key.secret, key.source, key.account) == expected


def test_a_key_in_a_variable_of_its_own(environ: dict[str, str]) -> None:
    config = configured(environ | {"FIRM_KEY": SECRET}, "[accounts.firm]\nkey = 'env:FIRM_KEY'")
    key = find_key(config, "firm")
    assert (key.secret, key.source, key.account) == (SECRET, "FIRM_KEY", "firm")
    config = configured(environ, "[accounts.firm]\nkey = 'env:FIRM_KEY'")
    with pytest.raises(KeyMissing, match="FIRM_KEY, which is not set"):
        find_key(config, "firm")


def test_a_weaker_source_never_stands_in(environ: dict[str, str]) -> None:
    """An account without a key, or a broken variable, must not send with somebody else's key."""
    KeyStore(environ).save("main", SECRET)
    with pytest.raises(KeyMissing, match="'mian'") as missing:
        find_key(configured(environ, "[accounts.main]\nkey = 'file'"), "mian")
    assert "there are: main" in missing.value.message
    for name in ("DIALPAD_API_KEY", "DIALPAD_TOKEN"):
        with pytest.raises(InvalidArgument, match=f"the key in {name} is empty"):
            find_key(configured(environ | {name: ""}, ""))
    (Path(environ["HOME"]) / ".dialpad.toml").write_text("account = 'other'")
    with pytest.raises(KeyMissing, match="pinned by"):
        find_key(configured(environ, ""))


def test_no_key_at_all(environ: dict[str, str]) -> None:
    with pytest.raises(KeyMissing) as caught:
        find_key(Config.load(environ))
    assert caught.value.hint == "dialpad auth login, or set DIALPAD_API_KEY"
    assert caught.value.exit_code == 3
    assert not Path(environ["DIALKIT_HOME"]).exists(), "looking must not create anything"


@pytest.mark.parametrize("name", ["", "123", "a b", "../x", "a" * 65, "a\n"])
def test_an_account_has_a_plain_name(environ: dict[str, str], name: str) -> None:
    with pytest.raises(InvalidArgument):
        find_key(Config.load(environ), name)
    with pytest.raises(InvalidArgument):
        KeyStore(environ).save(name, SECRET)


# What a key looks like


@pytest.mark.parametrize(
    ("secret", "fault"),
    [
        ("", "is empty"),
        (SECRET + "\n", "holds a line break"),
        (SECRET + "\r\n", "holds a line break"),
        (SECRET[:4] + "\nHost: evil.example" + SECRET, "holds a line break"),
        (" " + SECRET, "holds a space"),
        ("Bearer " + SECRET, "holds a space"),
        (SECRET + "\t", "holds a space"),
        (SECRET + "\u2028", "holds a space"),
        (SECRET + "\x00", "not printable ASCII"),
        (SECRET + "\x7f", "not printable ASCII"),
        (SECRET + "é", "not printable ASCII"),
        (SECRET + "\udcff", "not printable ASCII"),
        (SECRET * 250, "longer than 4096"),
    ],
    ids=ascii,
)
def test_broken_keys(environ: dict[str, str], secret: str, fault: str) -> None:
    with pytest.raises(InvalidArgument, match=f"the key in DIALPAD_API_KEY .*{fault}") as caught:
        find_key(Config.load(environ | {"DIALPAD_API_KEY": secret}))
    nowhere(caught.value)
    with pytest.raises(InvalidArgument) as caught:
        KeyStore(environ).save("main", secret)
    nowhere(caught.value)
    assert caught.value.exit_code == 2


@settings(deadline=None)
@given(st.text(max_size=20))
def test_only_printable_ascii_is_a_key(secret: str) -> None:
    good = bool(secret) and all("!" <= char <= "~" for char in secret)
    try:
        assert check_secret(secret, "it") == secret
    except InvalidArgument:
        assert not good
    else:
        assert good


def test_a_key_does_not_show() -> None:
    key = Key(SECRET, "DIALPAD_API_KEY", "main")
    for text in (repr(key), str(key), f"{key}", f"{[key]}", "%s" % key):  # noqa: UP031
        assert SECRET not in text
        assert "DIALPAD_API_KEY" in text
    assert not hasattr(key, "__dict__")


def test_fingerprint() -> None:
    assert fingerprint(SECRET) == fingerprint(SECRET)
    assert fingerprint(SECRET) != fingerprint(SECRET + "x")
    assert len(fingerprint(SECRET)) == 16
    assert not fingerprint(SECRET).strip("0123456789abcdef")
    assert fingerprint("known") == "8e696c3182cec4d1", (
        "rows of other versions are found by it: it must not change"
    )


# The file


def test_the_file_keeps_keys(environ: dict[str, str]) -> None:
    store = KeyStore(environ)
    assert store.read("main") is None
    assert store.delete("main") is False
    assert not Path(environ["DIALKIT_HOME"]).exists()
    odd = "".join(map(chr, range(33, 127)))
    assert store.save("main", SECRET) == "file"
    assert store.save("my.firm", odd) == "file"
    assert KeyStore(environ).read("main") == (SECRET, "file account main")
    assert KeyStore(environ).read("my.firm") == (odd, "file account my.firm")
    assert store.save("main", "other") == "file"
    assert store.read("main") == ("other", "file account main")
    assert store.delete("main") is True
    assert store.read("main") is None
    assert store.read("my.firm") is not None
    assert SECRET not in repr(store)


def test_off_leaves_the_keyring_alone(environ: dict[str, str], memory: Memory) -> None:
    memory.fault = AssertionError("touched")
    store = KeyStore(environ)
    store.save("main", SECRET)
    store.read("none")
    store.delete("main")
    code = "import os, sys; from dialkit.config.keystore import KeyStore; KeyStore(os.environ).read('x')"
    done = subprocess.run(
        [sys.executable, "-c", code + "; print('keyring' in sys.modules)"],
        env=os.environ | environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"


@posix
def test_the_file_is_private(environ: dict[str, str]) -> None:
    store = KeyStore(environ)
    previous = os.umask(0)
    try:
        store.save("main", SECRET)
    finally:
        os.umask(previous)
    folder = Path(environ["DIALKIT_HOME"])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o666])
def test_a_file_others_can_reach_is_not_read(environ: dict[str, str], mode: int) -> None:
    store = KeyStore(environ)
    store.save("main", SECRET)
    Path(store.path).chmod(mode)
    for act in (lambda: store.read("main"), lambda: store.save("main", "new"), lambda: store.delete("main")):
        with pytest.raises(Refused) as caught:
            act()
        assert caught.value.hint == f"chmod 600 {store.path}"
        nowhere(caught.value)
    Path(store.path).chmod(0o600)
    assert store.read("main") == (SECRET, "file account main")


@pytest.mark.parametrize(
    "text", ["", SECRET, f'{{"main": "{SECRET}"', f'["{SECRET}"]', f'{{"main": ["{SECRET}"]}}', "[" * 100_000]
)
def test_a_damaged_file(environ: dict[str, str], text: str) -> None:
    store = KeyStore(environ)
    store.save("main", "x")
    Path(store.path).write_text(text)
    with pytest.raises(InvalidArgument, match="damaged") as caught:
        store.read("main")
    nowhere(caught.value)


def test_a_file_that_is_not_text(environ: dict[str, str]) -> None:
    store = KeyStore(environ)
    store.save("main", "x")
    Path(store.path).write_bytes(SECRET.encode() + b"\xff")
    with pytest.raises(InvalidArgument, match="not UTF-8") as caught:
        store.read("main")
    nowhere(caught.value)


def test_a_broken_key_in_the_file(environ: dict[str, str]) -> None:
    store = KeyStore(environ)
    store.save("main", "x")
    Path(store.path).write_text(f'{{"main": "{SECRET}\\n"}}')
    with pytest.raises(InvalidArgument, match="the key in file account main holds a line break") as caught:
        find_key(Config.load(environ))
    nowhere(caught.value)


# The keyring


@pytest.fixture
def ringed(environ: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name != "DIALKIT_KEYRING"}


def test_the_keyring_keeps_keys(ringed: dict[str, str], memory: Memory) -> None:
    store = KeyStore(ringed)
    assert store.save("main", SECRET) == "keyring"
    assert memory.kept == {(SERVICE, "main"): SECRET}
    assert not Path(store.path).exists()
    key = find_key(Config.load(ringed))
    assert (key.secret, key.source, key.account) == (SECRET, "keyring account main", "main")
    assert store.read("main", file_only=True) is None
    assert store.delete("main") is True
    assert store.delete("main") is False
    assert memory.kept == {}


def test_an_account_that_says_file_is_not_sought_in_the_keyring(
    ringed: dict[str, str], memory: Memory
) -> None:
    KeyStore(ringed).save("main", SECRET)
    with pytest.raises(KeyMissing):
        find_key(configured(ringed, "[accounts.main]\nkey = 'file'"))


@pytest.mark.parametrize("backend", [keyring.backends.fail.Keyring, keyring.backends.null.Keyring])
def test_no_keyring_means_the_file(ringed: dict[str, str], backend: type) -> None:
    keyring.set_keyring(backend())
    store = KeyStore(ringed)
    assert store.save("main", SECRET) == "file"
    assert store.read("main") == (SECRET, "file account main")
    assert store.read("other") is None
    assert store.delete("main") is True


def test_a_keyring_that_fails(ringed: dict[str, str], memory: Memory) -> None:
    store = KeyStore(ringed)
    store.save("main", "old")
    memory.fault = RuntimeError(f"locked, and rude: {SECRET}")
    with pytest.raises(KeyMissing, match="RuntimeError") as caught:
        store.read("main")
    nowhere(caught.value)
    with pytest.raises(InvalidArgument, match="does not delete") as refused:
        store.delete("main")
    nowhere(refused.value)
    assert store.save("main", "new") == "file"
    assert store.read("main") == ("new", "file account main"), "the newer key counts"
    memory.fault = None
    assert store.read("main") == ("new", "file account main")
    assert store.save("main", "newest") == "keyring"
    assert store.read("main", file_only=True) is None, "no old key stays behind"
    assert store.read("main") == ("newest", "keyring account main")


def test_every_error_is_one_of_ours(ringed: dict[str, str], memory: Memory) -> None:
    memory.fault = OSError("no bus")
    with pytest.raises(DialkitError):
        find_key(Config.load(ringed))
