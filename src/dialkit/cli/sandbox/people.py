"""Commands that play a person: one outside who texts or calls in, an agent who answers or takes a break."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dialkit.cli.sandbox.asking import URL, find, segment
from dialkit.cli.subcommands import parse, showing
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from dialkit.cli.app import App

ENDS = tuple(
    ((f"--{name}",), {"metavar": "NUMBER", "required": True, "dest": name}) for name in ("from", "to")
)
SOUNDS = (".wav", ".mp3")
MOST_WORDS = 10_000  # characters of a message
MESSAGE = "a .wav or .mp3 file, a text file of what is said, or the words themselves"
FLAGS_OF_CALL = (
    ("--hangup-after", "when the caller hangs up, answered or not: 30s, 2m"),
    ("--voicemail", f"the caller leaves a message: {MESSAGE}"),
    ("--missed", "nobody answers by themself"),
)
CALL = (("call_id",), {"metavar": "CALL_ID"})


def inbound(app: App, argv: list[str]) -> int:
    """Somebody outside texts in."""
    flags = [((f"--{name}",), {"metavar": word}) for name, word in (("text", "TEXT"), ("media", "FILE"))]
    options, found = parse(app, "sandbox inbound", argv, URL, *ENDS, *flags)
    view = showing(app, options)
    if not (found.text or found.media):
        raise InvalidArgument("--text or --media: what does the text say?", hint="--text Hello")
    body = {"from": getattr(found, "from"), "to": found.to, "text": found.text or ""}
    if found.media:
        body["media"] = _base64(os.path.join(app.cwd, found.media), "--media")
    view.data(find(app, found.url).ask("POST", "texts", body))
    return 0


def _base64(path: str, flag: str) -> str:
    from base64 import b64encode

    try:
        with open(path, "rb") as file:
            return b64encode(file.read()).decode()
    except OSError as error:
        raise InvalidArgument(f"{flag}: {path}: {error.strerror}", hint="a file of at most 500 KiB") from None


def _message(path: str, words: str) -> dict[str, str]:
    """What a caller leaves: a file's text, its sound (read as the file's name), or the words as they are."""
    if not os.path.isfile(path):
        if os.path.splitext(words)[1].lower() in SOUNDS or os.sep in words:
            raise InvalidArgument(f"--voicemail: {words[:80]}: no such file", hint=MESSAGE)
        return {"voicemail": words}
    sound = os.path.splitext(path)[1].lower() in SOUNDS
    if sound:
        name = os.path.splitext(os.path.basename(path))[0]
        return {"voicemail": name, "sound": _base64(path, "--voicemail")}
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(MOST_WORDS).strip()
    except (OSError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None) or "is no text"
        raise InvalidArgument(f"--voicemail: {words[:80]}: {told}", hint=MESSAGE) from None
    if not text:
        raise InvalidArgument(f"--voicemail: {words[:80]}: is empty", hint=MESSAGE)
    return {"voicemail": text}


def call(app: App, argv: list[str]) -> int:
    """Somebody outside calls in."""
    flags = [
        (("--hangup-after",), {"metavar": "LENGTH"}),
        (("--voicemail",), {"metavar": "FILE"}),
        (("--missed",), {"action": "store_true"}),
    ]
    options, found = parse(app, "sandbox call", argv, URL, *ENDS, *flags)
    view = showing(app, options)
    names = ("hangup_after", "voicemail", "missed")
    given = {name: value for name in names if (value := getattr(found, name))}
    if len(given) > 1:
        what = "--hangup-after, --voicemail, --missed: one of them"
        raise InvalidArgument(what, hint="without any, the call rings until it is answered")
    if found.voicemail:
        given |= _message(os.path.join(app.cwd, found.voicemail), found.voicemail)
    body = {"from": getattr(found, "from"), "to": found.to, **given}
    view.data(find(app, found.url).ask("POST", "calls", body))
    return 0


def answer(app: App, argv: list[str]) -> int:
    """A user answers a call."""
    options, found = parse(app, "sandbox answer", argv, URL, CALL, (("--user",), {"metavar": "USER"}))
    view = showing(app, options)
    body = {"user": found.user} if found.user else {}
    view.data(find(app, found.url).ask("POST", f"calls/{segment(found.call_id)}/answer", body))
    return 0


def hangup(app: App, argv: list[str]) -> int:
    """End a call."""
    options, found = parse(app, "sandbox hangup", argv, URL, CALL)
    view = showing(app, options)
    view.data(find(app, found.url).ask("POST", f"calls/{segment(found.call_id)}/hangup"))
    return 0


def duty(app: App, argv: list[str]) -> int:
    """Put an operator on duty or off."""
    user, state = (("user",), {"metavar": "USER"}), (("state",), {"choices": ("on", "off")})
    _, found = parse(
        app, "sandbox duty", argv, URL, user, state, (("--reason",), {"metavar": "TEXT"}), takes=()
    )
    body = {"user": found.user, "on": found.state == "on"}
    more = {"reason": found.reason} if found.reason else {}
    find(app, found.url).ask("POST", "duty", {**body, **more})
    app.tell(f"{found.user} is {found.state} duty")
    return 0
