"""What ``dialpad events serve`` refuses to do, who may ask what, and what it says."""

from __future__ import annotations

import json
import re
import socket
from typing import TYPE_CHECKING, Any

import pytest
from serving import PATH, Serving

from beside import PATIENCE, beside
from signing import GOOD, SECRET, TEXT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLAIN = json.dumps(TEXT).encode()
METRIC = re.compile(r'[a-z_]+(\{[a-z]+="[A-Za-z0-9_.+]+"\})? [0-9.]+')


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (("--port", "x"), "--port: 'x' is no port"),
        (("--port", "70000"), "--port: '70000' is no port"),
        (("--path", "hooks"), "--path: 'hooks' is no path"),
        (("--path", "/a b"), "is no path"),
        (("--path", "letters=/a"), "there is no kind 'letters'"),
        (("--path", "/health"), "/health is taken"),
        (("--path", "/a", "--path", "sms=/a"), "/a is taken"),
        (("--host", "0.0.0.0"), "without a secret anybody who reaches it could write events"),
        (("--host", "example.invalid", "--insecure"), "--host example.invalid"),
        (("--secret", ""), "a secret is empty"),
        (("--forward", "ftp://x"), "--forward"),
        (("extra",), "does not take 'extra'"),
    ],
)
def test_refused(dialpad: Callable[..., Any], argv: tuple[str, ...], told: str) -> None:
    ran = dialpad("events", "serve", *argv)
    assert ran.code == 2
    error = json.loads(ran.err.splitlines()[-1])["error"]
    assert told in error["message"]
    assert error["hint"] or argv == ("extra",)


@pytest.mark.parametrize("host", ["example.invalid", "192.0.2.1", "ü..x"])
def test_a_host_that_is_not_this_machine(dialpad: Callable[..., Any], host: str) -> None:
    ran = dialpad("events", "serve", "--host", host, "--port", "0", "--insecure")
    assert ran.code == 2
    assert "--host 127.0.0.1 is this machine" in ran.err


def test_a_port_that_is_taken(dialpad: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = dialpad("events", "serve", "--port", str(taken.getsockname()[1]))
    assert ran.code == 2
    assert "in use" in ran.err
    assert "--port 0" in ran.err


def test_help(dialpad: Callable[..., Any]) -> None:
    ran = dialpad("events", "serve", "--help")
    assert ran.code == 0
    assert all(flag in ran.out for flag in ("--path", "--insecure", "DIALPAD_WEBHOOK_SECRET", "--forward"))


def test_without_a_secret_only_this_machine_posts(environ: dict[str, str], tmp_path: Path) -> None:
    with Serving(environ, tmp_path) as serving:
        assert serving.told["signed"] is False
        assert "no secret is set" in serving.log
        assert serving.post(PLAIN).status == 204
        assert serving.post(PLAIN, host="localhost").status == 204
        for foreign in (
            {"origin": "https://example.com"},  # a web page that is open here
            {"x_forwarded_for": "203.0.113.9"},  # a proxy or a tunnel
            {"x_forwarded_proto": "https"},
            {"forwarded": "for=203.0.113.9"},
            {"host": "abc.tunnel.example"},  # a name that was made to lead here
        ):
            reply = serving.post(PLAIN, **foreign)
            assert (reply.status, json.loads(reply.body)["error"]) == (403, "not_local")
        assert serving.post(GOOD).status == 400  # signed, and nobody knows by whom
    with Serving(environ, tmp_path, "--insecure") as serving:
        assert serving.post(PLAIN, x_forwarded_for="203.0.113.9").status == 204
        assert "can be forged" in serving.log


def test_health_and_metrics_are_for_this_machine(
    serving: Serving, signed: dict[str, str], tmp_path: Path
) -> None:
    for path in ("/health", "/metrics"):
        assert serving.ask("GET", path).status == 200
        assert serving.ask("HEAD", path).body == b""
        assert serving.ask("GET", path, x_forwarded_for="203.0.113.9").status == 404
        assert serving.ask("POST", path).status == 404
    with Serving(signed, tmp_path, "--public-status") as public:
        assert public.ask("GET", "/health", x_forwarded_for="203.0.113.9").status == 200


def test_metrics_are_prometheus_text(serving: Serving) -> None:
    for body in (GOOD, GOOD, PLAIN, b"x"):
        serving.post(body)
    reply = serving.ask("GET", "/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = reply.body.decode().splitlines()
    assert all(METRIC.fullmatch(line) for line in lines if not line.startswith("#")), lines
    for line in (
        "dialkit_events_received_total 4",
        'dialkit_events_stored_total{kind="sms"} 1',
        "dialkit_events_duplicates_total 1",
        'dialkit_events_refused_total{reason="bad_signature"} 2',
        'dialkit_events_refused_total{reason="not_stored"} 0',
        "dialkit_events_queue_length 0",
        "dialkit_commit_seconds_count 2",
        'dialkit_commit_seconds_bucket{le="+Inf"} 2',
    ):
        assert line in lines


def test_refusals_that_may_be_a_mistake_are_said_once(serving: Serving) -> None:
    for _ in range(20):
        assert serving.post(PLAIN).status == 401
    assert serving.log.count("not signed with the secret") == 1


def test_a_secret_from_stdin(environ: dict[str, str], tmp_path: Path) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-m", "dialkit", "events", "serve", "--port", "0", "--print", "json"]
    with beside(
        [*command, "--secret-stdin"],
        env=environ,
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"another\n{SECRET}\n")
        process.stdin.close()
        told = json.loads(process.stdout.readline())
        serving = Serving(environ, tmp_path)
        serving.port = int(told["url"].rpartition(":")[2])
        assert told["paths"] == {PATH: None}
        assert serving.post(GOOD).status == 204
        process.terminate()
        assert process.wait(PATIENCE) == 0
