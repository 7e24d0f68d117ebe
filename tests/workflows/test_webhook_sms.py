"""``dialpad webhook sms``: a webhook and its subscription, both or neither."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from beside import PATIENCE
from dialkit.errors import InvalidArgument
from dialkit.events.hooks import addresses
from dialkit.events.hooks import texts as hooks

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]
URL = "https://hooks.example/sms"
CREATE = ("webhook", "sms", "create", "--url", URL, "--direction")
OFFICE, DEPARTMENT_SUBSCRIPTION, HOOK = "5219384756201938", "6347683941576820", 6238475910283746
SECRET = "a-secret-of-mine"


def asked(sandbox: Sandbox) -> list[str]:
    """The requests that change something."""
    return [
        f"{request.method} {request.path.removeprefix('/api/v2')}"
        for request in sandbox.requests
        if request.method != "GET"
    ]


def subscriptions(sandbox: Sandbox) -> list[Any]:
    return [row for row in sandbox.world.subscriptions if row["kind"] == "sms"]


def made(sandbox: Sandbox) -> list[Any]:
    """The webhooks that were not there at the start."""
    return [hook for hook in sandbox.world.webhooks if hook["id"] != HOOK]


def test_both_are_made_and_texts_arrive(run: Callable[..., Any], sandbox: Sandbox) -> None:
    told = run(*CREATE, "all").data
    [hook] = made(sandbox)
    [row] = [row for row in subscriptions(sandbox) if row["endpoint_id"] == hook["id"]]
    assert told == {
        "id": str(row["id"]),
        "url": URL,
        "direction": "all",
        "target": "company",
        "enabled": True,
        "orphaned": False,
        "status": False,
        "signed": False,
        "webhook_id": str(hook["id"]),
        "made": ["webhook", "subscription"],
        "used": [],
    }
    assert (row["direction"], row.get("target_id")) == ("all", None)
    sandbox.text_in("+14155550123", "+15035550142", "Are you open?")
    assert [one for one in sandbox.deliveries if one.get("url") == URL]


def test_the_same_again_makes_nothing(run: Callable[..., Any], sandbox: Sandbox) -> None:
    first = run(*CREATE, "all").data
    again = run("webhook", "sms", "create", "--url", "HTTPS://Hooks.Example:443/sms", "--direction", "all")
    assert again.data["id"] == first["id"]
    assert (again.data["made"], again.data["used"]) == ([], ["webhook", "subscription"])
    assert "nothing was made" in again.err
    other = run(*CREATE, "inbound", "--status").data
    assert (other["made"], other["used"]) == (["subscription"], ["webhook"])
    assert other["webhook_id"] == first["webhook_id"]
    assert len(made(sandbox)) == 1


def test_a_hook_is_used_again_only_with_the_same_secret(run: Callable[..., Any], sandbox: Sandbox) -> None:
    plain = run(*CREATE, "all").data
    signed = run(*CREATE, "all", "--secret", SECRET)
    assert signed.data["webhook_id"] != plain["webhook_id"]
    assert f"the same URL, with another secret or none: webhook {plain['webhook_id']}" in signed.err
    assert run(*CREATE, "inbound", "--secret", SECRET).data["webhook_id"] == signed.data["webhook_id"]
    assert len(made(sandbox)) == 2


def test_an_office_is_looked_up_before_anything_is_made(run: Callable[..., Any], sandbox: Sandbox) -> None:
    told = run(*CREATE, "inbound", "--office-id", OFFICE).data
    assert told["target"] == f"office:{OFFICE}"
    sandbox.reset()
    wrong = run(*CREATE, "inbound", "--office-id", "5999999999999999")
    assert wrong.code == 4
    assert "--office-id: there is no office 5999999999999999; nothing was made" in wrong.error["message"]
    assert not asked(sandbox)


def test_other_targets(run: Callable[..., Any], sandbox: Sandbox) -> None:
    target = ("--target-type", "department", "--target-id", "5728391046572839")
    assert run(*CREATE, "all", *target).data["target"] == "department:5728391046572839"
    for kind in ("callcenter", "callrouter", "channel", "coachingteam", "department", "room", "user"):
        told = run(*CREATE, "all", "--target-type", kind, "--target-id", "5999999999999999")
        assert told.code == 4, (kind, told)
        assert run(*told.error["hint"].split()[1:3]).code == 0
    assert len(made(sandbox)) == 1


def test_secrets_are_shown_only_where_they_were_generated(run: Callable[..., Any], sandbox: Sandbox) -> None:
    given = run(*CREATE, "all", "--secret", SECRET)
    listed = run("webhook", "sms", "list")
    table = run("webhook", "sms", "list", "-o", "table")
    dry = run(*CREATE, "all", "--secret", SECRET, "--dry-run")
    gone = run("webhook", "sms", "delete", given.data["id"], "--with-webhook")
    for told in (given, listed, table, dry, gone):
        assert told.code == 0
        assert SECRET not in told.out + told.err
        assert "copper-kettle" not in told.out + told.err
    assert given.data["signed"]
    fresh = run(*CREATE, "all", "--generate-secret")
    [hook] = made(sandbox)
    assert fresh.data["secret"] == hook["signature"]["secret"]
    assert len(fresh.data["secret"]) >= 32
    assert fresh.data["secret"] not in fresh.err
    another = run(*CREATE, "all", "--generate-secret")
    assert another.data["secret"] != fresh.data["secret"]
    assert another.data["same_url"] == [fresh.data["webhook_id"]]
    assert fresh.data["webhook_id"] in another.err


def test_a_secret_from_stdin(dialpad: Callable[..., Any], sandbox: Sandbox) -> None:
    keys = {"DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}
    assert dialpad(*CREATE, "all", "--secret-stdin", stdin=SECRET + "\n", **keys).code == 0
    assert made(sandbox)[0]["signature"]["secret"] == SECRET
    assert dialpad(*CREATE, "all", "--secret-stdin", stdin="\n", **keys).code == 2


@pytest.mark.parametrize("status", [400, 403, 500])
def test_a_failed_subscription_takes_its_webhook_back(
    run: Callable[..., Any], sandbox: Sandbox, status: int
) -> None:
    sandbox.faults.add(operation=hooks.CREATE, status=status)
    told = run(*CREATE, "all")
    assert told.code == {400: 2, 403: 3, 500: 8}[status], told
    assert "deleted again" in told.error["message"]
    assert not made(sandbox)
    assert asked(sandbox)[:2] == ["POST /webhooks", "POST /subscriptions/sms"]
    assert asked(sandbox)[-1].startswith("DELETE /webhooks/")


def test_a_failure_that_was_none_is_found_out(run: Callable[..., Any], sandbox: Sandbox) -> None:
    sandbox.faults.add(operation=hooks.CREATE, status=500, carried_out=True)
    told = run(*CREATE, "all").data
    assert told["id"] in [str(row["id"]) for row in subscriptions(sandbox)]
    assert [str(hook["id"]) for hook in made(sandbox)] == [told["webhook_id"]]


def test_a_webhook_of_before_is_not_taken_back(run: Callable[..., Any], sandbox: Sandbox) -> None:
    before = run(*CREATE, "all").data
    sandbox.faults.add(operation=hooks.CREATE, status=400)
    told = run(*CREATE, "inbound")
    assert told.code == 2
    assert "deleted" not in told.error["message"]
    assert [str(hook["id"]) for hook in made(sandbox)] == [before["webhook_id"]]


def test_a_webhook_that_cannot_be_taken_back_is_named(run: Callable[..., Any], sandbox: Sandbox) -> None:
    sandbox.faults.add(operation=hooks.CREATE, status=400)
    sandbox.faults.add(operation="webhooks.delete", status=403)
    told = run(*CREATE, "all")
    [hook] = made(sandbox)
    assert told.code == 11
    assert str(hook["id"]) in told.error["message"]
    assert told.error["hint"] == f"dialpad webhooks delete {hook['id']}"


def test_a_lost_answer_is_looked_into_and_not_repeated(run: Callable[..., Any], sandbox: Sandbox) -> None:
    there = run(*CREATE, "outbound").data
    sandbox.faults.add(operation=hooks.CREATE, reset="after", count=1)
    told = run(*CREATE, "inbound").data
    assert (told["direction"], told["made"]) == ("inbound", ["subscription"])
    assert told["webhook_id"] == there["webhook_id"]
    sandbox.reset()
    sandbox.faults.add(operation=hooks.CREATE, reset="after", count=1)
    told = run(*CREATE, "all")
    [hook] = made(sandbox)
    [row] = [row for row in subscriptions(sandbox) if row["endpoint_id"] == hook["id"]]
    assert told.data["id"] == str(row["id"])
    assert asked(sandbox) == ["POST /webhooks", "POST /subscriptions/sms"]


def test_a_lost_request_leaves_its_webhook_and_says_so(run: Callable[..., Any], sandbox: Sandbox) -> None:
    sandbox.faults.add(operation=hooks.CREATE, reset="before", count=1)
    told = run(*CREATE, "all")
    [hook] = made(sandbox)
    assert told.code == 9
    assert str(hook["id"]) in told.error["message"]
    assert asked(sandbox).count("POST /subscriptions/sms") == 1
    assert "the same line again does no harm" in told.error["hint"]
    again = run(*CREATE, "all").data
    assert (again["webhook_id"], again["made"]) == (str(hook["id"]), ["subscription"])
    sandbox.reset()
    sandbox.faults.add(operation="webhooks.create", reset="after", count=1)
    told = run(*CREATE, "all")
    assert told.code == 9
    assert asked(sandbox) == ["POST /webhooks"]
    assert "the same line again does no harm" in told.error["hint"]
    assert run(*CREATE, "all").data["used"] == ["webhook"]
    assert len(made(sandbox)) == 1


def test_a_generated_secret_that_was_lost_is_taken_back_by_the_hint(
    run: Callable[..., Any], sandbox: Sandbox
) -> None:
    sandbox.faults.add(operation=hooks.CREATE, reset="before", count=1)
    told = run(*CREATE, "all", "--generate-secret")
    assert told.code == 9
    line = told.error["hint"].partition(": dialpad ")[2].split()
    assert run(*line).code == 0
    assert not made(sandbox)
    sandbox.faults.add(operation="webhooks.create", reset="after", count=1)
    told = run(*CREATE, "all", "--generate-secret")
    assert told.code == 9
    assert "dialpad webhooks list" in told.error["hint"]


def test_a_failure_that_cannot_be_looked_into_says_where_to_look(
    run: Callable[..., Any], sandbox: Sandbox
) -> None:
    sandbox.faults.add(operation=hooks.CREATE, status=500, carried_out=True)
    sandbox.faults.add(operation=hooks.LIST, status=403, count=1)
    told = run(*CREATE, "all")
    assert told.code == 8
    assert "dialpad webhook sms list" in told.error["hint"]
    assert [row["orphaned"] for row in run("webhook", "sms", "list").data] == [False, True]
    assert not made(sandbox)


def test_the_list(run: Callable[..., Any], sandbox: Sandbox) -> None:
    run(*CREATE, "outbound", "--office-id", OFFICE)
    sandbox.world.webhooks.remove(HOOK)
    first, second = run("webhook", "sms", "list").data
    assert (first["id"], first["orphaned"], first["url"]) == (DEPARTMENT_SUBSCRIPTION, True, None)
    assert (second["url"], second["direction"], second["orphaned"]) == (URL, "outbound", False)
    table = run("webhook", "sms", "list", "-o", "table").out.splitlines()
    assert table[0].split() == ["id", "url", "direction", "target", "enabled", "orphaned"]
    assert run("webhook", "sms", "list", "-o", "ids").out.split() == [first["id"], second["id"]]


def test_delete(run: Callable[..., Any], sandbox: Sandbox) -> None:
    told = run(*CREATE, "all").data
    gone = run("webhook", "sms", "delete", told["id"]).data
    assert (gone["id"], gone["deleted"]) == (told["id"], ["subscription"])
    assert len(made(sandbox)) == 1
    told = run(*CREATE, "all").data
    gone = run("webhook", "sms", "delete", told["id"], "--with-webhook").data
    assert gone["deleted"] == ["subscription", "webhook"]
    assert not made(sandbox)
    assert run("webhook", "sms", "delete", told["id"]).code == 4


def test_a_webhook_that_others_use_stays(run: Callable[..., Any], sandbox: Sandbox) -> None:
    others = [
        row for row in sandbox.world.subscriptions if row.get("endpoint_id") == HOOK and row["kind"] != "sms"
    ]
    assert others
    told = run("webhook", "sms", "delete", DEPARTMENT_SUBSCRIPTION, "--with-webhook")
    assert told.code == 5
    assert all(str(row["id"]) in told.error["message"] for row in others)
    assert not asked(sandbox)


def test_half_a_deletion_is_told(run: Callable[..., Any], sandbox: Sandbox) -> None:
    told = run(*CREATE, "all").data
    sandbox.faults.add(operation="webhooks.delete", status=403)
    half = run("webhook", "sms", "delete", told["id"], "--with-webhook")
    assert half.code == 11
    assert half.error["hint"] == f"dialpad webhooks delete {told['webhook_id']}"


def test_dry_runs(run: Callable[..., Any], sandbox: Sandbox) -> None:
    shown = run(*CREATE, "inbound", "--office-id", OFFICE, "--generate-secret", "--dry-run").data
    first, second = shown["requests"]
    assert first["body"] == {"hook_url": URL, "secret": "***"}
    assert second["body"]["target_id"] == int(OFFICE)
    assert not sandbox.requests
    shown = run("webhook", "sms", "delete", DEPARTMENT_SUBSCRIPTION, "--dry-run").data
    assert shown["method"] == "DELETE"
    assert not sandbox.requests
    there = run(*CREATE, "all").data
    shown = run("webhook", "sms", "delete", there["id"], "--with-webhook", "--dry-run").data
    assert shown["requests"][1]["url"].endswith(f"/webhooks/{there['webhook_id']}")
    assert len(made(sandbox)) == 1


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://hooks.example/x", "not https"),
        ("ftp://hooks.example/x", "https://"),
        ("hooks.example/x", "https://"),
        ("https://", "no host"),
        ("https:///x", "no host"),
        ("https://hooks.example:99999/x", "web address"),
        ("https://me:pass@hooks.example/x", "password"),
        ("https://hooks.example/x#top", "#"),
        ("https://hooks.example/a b", "space"),
        ("https://hooks.example/\nx", "space"),
        ("https://häuser.example/", "percent"),
        ("http://localhost.example/x", "not https"),
        ("", "https://"),
    ],
)
def test_addresses_that_will_not_do(run: Callable[..., Any], sandbox: Sandbox, url: str, words: str) -> None:
    told = run("webhook", "sms", "create", f"--url={url}", "--direction", "all")
    assert told.code == 2
    assert words in told.error["message"]
    assert "pass@" not in told.err
    assert not sandbox.requests


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "127.9.9.9", "[::1]:80"])
def test_this_machine_needs_no_https(host: str) -> None:
    assert addresses.check_url(f"http://{host}/x")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (("--direction", "all"), "--url"),
        (("--url", URL), "--direction"),
        (("--url", URL, "--direction", "up"), "up"),
        (("--url", URL, "--direction", "all", "--secret", "a\nb"), "secret"),
        (("--url", URL, "--direction", "all", "--secret", "x", "--generate-secret"), "which?"),
        (("--url", URL, "--direction", "all", "--target-id", "5"), "--target-type"),
        (("--url", URL, "--direction", "all", "--target-id", "5", "--target-type", "moon"), "moon"),
        (("--url", URL, "--direction", "all", "--office-id", "5", "--target-id", "5"), "which?"),
        (("--url", URL, "--direction", "all", "--office-id", "the-office"), "the-office"),
        (("--url", URL, "--direction", "inbound", "--event-types", '["sms_sent"]'), "--direction outbound"),
        (("--url", URL, "--direction", "all", "--loud"), "--loud"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_asked(
    run: Callable[..., Any], sandbox: Sandbox, line: tuple[str, ...], words: str
) -> None:
    told = run("webhook", "sms", "create", *line)
    assert told.code == 2
    assert words in told.error["message"]
    assert told.error["hint"]
    assert not sandbox.requests


def test_the_older_names_of_events(run: Callable[..., Any], sandbox: Sandbox) -> None:
    assert hooks.direction_of(["sms_received"]) == "inbound"
    assert hooks.direction_of(["sms_sent"], "outbound") == "outbound"
    assert hooks.direction_of(["sms_sent", "sms_received", "sms_sent"], "all") == "all"
    for names, direction in ((["sms_received"], "all"), ([], None), (["call"], None)):
        with pytest.raises(InvalidArgument, match="--event-types"):
            hooks.direction_of(names, direction)
    line = ("webhook", "sms", "create", "--url", URL, "--event-types", '["sms_received"]')
    assert run(*line).data["direction"] == "inbound"


def test_the_wrapper_gives_one_object(environ: dict[str, str], sandbox: Sandbox) -> None:
    def wrapper(*argv: str) -> Any:
        done = subprocess.run(
            [sys.executable, str(ROOT / "bin" / "create_sms_webhook.py"), *argv, "--json"],
            capture_output=True,
            text=True,
            check=False,
            env={**environ, "DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token},
        )
        told = json.loads(done.stdout)
        assert told["ok"] == (done.returncode == 0)
        return told

    told = wrapper("create", "--url", "https://your-server.com/webhook/dialpad", "--direction", "all")
    assert told["command"] == "create_sms_webhook.create"
    assert told["data"]["url"] == "https://your-server.com/webhook/dialpad"
    listed = wrapper("list")
    assert listed["command"] == "create_sms_webhook.list"
    assert told["data"]["id"] in [row["id"] for row in listed["data"]]
    assert wrapper("create", "--url", "http://x", "--direction", "all")["error"]["code"] == "invalid_argument"
    assert wrapper("delete", told["data"]["id"], "--with-webhook")["ok"]


def test_the_events_arrive_signed(run: Callable[..., Any], sandbox: Sandbox) -> None:
    import base64
    import hashlib
    import hmac
    import socket
    import threading

    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                data = b""
                while b"\r\n\r\n" not in data or len(data.partition(b"\r\n\r\n")[2]) < length(data):
                    data += connection.recv(65536)
                received.append(data.partition(b"\r\n\r\n")[2])
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

        def length(data: bytes) -> int:
            lines = data.lower().split(b"\r\n")
            return int(next(line for line in lines if line.startswith(b"content-length")).split(b":")[1])

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/sms"
        secret = run(
            "webhook", "sms", "create", "--url", url, "--direction", "inbound", "--generate-secret"
        ).data["secret"]
        sandbox.text_in("+14155550123", "+15035550142", "Are you open?")
        sandbox.advance(1)
        thread.join(PATIENCE)
    signed, _, mark = received[0].rpartition(b".")
    made = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    assert base64.urlsafe_b64encode(made).rstrip(b"=") == mark
