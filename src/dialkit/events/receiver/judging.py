"""Judging a body: who wrote it, what it says, which kind of event it is; or why it is refused."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from dialkit.errors import BadSignature, InvalidEvent, StaleEvent
from dialkit.inbox.keeping import Arrival
from dialkit.webhooks.kinds import kind_of
from dialkit.webhooks.parts import Event
from dialkit.webhooks.unwrapping import payload_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialkit.client.clock import Clock

# The kinds that a path can be for, and others that a word names.
KINDS = ("sms", "call", "contact", "agent_status", "changelog", "channel", "fax")
UNKNOWN = Event.kind
REASONS: tuple[tuple[type[InvalidEvent], str], ...] = (
    (BadSignature, "bad_signature"),
    (StaleEvent, "stale"),
    (InvalidEvent, "not_event"),
)


class Judge:
    """Knows the secrets, and which kind of event is posted at which path.

    `paths`: path -> kind, or None for all of them. `keys`: as of `dialkit.webhooks.unwrapping.keys_of`.
    """

    def __init__(
        self,
        paths: Mapping[str, str | None],
        keys: tuple[bytes, ...] | None,
        source: str = "serve",
        clock: Clock | None = None,
    ) -> None:
        self.paths, self._keys, self._source, self._clock = dict(paths), keys, source, clock

    @property
    def signed(self) -> bool:
        """Whether only signed events are taken."""
        return self._keys is not None

    def __call__(self, path: str, body: bytes) -> Arrival | str:
        """The event, or the word of the refusal (`dialkit.events.receiver.answers.REFUSALS`)."""
        try:
            payload = payload_of(body.strip(), self._keys, self._clock)
        except InvalidEvent as error:
            return next(word for kind, word in REASONS if isinstance(error, kind))
        kind = kind_of(payload).kind
        if kind == UNKNOWN:
            # Of faxes and channels Dialpad documents no field, so there the path may know better.
            kind = self.paths.get(path) or kind
        now = self._clock.now() if self._clock is not None else time.time()
        return Arrival(kind, payload, _text(body), now, self._source)


def _text(body: bytes) -> str:
    """The body as it came; what is no UTF-8, and NUL, which no database keeps, as U+FFFD."""
    return body.decode("utf-8", "replace").replace("\x00", "\ufffd")
