"""Text from outside made harmless for a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

C0 = "\x00-\x1f"
# Unicode: C0, DEL and C1 controls; line and paragraph separators; embeddings, overrides and isolates of
# direction, which make text read as what it is not; lone surrogates.
UNSAFE = C0 + "\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff"
SHORT = {"\n": r"\n", "\t": r"\t", "\r": r"\r"}


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return SHORT.get(match[0]) or (f"\\x{code:02x}" if code < 0x100 else _escape_json(match))


def _escape_json(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def escaper(
    unsafe: str, keep: str = "", escape: Callable[[re.Match[str]], str] = _escape
) -> Callable[[str], str]:
    """A function that shows the characters of the class `unsafe`, but those in `keep`, as ``\\x1b``."""
    pattern = re.compile(f"(?![{keep}])[{unsafe}]" if keep else f"[{unsafe}]")
    return lambda text: pattern.sub(escape, text)


show = escaper(UNSAFE)
"""Text on one line, safe on a terminal."""

show_lines = escaper(UNSAFE, keep="\n\t")
"""Text of several lines, safe on a terminal."""

show_json = escaper(UNSAFE, keep="\n", escape=_escape_json)
"""JSON, safe on a terminal and still the same JSON."""


def key(text: str, color: bool) -> str:
    """A key or a header, in cyan where colour is welcome."""
    return f"\x1b[36m{text}\x1b[39m" if color else text


JSON_KEY = re.compile(r'^( *)("(?:[^"\\]|\\.)*")(?=: )', re.MULTILINE)


def color_json(text: str) -> str:
    """Indented JSON with its keys in colour. A string that is a value never stands before a colon."""
    return JSON_KEY.sub(lambda match: match[1] + key(match[2], True), text)
