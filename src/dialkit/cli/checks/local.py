"""Checks that need no network: program, files, key, keyring, limiter, proxies, terminal."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from dialkit.cli.checks import Check, Finding
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from dialkit.cli.checks import Setup

PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
KEY_LEAST = 16  # characters; Dialpad's keys have many more, the sandbox's at least so many


def _version(setup: Setup) -> Finding:  # noqa: ARG001 - the form of a check
    from dialkit import __version__

    python = ".".join(map(str, sys.version_info[:3]))
    return Finding("ok", f"dialkit {__version__}, Python {python}, {sys.platform}")


def _config(setup: Setup) -> Finding:
    from dialkit.cli.parser import with_defaults
    from dialkit.config import config_file

    path = config_file(setup.environ)
    if os.path.lexists(path) and not os.access(path, os.R_OK):
        raise InvalidArgument(
            f"{path} cannot be read", hint="check the permissions of the file and its folder"
        )
    config = setup.app.config
    with_defaults(setup.options, config)
    detail = path if os.path.lexists(path) else f"{path} (there is none yet)"
    return Finding("ok", detail + (f", and {config.pin.path}" if config.pin.path else ""))


def _state(setup: Setup) -> Finding:
    import tempfile

    from dialkit.config import make_private, state_dir

    folder = state_dir(setup.environ)
    make_private(folder)
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"dialkit")
    except OSError as error:
        raise InvalidArgument(
            f"{folder} cannot be written: {error.strerror}",
            hint="correct its permissions, or set DIALKIT_HOME to a folder that can be written",
        ) from None
    return Finding("ok", folder)


def _database(setup: Setup) -> Finding:
    """Outbox and inbox: that the tables are there and of this version, or where they will be."""
    from dialkit.config import state_dir
    from dialkit.store.database import NAME, URL, Database

    path = os.path.join(state_dir(setup.environ), NAME)
    if not setup.environ.get(URL) and not os.path.exists(path):
        return Finding("ok", f"{path} (there is none yet)")
    if setup.environ.get(URL) and setup.offline:
        from dialkit.store import address

        return Finding("ok", f"{address.read(setup.environ[URL]).shown}, which was not asked")
    started = setup.clock.monotonic()
    with Database.of(setup.environ, setup.app.tell) as database:
        database.one("SELECT count(*) AS number FROM outbox")
        took = setup.clock.monotonic() - started
        return Finding("ok", f"{database.name} in {took * 1000:.0f} ms")


def _key(setup: Setup) -> Finding:
    from dialkit.config import find_key

    return Finding("ok", f"found: {find_key(setup.config, setup.options.account).source}")


def _format(setup: Setup) -> Finding:
    """Keys have no documented form, so this only knows what they do not look like."""
    key = setup.key
    secret = key.secret
    faults = (
        (secret[0] in "'\"" or secret[-1] in "'\"", "has quotation marks around it"),
        (secret[0] in "$<%{", "looks like a placeholder"),
        (secret.lower().startswith("bearer"), "begins with the word Bearer"),
        (len(secret) < KEY_LEAST, "is shorter than keys are"),
    )
    for faulty, fault in faults:
        if faulty:
            return Finding("warn", f"the key in {key.source} {fault}", "set it to the key alone")
    return Finding("ok", "nothing is odd about it")


def _base_url(setup: Setup) -> Finding:
    return Finding("ok", setup.find_settings().base_url)


def _keyring(setup: Setup) -> Finding:
    from dialkit.config.keystore import KeyStore

    path = KeyStore(setup.environ).path
    if setup.environ.get("DIALKIT_KEYRING", "").lower() == "off":
        return Finding("ok", f"off (DIALKIT_KEYRING); keys are stored in {path}")
    try:
        import keyring

        backend = keyring.get_keyring()
        works = backend.priority > 0
    except Exception as error:  # backends raise what they like
        return Finding(
            "warn", f"it fails ({type(error).__name__})", "DIALKIT_KEYRING=off keeps keys in a file"
        )
    if not works:
        return Finding("ok", f"there is none; keys are stored in {path}, for you alone to read")
    return Finding("ok", str(backend.name))


def _limiter(setup: Setup) -> Finding:
    """Whether a place can be reserved where other processes see it: without that, each counts alone."""
    from dialkit.client import Request
    from dialkit.client.limits import Limiter
    from dialkit.config import state_dir

    path = os.path.join(state_dir(setup.environ), "limits.db")
    limiter = Limiter(path, "doctor")
    started = setup.clock.monotonic()
    limiter.reserve(Request("GET", "", headers={}), setup.clock.now())
    took = setup.clock.monotonic() - started
    shared = limiter.alone is None
    limiter.close()
    if not shared:
        return Finding(
            "warn", f"{path} cannot be used, so each process counts limits alone", f"remove {path}"
        )
    return Finding("ok", f"a place in {took * 1000:.1f} ms")


def _proxies(setup: Setup) -> Finding:
    names = [spelled for name in PROXIES for spelled in (name, name.lower()) if setup.environ.get(spelled)]
    if not names:
        return Finding("ok", "none in the environment")
    return Finding("ok", ", ".join(f"{name}={without_password(setup.environ[name])}" for name in names))


def without_password(url: str) -> str:
    """A proxy's URL as it can be shown: without user, password and path."""
    head, separator, rest = url.rpartition("://")
    user, at, host = rest.rpartition("@")
    return f"{head}{separator}{'***' if user else ''}{at}{host.partition('/')[0]}"


def _terminal(setup: Setup) -> Finding:
    if not setup.app.stdout.isatty():
        return Finding("ok", "output goes to a file or a pipe, as UTF-8")
    if os.name == "nt":
        return Finding("ok", "output goes to the console, as Unicode")
    locale = next(filter(None, map(setup.environ.get, ("LC_ALL", "LC_CTYPE", "LANG"))), "")
    if "utf8" in locale.lower().replace("-", ""):
        return Finding("ok", f"output goes to a terminal, as UTF-8 ({locale})")
    return Finding(
        "warn",
        f"output is UTF-8, and the locale ({locale or 'not set'}) does not say that the terminal is",
        "set LANG to a UTF-8 locale, such as C.UTF-8, if accents look wrong",
    )


CHECKS = (
    Check("version", _version),
    Check("config", _config),
    Check("state folder", _state),
    Check("database", _database),
    Check("key", _key, 3),
    Check("key format", _format),
    Check("base URL", _base_url),
    Check("keyring", _keyring),
    Check("limiter", _limiter),
    Check("proxies", _proxies),
    Check("terminal", _terminal),
)
