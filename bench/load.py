"""Load for a receiver, from a process of its own: signed events over kept connections, one under way on each.

    bench/load.py URL CONNECTIONS SECONDS FIRST_ID

The secret is read from stdin. All bodies are signed before the first is sent. Prints JSON: how many were
answered 2xx, how many otherwise, and the latencies in tenths of a millisecond as ``{tenths: count}``.
Sockets and epoll, nothing else, so that it takes a tenth of what the receiver takes.
"""

from __future__ import annotations

import base64
import hmac
import json
import select
import socket
import sys
import time
from collections import Counter
from urllib.parse import urlsplit

MOST = 8_000  # events a second, for how many are signed beforehand
HEADER = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=")
PEOPLE = 500  # other sides of texts


def event(number: int) -> dict[str, object]:
    """A text from outside as Dialpad tells of it, with about as many bytes."""
    person = f"+1415555{number % PEOPLE:04}"
    return {
        "id": 5_000_000_000_000_000 + number,
        "created_date": 1_772_730_000_000 + number,
        "event_timestamp": 1_772_730_000_500 + number,
        "direction": "inbound",
        "target": {
            "id": 5391827364501928,
            "name": "Mara Winter",
            "phone_number": "(503) 555-0142",
            "type": "user",
        },
        "contact": {"id": f"contact-{number % PEOPLE}", "name": "Ines Sommer", "phone_number": person},
        "sender_id": None,
        "from_number": person,
        "to_number": ["+15035550142"],
        "mms": False,
        "mms_url": None,
        "is_internal": False,
        "message_status": "pending",
        "message_delivery_result": None,
        "text": f"Hello, is order {number} ready? I could come by on Thursday at three.",
        "text_content": f"Hello, is order {number} ready? I could come by on Thursday at three.",
    }


def signed(number: int, secret: bytes) -> bytes:
    """The event as a token."""
    payload = base64.urlsafe_b64encode(json.dumps(event(number)).encode()).rstrip(b"=")
    told = HEADER + b"." + payload
    return told + b"." + base64.urlsafe_b64encode(hmac.digest(secret, told, "sha256")).rstrip(b"=")


def posted(address: str, path: str, body: bytes) -> bytes:
    """The whole request."""
    head = f"POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/jwt\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def main(url: str, connections: int, seconds: float, first: int, secret: bytes) -> dict[str, object]:
    parts = urlsplit(url)
    requests = [
        posted(parts.netloc, parts.path or "/", signed(first + number, secret))
        for number in range(int(seconds * MOST))
    ]
    requests.reverse()
    poll = select.epoll()
    sockets: dict[int, socket.socket] = {}
    for _ in range(connections):
        one = socket.create_connection((parts.hostname, parts.port), 10)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sockets[one.fileno()] = one
        poll.register(one, select.EPOLLIN)
    print("ready", flush=True)
    sys.stdin.readline()  # all begin at once
    began: dict[int, float] = {}
    fine = other = 0
    latencies: Counter[int] = Counter()
    started = time.perf_counter()
    until = started + seconds
    for number, one in sockets.items():
        began[number] = time.perf_counter()
        one.sendall(requests.pop())
    while began:
        for number, _ in poll.poll(10):
            answer = sockets[number].recv(65536)
            now = time.perf_counter()
            latencies[int((now - began.pop(number)) * 1e4)] += 1
            if answer.startswith(b"HTTP/1.1 2"):
                fine += 1
            else:
                other += 1
                if not answer:
                    poll.unregister(number)
                    continue
            if now < until and requests:
                began[number] = now
                sockets[number].sendall(requests.pop())
    took = time.perf_counter() - started
    cpu = time.process_time()
    return {"fine": fine, "other": other, "seconds": took, "latencies": latencies, "cpu": cpu}


if __name__ == "__main__":
    key = sys.stdin.readline().strip().encode()
    told = main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]), key)
    print(json.dumps(told), flush=True)
