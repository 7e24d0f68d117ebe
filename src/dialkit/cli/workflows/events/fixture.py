"""Events as people write them: YAML files, values on the line, an editor."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.cli.app import App

    Payload = dict[str, Any]

MOST = 1 << 20  # characters that an editor gives back


def read(app: App, name: str) -> Payload:
    """The event in a file: what stands under ``payload``, as ``dialpad events show ID -o yaml`` writes it.

    The rest of the file is for people. Raises `InvalidArgument`.
    """
    from dialkit.cli.document.file import load

    found = load(app, name)
    payload = found.get("payload") if isinstance(found, dict) else None
    if not isinstance(payload, dict):
        raise InvalidArgument(
            f"{name[:80]}: holds no event: an object under 'payload'",
            hint="dialpad events show ID -o yaml shows what one looks like",
        )
    return payload


def write_into(payload: Payload, given: Iterable[str]) -> None:
    """Set fields to what ``--set NAME=VALUE`` says: ``target.name=Sales``, ``duration=1500``, ``mms=true``.

    A value is JSON where it is that, else text. Raises `InvalidArgument`.
    """
    for each in given:
        path, mark, text = each.partition("=")
        *above, last = path.split(".")
        if not (mark and last and all(above)):
            raise InvalidArgument(f"--set: {each[:60]!r} is not NAME=VALUE", hint="--set target.name=Sales")
        holder = payload
        for name in above:
            if not isinstance(inner := holder.setdefault(name, {}), dict):
                raise InvalidArgument(
                    f"--set: {name[:40]!r} of {path[:60]!r} is no object", hint=f"--set {name}=…"
                )
            holder = inner
        holder[last] = _value(text)


def edited(app: App, payload: Payload) -> Payload:
    """The event after a person has changed it, as JSON, in ``VISUAL`` or ``EDITOR``.

    Raises `InvalidArgument` where there is no editor, it fails, or what it leaves is no JSON object.
    """
    import os
    import shlex
    import subprocess
    from tempfile import TemporaryDirectory

    command = app.environ.get("VISUAL") or app.environ.get("EDITOR") or ""
    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    if not words:
        raise InvalidArgument("--edit: no editor is set", hint="EDITOR=nano, or use --set NAME=VALUE")
    with TemporaryDirectory(prefix="dialkit-") as folder:  # mode 0700
        path = os.path.join(folder, "event.json")
        # Half an emoji, which UTF-8 does not have, is written as JSON escapes it.
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
            json.dump(payload, file, indent=2, ensure_ascii=False)
            file.write("\n")
        try:
            code = subprocess.run([*words, path], env=dict(app.environ), cwd=app.cwd, check=False).returncode  # noqa: S603 - the user's own editor
        except OSError as error:
            raise InvalidArgument(f"--edit: {words[0]}: {error.strerror}", hint="set EDITOR") from None
        if code:
            raise InvalidArgument(
                f"--edit: {words[0]} ended with {code}; nothing was sent", hint="set EDITOR"
            )
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read(MOST + 1)
    return _object(text)


def _object(text: str) -> Payload:
    try:
        if len(text) > MOST:
            raise ValueError("it is too long")
        found = json.loads(text, parse_constant=_constant)
        if not isinstance(found, dict):
            raise ValueError("it is no object")
    except (ValueError, RecursionError) as error:
        raise InvalidArgument(
            f"--edit: not a JSON object: {error}; nothing was sent", hint="edit it once more"
        ) from None
    return found


def _value(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_constant)
    except (ValueError, RecursionError):
        return text


def _constant(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON")
