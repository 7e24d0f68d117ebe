"""Files that answers give addresses of: reports, recordings. Streamed, bounded, and from hosts we know.

The key goes along to the API's own host only; an address elsewhere carries what opens it in itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dialkit.client import transport
from dialkit.client.exchange import MAX_REDIRECTS, TransportFault
from dialkit.client.native import wire
from dialkit.client.request import Request
from dialkit.config import hosts
from dialkit.errors import NotFound, ReadTimeout, Refused, UpstreamError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from dialkit.client.dialpad import Dialpad
    from dialkit.client.response import Response
    from dialkit.client.settings import Settings
    from dialkit.errors import DialkitError

    Told = Callable[[int], object]

MOST = 1 << 30  # bytes of one file
TOTAL = 3600.0  # seconds for one file, where the user has set no time of his own
TRIES = 3
CHUNK = 256 * 1024
MAX_WORDS = 10_000  # bytes kept of an answer that says no
# Over https and port 443. Dialpad's own, and where it keeps its files: signed addresses of Google's storage.
HOSTS = ("dialpad.com", "storage.googleapis.com")
REDIRECTS = (301, 302, 303, 307, 308)
GONE = (400, 401, 403, 404, 410)  # what storages answer where an address is no longer good


class Got(NamedTuple):
    """What came: how many bytes, and what they are said to be."""

    size: int
    content_type: str


def download(client: Dialpad, url: str, file: BinaryIO, *, most: int = MOST, told: Told | None = None) -> Got:
    """Write what is at an address into an empty file; a connection that breaks off is tried again.

    `most` is in bytes; `told` hears how many have come. Raises `Refused` for a host that is not Dialpad's,
    `NotFound` where the address is no longer good, `ReadTimeout`, `UpstreamError` for a file too large.
    """
    check(url, client.settings)
    sender: Streaming = client.settings.transport(_patient)
    try:
        for attempt in range(1, TRIES + 1):
            file.seek(0)
            file.truncate()
            try:
                return _follow(client, sender, url, file, most, told)
            except TransportFault as fault:
                error = _unanswered(fault, url)
                if fault.final or attempt == TRIES:
                    raise error from None
            except UpstreamError as failed:
                if not failed.retryable or attempt == TRIES:
                    raise
            client.clock.sleep(client.policy.backoff * 2 ** (attempt - 1), "retry")
    finally:
        sender.close()
    raise AssertionError("the last try ends it")


def check(url: str, settings: Settings) -> str:
    """The origin of an address, if files may be fetched from there. Raises `Refused`."""
    scheme, separator, rest = url.partition("://")
    authority = rest
    for end in "/?#":
        authority = authority.partition(end)[0]
    origin = (scheme + separator + authority).lower()
    name = authority.lower().removesuffix(":443")
    if origin == settings.base_url:
        return origin
    if not all("!" <= char <= "~" and char != "\\" for char in url):
        raise Refused("the address of the file is not plain", hint="dialpad doctor tests the connection")
    ours = any(name == host or name.endswith("." + host) for host in HOSTS)
    allowed = [*settings.config.allow_hosts, *([name] if ours else [])]
    try:
        origin = hosts.check_base_url(origin, allowed)
    except Refused:
        shown = authority.rpartition("@")[2][:80]
        trust = f"if you trust it: dialpad config set allow_hosts {','.join([*allowed, shown])}"
        raise Refused(
            f"the file lies at {scheme[:10]}://{shown}, and nothing is fetched from there",
            hint=trust
            if scheme == "https" and hosts.is_host(shown)
            else "dialpad doctor tests the connection",
        ) from None
    if _is_loopback(origin) and not _is_loopback(settings.base_url):
        raise Refused(
            f"the file is said to lie on this machine ({origin}), which Dialpad does not know",
            hint="dialpad doctor tests the connection",
        )
    return origin


class Streaming(transport.Transport):
    """Sends once and writes the body on as it comes."""

    def stream(
        self, request: Request, key: str | None, write: Callable[[bytes], object], most: int
    ) -> Response:
        """The answer without its body, which `write` gets where the status is 200.

        Raises `TransportFault`, `final` where there are more than `most` bytes.
        """
        status = None
        try:
            with transport.prepared(self._client, request, key) as reply:
                status = reply.status
                words: list[bytes] = []
                size, bound = 0, most if status == 200 else MAX_WORDS
                while chunk := reply.body_reader.read(CHUNK):
                    size += len(chunk)
                    if size > bound and status != 200:
                        break
                    if size > bound:
                        raise TransportFault(f"it is larger than {most:,} bytes", sent=True, final=True)
                    if status == 200:
                        write(bytes(chunk))
                    else:
                        words.append(bytes(chunk))
                return transport.answer_of(reply, words, request)
        except wire.PyreqwestError as error:
            raise transport.fault_of(error, status) from None


def _follow(
    client: Dialpad, sender: Streaming, url: str, file: BinaryIO, most: int, told: Told | None
) -> Got:
    own = client.settings.base_url
    for _ in range(MAX_REDIRECTS + 1):
        request = Request("GET", url, headers={}, needs_key=check(url, client.settings) == own)
        key = client.settings.fresh(request, client.clock)
        answer = _sent(sender, request, key, file, most, told, aside=client.settings.interruptible)
        if answer.status == 200:
            return Got(file.tell(), answer.headers.get("content-type", ""))
        location = answer.headers.get("location", "").strip()
        if answer.status not in REDIRECTS or not location:
            raise _refused(answer, url, key)
        from urllib.parse import urljoin

        url = urljoin(url, location)
    raise UpstreamError("the file's address leads in a circle", status=None)


def _sent(
    sender: Streaming,
    request: Request,
    key: str | None,
    file: BinaryIO,
    most: int,
    told: Told | None,
    *,
    aside: bool,
) -> Response:
    """Send; `aside` in a second thread, so that Ctrl-C is heard (see `InterruptibleTransport`)."""
    size = 0

    def write(chunk: bytes) -> None:
        nonlocal size
        file.write(chunk)
        size += len(chunk)
        if told and not aside:
            told(size)

    if not aside:
        return sender.stream(request, key, write, most)
    return transport.aside(
        lambda: sender.stream(request, key, write, most), lambda: told(size) if told else None
    )


def _refused(answer: Response, url: str, key: str | None) -> DialkitError:
    from dialkit.client import faults

    faults.scrub(answer, key)
    text = faults.one_line(faults.api_text(answer)[0])[:200]
    host = faults.host_of(url)
    if answer.status in GONE:
        return NotFound(
            f"the file is not at {host} any more: {text} (HTTP {answer.status})", status=answer.status
        )
    return UpstreamError(
        f"{host} does not give the file: {text} (HTTP {answer.status})",
        status=answer.status,
        repeatable=answer.status >= 500 or answer.status in (408, 429),
        hint="try again a little later",
    )


def _unanswered(fault: TransportFault, url: str) -> DialkitError:
    from dialkit.client.faults import host_of

    if fault.final:
        return UpstreamError(f"the file is not fetched: {fault.message}", status=None, hint="ask for less")
    why = "no sign of life came in time" if fault.timeout else f"the connection broke ({fault.message})"
    return ReadTimeout(f"the file at {host_of(url)} did not come whole: {why}", hint="try again")


def _patient(reach: transport.Reach) -> Streaming:
    """A file may take longer than an answer, unless the user has said how long anything may take."""
    from dialkit.client.settings import TOTAL as USUAL

    return Streaming(reach if reach.total < USUAL else reach._replace(total=max(reach.total, TOTAL)))


def _is_loopback(origin: str) -> bool:
    """Whether an origin is of this machine: beside Dialpad's own, no other is allowed by itself."""
    try:
        return hosts.check_base_url(origin) not in hosts.KNOWN
    except Refused:
        return False
