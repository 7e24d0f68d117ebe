"""A text made ready from what somebody says: sender, recipients, words and picture, all of it checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.client.phones import region_said
from dialkit.messaging import recipients, senders, texts
from dialkit.messaging.outgoing import silent
from dialkit.messaging.send import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dialkit.config import Config


def compose(
    config: Config,
    *,
    to: Iterable[str],
    text: str,
    sender: str | None = None,
    profile: str | None = None,
    allow_profile_mismatch: bool = False,
    infer_country_code: bool = False,
    media: str | None = None,
    strict: bool = False,
    tell: Callable[[str], None] = silent,
) -> Message:
    """A text to be sent; it opens no socket.

    Parameters:
        to: numbers in E.164; those of the folder's or the config's region in national format, too.
        sender, profile, allow_profile_mismatch: see `senders.resolve`.
        infer_country_code: read national formats though no region is set: those of the US.
        media: the path of a picture.
        strict: refuse a text that looks as if a shell had eaten an amount; else `tell` warns.

    Raises `InvalidArgument` for what cannot be sent, `Conflict` where sender and profile differ.
    """
    numbers = recipients.read(to, region_said(config, infer_country_code))
    by = senders.resolve(
        config, config.environ, number=sender, profile=profile, allow_mismatch=allow_profile_mismatch
    )
    if by.note:
        tell(f"note: {by.note}")
    texts.guard(texts.check(text), tell, strict=strict)
    return Message(text, numbers, by, None if media is None else texts.media(media))
