"""The test servers themselves: what they record is what was sent, and every fault happens as it is named."""

from __future__ import annotations

import contextlib
import gc
import http.client
import json
import socket
import threading
import time
import zlib
from typing import TYPE_CHECKING, Any, Self

import pytest

from servers import (
    Faulty,
    LimitedServer,
    Recorder,
    Reply,
    behaviours,
    deaf,
    foreign,
    free_port,
    json_reply,
    refusing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers import Server

SECONDS = 9.0  # less than the servers themselves wait for their threads
GET = b"GET /api/v2/users/1 HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b'POST /api/v2/sms HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\n\r\n{"text":"hi"}'


class Peer:
    """A client that sees bytes: connected by a raw socket, with a time limit on everything."""

    def __init__(self, server: Server) -> None:
        self.sock = socket.create_connection((server.host, server.port), timeout=SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.sock.close()

    def send(self, data: bytes) -> Peer:
        self.sock.sendall(data)
        return self

    def rest(self) -> bytes:
        """All that comes until the server closes. Raises ConnectionResetError on RST."""
        return b"".join(iter(lambda: self.sock.recv(1 << 16), b""))

    def answer(self) -> tuple[int, bytes]:
        """One answer, read by the standard library's parser, and the connection left open."""
        response = http.client.HTTPResponse(self.sock)
        response.begin()
        body = response.read()
        response.close()
        return response.status, body


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder(json_reply({"id": "1"})) as server:
        yield server


# Recorder


def test_a_request_is_recorded_as_it_was_sent(recorder: Recorder) -> None:
    body = b'{"text": "\xc3\xa9", "n": 9007199254740993, "flag": true}'
    with Peer(recorder) as peer:
        peer.send(
            b"POST /api/v2/a%2Fb/..%2f%C3%A9?x=1&y=&x=a+b%26&z HTTP/1.1\r\nHost: x\r\nX-Twice: 1\r\n"
            b"x-twice:  2 \r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body
        )
        assert peer.answer() == (200, b'{"id": "1"}')
    [request] = recorder.requests
    assert request.method == "POST"
    assert request.target == "/api/v2/a%2Fb/..%2f%C3%A9?x=1&y=&x=a+b%26&z"
    assert request.path == "/api/v2/a%2Fb/..%2f%C3%A9"
    assert request.segments == ["api", "v2", "a/b", "../é"]
    assert request.query == [("x", "1"), ("y", ""), ("x", "a b&"), ("z", "")]
    assert request.headers[1:3] == [("X-Twice", "1"), ("x-twice", "2")]
    assert request.header("x-TWICE") == "1"
    assert request.header("missing") is None
    assert request.body == body
    assert request.json == {"text": "é", "n": 9007199254740993, "flag": True}
    assert request.received > 0


def test_requests_may_come_in_any_pieces(recorder: Recorder) -> None:
    with Peer(recorder) as peer:
        for byte in POST:
            peer.send(bytes([byte]))
        last = GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        assert peer.send(GET + last).rest().count(b"HTTP/1.1 200 OK\r\n") == 3
    assert [r.method for r in recorder.requests] == ["POST", "GET", "GET"]
    assert recorder.requests[0].json == {"text": "hi"}
    assert recorder.connections == 1


def test_a_chunked_body_is_put_together(recorder: Recorder) -> None:
    with Peer(recorder) as peer:
        peer.send(
            b"PUT /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            b'4;note=1\r\n{"a"\r\nA\r\n: 1234567}\r\n0\r\nTrailer: 1\r\n\r\n' + GET
        )
        peer.answer()
        peer.sock.shutdown(socket.SHUT_WR)
        peer.rest()
    assert recorder.requests[0].json == {"a": 1234567}
    assert recorder.requests[1].method == "GET"


def test_an_answer_can_depend_on_the_request() -> None:
    with Recorder(lambda r: Reply(418, {"X-Method": r.method}, r.body)) as server:
        client = http.client.HTTPConnection(server.host, server.port, timeout=SECONDS)
        client.request("DELETE", "/x", b"with a body")
        response = client.getresponse()
        assert (response.status, response.read()) == (418, b"with a body")
        assert response.getheader("X-Method") == "DELETE"
        client.request("HEAD", "/x")
        assert client.getresponse().read() == b""
        client.request("GET", "/y")
        assert client.getresponse().read() == b""
        client.close()
    assert server.connections == 1


def test_a_request_that_never_completes_is_begun_but_not_received(recorder: Recorder) -> None:
    with Peer(recorder) as peer:
        peer.send(b"POST /x HTTP/1.1\r\nAuthorization: Bearer k3y\r\nContent-Length: 10\r\n\r\n12345")
        peer.sock.shutdown(socket.SHUT_WR)
        assert peer.rest() == b""
    assert (len(recorder.begun), recorder.requests) == (1, [])
    assert recorder.authorized
    assert recorder.holds("k3y")


@pytest.mark.parametrize(
    ("data", "text", "held"),
    [
        (b"GET /x?apikey=s3cret HTTP/1.1\r\n\r\n", "s3cret", True),
        (b"GET /x?k=s%33cret HTTP/1.1\r\n\r\n", "s3cret", True),
        (b"GET /x HTTP/1.1\r\nCookie: a=s3cret\r\n\r\n", "s3cret", True),
        (POST, '"hi"', True),
        (POST, "s3cret", False),
    ],
)
def test_a_key_is_found_wherever_it_stands(recorder: Recorder, data: bytes, text: str, held: bool) -> None:
    with Peer(recorder) as peer:
        peer.send(data).answer()
    assert recorder.holds(text) is held
    assert not recorder.authorized


@pytest.mark.parametrize("data", [b"GET /x\r\n\r\n", b"GET /x HTTP/1.1\r\nno colon\r\n\r\n"])
def test_what_is_not_http_fails_the_test(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[BaseException | None] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: seen.append(args.exc_value))
    with Recorder() as server, Peer(server) as peer:
        assert peer.send(data).rest() == b""
        server.stop()
    assert [type(error).__name__ for error in seen] == ["Malformed"]


def test_a_foreign_host_is_another_host(recorder: Recorder) -> None:
    with foreign() as other:
        assert other.url.split(":")[1] != recorder.url.split(":")[1]
        client = http.client.HTTPConnection(other.name, other.port, timeout=SECONDS)
        client.request("GET", "/x")
        assert client.getresponse().read() == b"{}"
        client.close()
        assert not other.authorized


def test_ports_nobody_serves() -> None:
    with refusing() as url, pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=SECONDS)
    with free_port() as port, socket.create_server(("127.0.0.1", port)):
        pass
    with deaf() as url, pytest.raises((TimeoutError, ConnectionRefusedError)):
        socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=0.05)


def test_a_recorder_is_quick(recorder: Recorder) -> None:
    """Where something waits, as for the other side's ACK, each time takes 40 ms; else some take none."""
    times = []
    with Peer(recorder) as peer:
        for _ in range(1000):
            begin = time.monotonic()
            peer.send(GET)
            peer.sock.recv(4096)
            times.append(time.monotonic() - begin)
    assert min(times) < 0.01
    assert len(recorder.requests) == 1000


# Faulty: what a client sees, byte by byte


def first_answer(step: behaviours.Behaviour, data: bytes = GET) -> tuple[bytes, Faulty]:
    """Everything that comes until the server closes, or until the client has said that it is done."""
    with Faulty(step) as server, Peer(server) as peer:
        peer.send(data)
        peer.sock.shutdown(socket.SHUT_WR)
        got = peer.rest()
    return got, server


@pytest.mark.parametrize(
    ("step", "status", "body"),
    [
        (behaviours.ok({"id": "1"}), 200, b'{"id": "1"}'),
        (behaviours.ok(), 200, b"{}"),
        (behaviours.status(503, b"busy", {"X-Why": "test"}), 503, b"busy"),
        (behaviours.no_content(), 204, b""),
        (behaviours.empty(), 200, b""),
        (behaviours.truncated_json(b'{"a'), 200, b'{"a'),
        (behaviours.chunked({"id": "1"}), 200, b'{"id": "1"}'),
        (behaviours.slow_headers(0.01, [1]), 200, b"[1]"),
        (behaviours.slow_body(0.01, [1]), 200, b"[1]"),
        (behaviours.redirect("/elsewhere", 307), 307, b""),
    ],
)
def test_a_correct_answer_keeps_the_connection(step: behaviours.Behaviour, status: int, body: bytes) -> None:
    with Faulty(step) as server, Peer(server) as peer:
        for _ in range(2):
            assert peer.send(POST).answer() == (status, body)
    assert [r.json for r in server.requests] == [{"text": "hi"}] * 2
    assert server.connections == 1


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (behaviours.redirect("http://other/x"), b"302 Found\r\nLocation: http://other/x\r\n"),
        (behaviours.rate_limited(3), b"429 Too Many Requests\r\nRetry-After: 3\r\n"),
        (
            behaviours.rate_limited("Wed, 21 Oct 2026 07:28:00 GMT"),
            b"\r\nRetry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n",
        ),
        (behaviours.html(), b"502 Bad Gateway\r\nContent-Type: text/html"),
        (behaviours.status(404), b'{"error": {"code": 404, "message": '),
        (behaviours.bad_status_line(), b"HTTP/teapot yes\r\n"),
        (behaviours.no_content(), b"204 No Content\r\n\r\n"),
    ],
)
def test_the_bytes_of_an_answer(step: behaviours.Behaviour, expected: bytes) -> None:
    assert expected in first_answer(step)[0]


def test_429_without_retry_after_has_no_such_header() -> None:
    assert b"retry-after" not in first_answer(behaviours.rate_limited())[0].lower()


def test_reset_before_reads_nothing() -> None:
    # The reset may come as early as in `connect`.
    with Faulty(behaviours.reset_before()) as server, pytest.raises(ConnectionError), Peer(server) as peer:
        peer.rest()
    assert (server.connections, server.begun, server.requests) == (1, [], [])


def test_reset_after_reads_everything() -> None:
    with Faulty(behaviours.reset_after()) as server, Peer(server) as peer:
        peer.send(POST)
        with pytest.raises(ConnectionResetError):
            peer.rest()
    assert [r.json for r in server.requests] == [{"text": "hi"}]


@pytest.mark.parametrize("data", [GET, POST])
def test_close_after_ends_without_an_answer(data: bytes) -> None:
    got, server = first_answer(behaviours.close_after(), data)
    assert (got, len(server.requests)) == (b"", 1)


def test_an_idle_connection_is_closed_after_an_answer_that_promised_to_keep_it() -> None:
    with Faulty(behaviours.close_idle({"id": "1"})) as server, Peer(server) as peer:
        got = peer.send(GET).rest()
    assert b"Connection: keep-alive\r\n" in got
    assert got.endswith(b'{"id": "1"}')
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("last", "received"), [(behaviours.reset_before(), 1), (behaviours.close_after(), 2)]
)
def test_a_kept_connection_breaks_as_the_next_request_comes(
    last: behaviours.Behaviour, received: int
) -> None:
    with Faulty(behaviours.ok(), last) as server, Peer(server) as peer:
        assert peer.send(GET).answer() == (200, b"{}")
        peer.send(POST)
        try:
            assert peer.rest() == b""
        except ConnectionResetError:
            assert received == 1
    assert (len(server.requests), server.connections) == (received, 1)


def test_a_script_is_followed_over_connections_and_its_last_step_repeats() -> None:
    script = behaviours.reset_before(), behaviours.status(500), behaviours.close_after(), behaviours.ok()
    with Faulty(*script) as server:
        with pytest.raises(ConnectionError), Peer(server) as peer:
            peer.rest()
        with Peer(server) as peer:
            assert peer.send(GET).answer()[0] == 500
            assert peer.send(GET).rest() == b""
        with Peer(server) as peer:
            assert [peer.send(GET).answer()[0] for _ in range(3)] == [200, 200, 200]
    assert (server.connections, len(server.requests)) == (3, 5)


def test_truncated_promises_more_than_it_sends() -> None:
    with Faulty(behaviours.truncated(b'{"a":')) as server, Peer(server) as peer:
        peer.send(GET)
        with pytest.raises(http.client.IncompleteRead) as caught:
            peer.answer()
    assert (caught.value.partial, caught.value.expected) == (b'{"a":', 100)


def test_chunks_can_be_cut_off() -> None:
    got, _ = first_answer(behaviours.chunked({"id": "1"}, size=4, cut=True))
    assert got.endswith(b'\r\n\r\n4\r\n{"id\r\n4\r\n": "\r\n3\r\n1"}\r\n')


def test_an_early_answer_comes_before_the_body() -> None:
    with Faulty(behaviours.early_answer()) as server, Peer(server) as peer:
        peer.send(b"POST /x HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n")
        assert peer.answer()[0] == 413
        peer.send(b"x" * 1000)
    assert (len(server.begun), server.requests) == (1, [])


def test_huge_headers_are_huge() -> None:
    got, _ = first_answer(behaviours.huge_headers(1 << 20))
    assert 1_000_000 < len(got) < 1_100_000
    assert got.endswith(b"\r\n\r\n{}")


@pytest.mark.parametrize("declared", [True, False])
def test_a_huge_answer_is_whole_json(declared: bool) -> None:
    step = behaviours.huge(3_000_000, declared=declared)
    top, _, body = first_answer(step)[0].partition(b"\r\n\r\n")
    assert (b"Content-Length: 3000000" in top) is declared
    assert len(json.loads(body)) == 3_000_000 - 2
    assert (step.taken, step.over.is_set()) == (3_000_000, True)


def test_a_huge_answer_stops_when_the_client_hangs_up() -> None:
    step = behaviours.huge(3 << 30)
    with Faulty(step) as server:
        with Peer(server) as peer:
            peer.send(GET).sock.recv(1 << 20)
        assert step.over.wait(SECONDS)
    assert step.taken < 64 << 20


def test_a_gzip_bomb_is_valid_gzip() -> None:
    top, _, body = first_answer(behaviours.gzip_bomb(8 << 20))[0].partition(b"\r\n\r\n")
    assert b"Content-Encoding: gzip" in top
    assert len(body) < 20_000
    assert len(json.loads(zlib.decompress(body, wbits=31))) == 8 << 20


def test_pages_are_cut_at_the_cursor() -> None:
    def ask(peer: Peer, cursor: str | None) -> dict[str, Any]:
        query = b"" if cursor is None else b"?cursor=" + cursor.encode()
        page: dict[str, Any] = json.loads(peer.send(GET.replace(b"users/1", b"users" + query)).answer()[1])
        return page

    with Faulty(behaviours.pages([1, 2, 3, 4, 5], 2, key="data")) as server, Peer(server) as peer:
        first = ask(peer, None)
        second = ask(peer, first["cursor"])
        last = ask(peer, second["cursor"])
    assert (first["data"], second["data"], last) == ([1, 2], [3, 4], {"data": [5]})


def test_the_same_cursor_comes_again() -> None:
    with Faulty(behaviours.same_cursor({"id": "7"})) as server, Peer(server) as peer:
        answers = [json.loads(peer.send(GET).answer()[1]) for _ in range(2)]
    assert answers == [{"items": [{"id": "7"}], "cursor": "same"}] * 2


# Ending


@pytest.mark.parametrize("name", [name for name in behaviours.TABLE if name != "reset_before"])
def test_every_fault_is_interrupted_at_once(name: str) -> None:
    """A client that only holds on keeps no server from ending, and no thread or socket is left behind."""
    before = threading.active_count()
    with Faulty(behaviours.TABLE[name]()) as server, Peer(server) as peer:
        with contextlib.suppress(ConnectionError):
            peer.send(POST)
        begin = time.monotonic()
        while not server.begun:
            assert time.monotonic() - begin < SECONDS
        begin = time.monotonic()
        server.stop()
        assert time.monotonic() - begin < SECONDS
    gc.collect()  # an unclosed socket would be reported here
    assert threading.active_count() == before


def test_stopping_ends_idle_and_half_finished_connections() -> None:
    before = threading.active_count()
    with Recorder() as server, Peer(server) as idle, Peer(server) as half:
        half.send(POST[:-1])
        idle.send(GET).answer()
        begin = time.monotonic()
        server.stop()
        server.stop()
        assert time.monotonic() - begin < SECONDS
        assert idle.rest() == b""
    assert threading.active_count() == before
    with pytest.raises(ConnectionRefusedError):
        Peer(server)


# LimitedServer


def ask(server: LimitedServer, key: str = "k", count: int = 1) -> list[http.client.HTTPResponse]:
    client = http.client.HTTPConnection(server.host, server.port, timeout=SECONDS)
    answers = []
    for _ in range(count):
        client.request("GET", "/x", headers={"Authorization": f"Bearer {key}"})
        response = client.getresponse()
        response.read()
        answers.append(response)
    client.close()
    return answers


def test_a_limit_is_exact_under_many_connections() -> None:
    with LimitedServer(50, 3600) as server:
        threads = [threading.Thread(target=ask, args=(server, "k", 20)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SECONDS)
    assert (len(server.accepted_times), len(server.refused)) == (50, 110)
    assert server.accepted_times == sorted(server.accepted_times)


def test_each_key_has_its_own_limit() -> None:
    with LimitedServer(2, 3600, answer=json_reply({}, 201)) as server:
        assert [r.status for r in ask(server, "a", 3)] == [201, 201, 429]
        assert [r.status for r in ask(server, "b", 1)] == [201]


def test_a_window_slides() -> None:
    """As many as fit in a window and no more, for several windows, with a client that never waits."""
    window = 0.3
    with LimitedServer(5, window) as server:
        while len(server.accepted_times) <= 15:
            ask(server, count=10)
    times = server.accepted_times
    assert all(later - earlier >= window for earlier, later in zip(times, times[5:], strict=False))
    assert server.refused


@pytest.mark.parametrize(("retry_after", "expected"), [(True, "60"), (False, None)])
def test_retry_after_says_when_the_next_one_fits(retry_after: bool, expected: str | None) -> None:
    with LimitedServer(1, 60, retry_after=retry_after) as server:
        [_, refused] = ask(server, count=2)
    assert (refused.status, refused.getheader("Retry-After")) == (429, expected)
