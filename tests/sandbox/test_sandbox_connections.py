"""HTTP/1.1 to the letter: what clients send that is rare, broken or hostile, byte by byte."""

from __future__ import annotations

import re
import socket
import threading
import time
import warnings
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import formatdate, parsedate_to_datetime
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING

from asking import START

from beside import PATIENCE
from dialkit.sandbox import Sandbox
from dialkit.sandbox.http.date import Date
from dialkit.sandbox.http.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asking import Client

COMPANY = "/api/v2/company"


def request(client: Client, line: str, *more: str, body: bytes = b"", version: str = "1.1") -> bytes:
    lines = [f"{line} HTTP/{version}", "Host: 127.0.0.1", f"Authorization: Bearer {client.token}", *more]
    return "\r\n".join([*lines, "", ""]).encode() + body


def talk(client: Client, *pieces: bytes, end: bool = True, within: float = 10.0) -> bytes:
    """All that is answered until the sandbox closes; with `end`, no more is sent after the pieces."""
    got = b""
    with socket.create_connection(("127.0.0.1", client.sandbox.port), within) as connection:
        for piece in pieces:
            connection.sendall(piece)
        if end:
            connection.shutdown(socket.SHUT_WR)
        while part := connection.recv(65536):
            got += part
    return got


def statuses(answers: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 ([0-9]{3}) ", answers)]


def test_who_sends_no_more_still_gets_all_answers(client: Client) -> None:
    assert statuses(talk(client, request(client, f"GET {COMPANY}") * 20)) == [200] * 20


def test_a_refusal_reaches_who_is_still_sending(client: Client) -> None:
    for _ in range(50):
        assert statuses(talk(client, b"nonsense\r\n\r\n", *[b"x" * 1000] * 20)) == [400]


def test_a_head_without_end_is_not_kept(client: Client) -> None:
    begun = b"GET /nothing HTTP/1.1\r\nX-Long: "
    with socket.create_connection(("127.0.0.1", client.sandbox.port), 10) as connection:
        connection.sendall(request(client, f"GET {COMPANY}") + begun)
        assert connection.recv(12) == b"HTTP/1.1 200"
        connection.sendall(b"a" * 70_000)
        got = b""
        while part := connection.recv(65536):
            got += part
    assert statuses(got) == [431]


def test_a_head_too_large_is_answered_and_nothing_after_it(client: Client) -> None:
    large = request(client, f"GET {COMPANY}", "X-Long: " + "a" * 70_000)
    got = talk(client, request(client, f"GET {COMPANY}") + large + request(client, f"DELETE {COMPANY}"))
    assert statuses(got) == [200, 431]


def test_what_is_no_http_does_not_take_the_answers_before_it(client: Client) -> None:
    got = talk(client, request(client, f"GET {COMPANY}") * 2 + b"\0nonsense\r\n\r\n", end=False)
    assert statuses(got) == [200, 200, 400]


def test_the_answer_to_head_has_no_body(client: Client) -> None:
    got = talk(client, request(client, f"HEAD {COMPANY}") + request(client, f"GET {COMPANY}"))
    assert statuses(got) == [405, 200]
    assert re.search(rb"content-length: [1-9][0-9]+\r\n\r\nHTTP/1.1 200", got)


def dates(answers: bytes) -> list[datetime]:
    """What the headers say, as another program reads them."""
    found = [parsedate_to_datetime(date.decode()) for date in re.findall(rb"\r\ndate: (.+)\r\n", answers)]
    assert len(found) == len(statuses(answers))
    return found


def test_every_answer_tells_the_time_of_the_sandbox(client: Client) -> None:
    one = request(client, f"GET {COMPANY}")
    start = datetime.fromtimestamp(START, UTC)
    assert dates(talk(client, one * 2, b"what?\r\n\r\n")) == [start] * 3
    assert dates(talk(client, request(client, "GET /nowhere"), one)) == [start] * 2
    client.advance(0.9)
    assert dates(talk(client, one)) == [start]
    client.advance(400 * 86_400 + 0.2)
    later = talk(client, one)
    assert dates(later) == [start + timedelta(days=400, seconds=1)]
    assert b"\r\ndate: Fri, 09 Apr 2027 17:00:01 GMT\r\n" in later


def test_the_time_is_written_as_others_write_it() -> None:
    for second in range(0, 4_000_000_000, 86_399 * 331):
        assert Date(partial(int, second)).line() == f"date: {formatdate(second, usegmt=True)}\r\n".encode()


def test_an_address_in_full(client: Client) -> None:
    assert statuses(talk(client, request(client, f"GET http://127.0.0.1:1{COMPANY}?x=1"))) == [200]
    assert statuses(talk(client, request(client, "GET http://127.0.0.1"))) == [404]


def test_a_wish_for_http_2_is_ignored_and_the_body_is_read(client: Client) -> None:
    wish = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk")
    body = b'{"first_name": "A", "last_name": "Upgraded"}'
    sent = request(client, "POST /api/v2/contacts", *wish, f"Content-Length: {len(body)}")
    assert statuses(talk(client, sent + body + request(client, f"GET {COMPANY}"))) == [200, 200]
    assert statuses(talk(client, sent, body)) == [200]
    assert sum(one.get("last_name") == "Upgraded" for one in client.world.contacts) == 2
    assert statuses(talk(client, request(client, "CONNECT dialpad.example:443"), end=False)) == [405]


def test_a_body_in_any_dress(client: Client) -> None:
    for body, status in (
        (b"\xef\xbb\xbf{}", 400),
        (b" {} ", 400),
        ("{}".encode("utf-16"), 400),
        (b"1.5e3", 400),
    ):
        asked = request(client, "POST /api/v2/contacts", f"Content-Length: {len(body)}", body=body)
        got = talk(client, asked)
        assert statuses(got) == [status]
        assert (b"first_name" in got) == (b"{}" in body)


def test_headers_after_a_body_are_no_headers(client: Client) -> None:
    head = f"GET {COMPANY} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    assert statuses(talk(client, f"{head}Authorization: Bearer {client.token}\r\n\r\n".encode())) == [401]


def test_expect_in_any_spelling(client: Client) -> None:
    asked = request(client, "POST /api/v2/sms", "Expect: 100-Continue", "Content-Length: 2")
    assert statuses(talk(client, asked, b"{}")) == [100, 400]


def test_http_1_0_ends_with_its_answer(client: Client) -> None:
    got = talk(client, request(client, f"GET {COMPANY}", "Connection: keep-alive", version="1.0"), end=False)
    assert statuses(got) == [200]
    assert b"connection: close" in got
    streamed = talk(client, request(client, "GET /__sandbox__/requests?follow=1", version="1.0"))
    assert b"chunked" not in streamed
    assert streamed.partition(b"\r\n\r\n")[2].startswith(b'{"id":')


def test_two_lengths_and_lengths_beside_chunks_are_refused(client: Client) -> None:
    for lengths in (
        ("Content-Length: 2", "Content-Length: 3"),
        ("Content-Length: 2", "Transfer-Encoding: chunked"),
    ):
        assert statuses(talk(client, request(client, "POST /api/v2/sms", *lengths), b"{}", end=False)) == [
            400
        ]


def test_a_client_that_never_reads_is_not_served_on_and_on(client: Client) -> None:
    asked = request(client, "GET /api/v2/contacts?limit=100") * 500
    with socket.create_connection(("127.0.0.1", client.sandbox.port), 1) as connection:
        with suppress(TimeoutError):
            while True:
                connection.sendall(asked)
        held = [len(one._waiting) for one in client.sandbox._server.connections]
    assert max(held) < 5_000


def test_no_line_break_gets_into_a_header() -> None:
    class Nowhere:
        transport = None
        server = SimpleNamespace(date=Date(lambda: 0.0))

    exchange = Exchange(Nowhere(), {"method": "GET"}, [], keep=True, old=False)
    exchange._start(302, [(b"location", b"https://a.example/\r\nSet-Cookie: x=1"), (b"content-length", b"0")])
    assert b"".join(exchange._head).count(b"\r\n") == 5


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate()}


def test_starting_and_stopping_leaves_nothing_behind() -> None:
    before = threads()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(5):
            sandbox = Sandbox(limits=False)
            for _ in range(2):
                with sandbox:
                    connections = [socket.create_connection(("127.0.0.1", sandbox.port)) for _ in range(20)]
                    for connection in connections[:10]:
                        connection.sendall(b"GET /api/v2/company HTTP/1.1\r\nHost: x\r\n\r\nGET /half")
                    assert connections[0].recv(12) == b"HTTP/1.1 401"
                assert ended(connections)
    assert threads() == before


def ended(connections: Iterable[socket.socket]) -> bool:
    """Whether all were closed from the other end."""
    for connection in connections:
        connection.settimeout(PATIENCE)
        with suppress(ConnectionError):
            while connection.recv(65536):
                pass
        connection.close()
    return True


def test_stopping_does_not_wait_for_whoever_waits() -> None:
    with Sandbox(limits=False) as sandbox:
        asked = f"GET {COMPANY} HTTP/1.1\r\nHost: x\r\nX-Dialkit-Fault: latency=50\r\n\r\n".encode()
        connection = socket.create_connection(("127.0.0.1", sandbox.port))
        connection.sendall(asked)
        with socket.create_connection(("127.0.0.1", sandbox.port)) as other:
            other.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert other.recv(12) == b"HTTP/1.1 404"
        assert sandbox.requests[0].path == COMPANY
        began = time.perf_counter()
    assert time.perf_counter() - began < 30  # of 50
    connection.close()
