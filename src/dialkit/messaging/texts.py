"""What a text says: checked, never changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 1600  # characters of one text, as Dialpad documents it
MOST_MEDIA = 500 * 1024  # bytes of an attachment before Base64, as documented
# A shell that reads "$1,035" takes $1 for an empty variable and leaves ",035"; of "$0.99" it leaves its own
# name, "bash.99". So: a comma or a point and two or three digits where an amount would begin, not "1,200"; or
# a shell and cents. Of "$499" it leaves "99", which nobody can tell.
EATEN = re.compile(r"(?<![\w.,$])([.,]\d{2,3}|[\w./-]{0,40}\b(?:ba|da|z|k)?sh\.\d{2})(?!\d)")


def check(text: str) -> str:
    """The text, if it can be sent. Raises `InvalidArgument` for one that is empty, too long or no text."""
    if not text.strip():
        raise InvalidArgument("the text is empty", hint="--message 'Your order is ready.'")
    if len(text) > MOST:
        raise InvalidArgument(
            f"the text has {len(text)} characters; Dialpad takes at most {MOST}", hint="send it as two texts"
        )
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise InvalidArgument("the text is not UTF-8", hint="send it as UTF-8, by --message-stdin")
    if "\x00" in text:
        raise InvalidArgument("the text holds a NUL character", hint="leave it out")
    return text


def guard(text: str, tell: Callable[[str], None], *, strict: bool = False) -> None:
    """Say what looks like an amount that a shell has eaten the beginning of: ``,035`` in ``Total ,035 due``.

    With `strict` that is `InvalidArgument`.
    """
    for amount in EATEN.findall(text):
        warning = f"{amount!r} in the text looks like an amount whose beginning a shell has eaten"
        if strict:
            raise InvalidArgument(f"{warning}; nothing was sent", hint="give the text by --message-stdin")
        tell(f"warning: {warning}; --message-stdin keeps it whole")


def media(path: str) -> str:
    """A file as Base64. Raises `InvalidArgument` where it is too large or cannot be read."""
    import base64

    try:
        with open(path, "rb") as file:
            raw = file.read(MOST_MEDIA + 1)
    except OSError as error:
        raise InvalidArgument(
            f"--media {path}: {error.strerror}", hint="name a file that can be read"
        ) from None
    if not raw:
        raise InvalidArgument(f"--media {path}: is empty", hint="name a picture")
    if len(raw) > MOST_MEDIA:
        raise InvalidArgument(
            f"--media {path}: is larger than {MOST_MEDIA // 1024} KiB, the most Dialpad takes",
            hint="make it smaller",
        )
    return base64.b64encode(raw).decode()
