"""One body posted to one URL, once: for replays and for events of one's own making."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.errors import NetworkError, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.client.response import Response

WITHIN = 5.0  # seconds for an answer, as Dialpad gives
SHOWN = 200  # characters of a refusal


def content_type(body: bytes) -> str:
    """The type of a body as Dialpad posts it: a signed token, or JSON."""
    from dialkit.webhooks.token import looks_signed

    return "application/jwt" if looks_signed(body) else "application/json"


class Poster:
    """Posts to a URL checked by `addresses.check_url`. Redirects are not followed; nothing is repeated."""

    def __init__(self, url: str) -> None:
        from urllib.parse import urlsplit

        from dialkit.client.transport import InterruptibleTransport, Reach
        from dialkit.events.hooks.addresses import loopback

        self.url = url
        near = loopback(urlsplit(url).hostname or "")  # no proxy leads to this machine
        self._send: Callable[[Any, None], Response] = InterruptibleTransport(
            Reach(connect=2.0, read=WITHIN, total=WITHIN, direct=near)
        ).send

    def post(self, body: bytes) -> int:
        """Post a body byte for byte; the status, a 2xx.

        Raises `Refused` where the answer is another, with its words, and `NetworkError` where there is none.
        """
        from dialkit.client.exchange import TransportFault
        from dialkit.client.request import Request

        headers = {"content-type": content_type(body)}
        try:
            answer = self._send(
                Request("POST", self.url, headers=headers, content=body, needs_key=False), None
            )
        except TransportFault as fault:
            why = f"no answer within {WITHIN:g} s" if fault.timeout else fault.message
            raise NetworkError(f"{self.url}: {why}", hint="is your program running there?") from None
        if 200 <= answer.status < 300:
            return int(answer.status)
        words = " ".join(answer.content[: SHOWN * 4].decode("utf-8", "replace").split())[:SHOWN]
        refused = Refused(f"{self.url} answered {answer.status}" + (f": {words}" if words else ""))
        refused.status = answer.status
        if answer.status in (401, 403):
            refused.hint = "was it signed with the secret that your program knows? see --secret-stdin"
        raise refused
