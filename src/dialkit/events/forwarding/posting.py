"""A target that is a URL: the body is posted as it came, so that the app's own verification works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit import __version__
from dialkit.events.forwarding.target import NotDelivered

if TYPE_CHECKING:
    from dialkit.events.forwarding.target import Job

WITHIN = 5.0  # seconds for an answer, as Dialpad gives
CONNECT = 2.0
READ = 2048  # bytes of a refusal that are read, for its words


class Posting:
    """Posts events to a URL that `addresses.check_url` let through. Any 2xx counts; redirects do not."""

    def __init__(self, url: str, *, at_once: int = 8) -> None:
        from urllib.parse import urlsplit

        from dialkit.events.hooks.addresses import loopback

        self.url, self.name = url, f"url:{url}"
        self.at_once, self.within = at_once, WITHIN
        self._direct = loopback(urlsplit(url).hostname or "")  # no proxy leads to this machine
        self._client: Any = None

    async def deliver(self, job: Job) -> None:
        """Post one. Raises `NotDelivered`."""
        from dialkit.client.native import wire

        if self._client is None:
            self._client = self._made()
        request = (
            self._client.post(self.url).headers(headers(job)).body_bytes(job.body.encode()).build_streamed()
        )
        try:
            async with request as reply:
                if 200 <= reply.status < 300:
                    return
                words = bytes(await reply.body_reader.read(READ) or b"").decode("utf-8", "replace")
                said = f": {' '.join(words.split())[:200]}" if words.strip() else ""
                raise NotDelivered(f"answered {reply.status}{said}")
        except wire.PyreqwestError as error:
            causes = (getattr(error, "details", None) or {}).get("causes") or []
            raise NotDelivered(causes[-1]["message"] if causes else str(error)) from None

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    def _made(self) -> Any:
        from datetime import timedelta

        from dialkit.client.native import ClientBuilder

        builder = ClientBuilder()
        if self._direct:
            builder = builder.no_proxy()
        return (
            builder.user_agent(f"dialkit/{__version__}")
            .follow_redirects(False)
            .http1_only()
            .referer(False)
            .connect_timeout(timedelta(seconds=CONNECT))
            .timeout(timedelta(seconds=WITHIN))
            .build()
        )


def headers(job: Job) -> dict[str, str]:
    """The headers of one attempt: the type as Dialpad sends it, and which event it is of the store's."""
    from dialkit.webhooks.token import looks_signed

    signed = looks_signed(job.body.encode())
    return {
        "content-type": "application/jwt" if signed else "application/json",
        "dialkit-event-id": str(job.event_id),
        "dialkit-attempt": str(job.attempt),
    }
