"""What ``start`` and ``run`` take, and the sandbox that comes of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from dialkit.cli.app import App
    from dialkit.cli.subcommands import Argument

SIZED = ("users", "contacts", "calls", "texts", "digital-sessions")  # `SIZES`, which help must not load
TAKES = (
    "[--port N] [--host HOST] [--seed N] [--world FILE | --empty] [--state FILE] [--faults FILE] [--at TIME] "
    "[--freeze] [--limits on|off] [--tier 0|1] [--switch NAME=CHOICE] "
) + " ".join(f"[--{name} N]" for name in SIZED)
SAID = (
    ("--port", "where it listens; a free port unless said"),
    ("--host", "which address it binds to; 127.0.0.1 unless said, which no other machine reaches"),
    ("--seed", "the same number makes the same world; 1 unless said"),
    ("--world", "a YAML file that says who and what there is, see docs/sandbox.md"),
    ("--empty", "nobody is there but an admin"),
    ("--state", "keep the world in this file, and find it again at the next start"),
    ("--faults", "a YAML file of rules by which things fail"),
    ("--at", "what the clock shows at the start, such as 2026-03-05T17:00Z"),
    ("--freeze", "the clock stands still until it is set on"),
    ("--limits", "off lets everything through"),
    ("--tier", "1 has more texts a minute"),
    ("--switch", "choose a behaviour; dialpad sandbox switches lists them"),
    (f"--{SIZED[0]} …", f"how many there are at the start: {', '.join(SIZED)}"),
)
# What is read at once, and what is a file.
SWITCHES_OF_TWO = ("--empty", "--freeze")
FILES = ("world", "state", "faults")
HELP = "dialpad sandbox --help"


def arguments() -> Iterator[Argument]:
    """The flags, as `parse` wants them."""
    from dialkit.sandbox.seed.sizes import SIZES

    for name in ("port", "seed", *SIZES):
        yield (flag_of(name),), {"metavar": "N"}
    yield ("--host",), {"metavar": "HOST"}
    for name in FILES:
        yield (f"--{name}",), {"metavar": "FILE"}
    yield ("--at",), {"metavar": "TIME"}
    for flag in SWITCHES_OF_TWO:
        yield (flag,), {"action": "store_true"}
    yield ("--limits",), {"choices": ("on", "off")}
    yield ("--tier",), {"choices": ("0", "1")}
    yield ("--switch",), {"metavar": "NAME=CHOICE", "action": "append", "default": []}


def chosen(app: App, found: argparse.Namespace) -> dict[str, Any]:
    """Arguments of `Sandbox`, as far as they were given. Raises `InvalidArgument`."""
    from dialkit.sandbox.moments import moment_of
    from dialkit.sandbox.seed.sizes import SIZES

    if found.world and found.empty:
        raise InvalidArgument("--world and --empty: one of them", hint="a world file says all there is")
    given: dict[str, Any] = {"port": whole(found.port or "0", "--port", 65_535)}
    given["seed"] = whole(found.seed or "1", "--seed", 2**31)
    sizes = {
        name: whole(text, flag_of(name), size.most)
        for name, size in SIZES.items()
        if (text := getattr(found, name)) is not None
    }
    files = {name: os.path.join(app.cwd, path) for name in FILES if (path := getattr(found, name))}
    if found.at is not None:
        try:
            given["at"] = moment_of(found.at)
        except ValueError as error:
            raise InvalidArgument(f"--at: {error}", hint="UTC where it has no zone") from None
    return {
        **given,
        **files,
        **({"sizes": sizes} if sizes else {}),
        **({"switches": _pairs(found.switch)} if found.switch else {}),
        **({"host": found.host} if found.host else {}),
        **({"limits": found.limits == "on"} if found.limits else {}),
        **({"tier": int(found.tier)} if found.tier else {}),
        **({"frozen": True} if found.freeze else {}),
        **({"empty": True} if found.empty else {}),
        **({"control_token": token} if (token := app.environ.get("DIALKIT_SANDBOX_TOKEN")) else {}),
    }


def flag_of(name: str) -> str:
    """The flag of a size."""
    return "--" + name.replace("_", "-")


def _pairs(words: list[str]) -> dict[str, str]:
    """Switches by name; whether they exist is the sandbox's to say."""
    pairs = {}
    for word in words:
        name, equals, choice = word.partition("=")
        if not (name and equals and choice):
            raise InvalidArgument(
                f"--switch: {word[:40]!r} is not NAME=CHOICE", hint="dialpad sandbox switches"
            )
        pairs[name] = choice
    return pairs


def refused(error: Exception, given: dict[str, Any]) -> InvalidArgument:
    """The error of one line for a sandbox that could not be made."""
    if isinstance(error, OSError) and error.filename is None:
        where = f"--host {given['host']} " if "host" in given else ""
        return InvalidArgument(
            f"{where}--port {given['port']}: {error.strerror or error}",
            hint="leave out --port to have a free one chosen",
        )
    if isinstance(error, OSError):
        return InvalidArgument(f"{error.filename}: {error.strerror}", hint=HELP)
    return InvalidArgument(str(error).removesuffix("."), hint=HELP)


def whole(text: str, flag: str, most: int) -> int:
    """A whole number from 0 to `most`. Raises `InvalidArgument`."""
    if text.isdecimal() and text.isascii() and len(text) < 20 and int(text) <= most:
        return int(text)
    what = f"{flag}: {text[:40]!r} is not a whole number from 0 to {most}"
    raise InvalidArgument(what, hint=f"write it like {flag} {min(8123, most)}")
