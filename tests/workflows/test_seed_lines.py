"""Every line that the reference promises: run from a shell as written, its effect looked for in the world."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from seed_lines import CENTER, CONTACT, INTRO, LINES, OFFICE, POLICY, REPORT, WORK, settle
from seed_shell import POSIX, Shell

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dialkit.sandbox import Sandbox

pytestmark = POSIX


@pytest.fixture
def shell(sandbox: Sandbox, environ: dict[str, str], tmp_path: Path) -> Shell:
    return Shell(sandbox, environ, tmp_path)


@pytest.fixture
def ready(shell: Shell, sandbox: Sandbox) -> Callable[[int], Shell]:
    """A shell in whose world the ids of a line are there."""

    def prepared(number: int) -> Shell:
        settle(sandbox, number)
        return shell

    return prepared


def test_there_are_41_lines() -> None:
    assert sorted(LINES) == list(range(1, 42))


# Texts.


def test_1_send_sms(ready: Any) -> None:
    shell = ready(1)
    data = shell.done(1)
    assert shell.inbox("+14155550111") == ["Hello"]
    assert shell.sandbox.texts[-1]["from_number"] == WORK
    found = data[0] if isinstance(data, list) else data
    assert {
        "id",
        "status",
        "message_delivery_result",
        "to_numbers",
        "from_number",
        "direction",
    } <= found.keys()
    assert (found["to_numbers"], found["from_number"], found["direction"]) == (
        ["+14155550111"],
        WORK,
        "outbound",
    )


def test_2_group_intro(ready: Any) -> None:
    shell = ready(2)
    data = shell.done(2)
    assert data["mode"] == "mirrored_fallback"
    sent = [body for _, path, body in shell.writes() if path == "/sms"]
    assert [body["to_numbers"] for body in sent] == [["+14155550111"], ["+14155559999"]]
    assert {body["from_number"] for body in sent} == {INTRO}
    assert "+14155559999" in shell.inbox("+14155550111")[0]
    assert "+14155550111" in shell.inbox("+14155559999")[0]


def test_3_bulk_send(ready: Any) -> None:
    shell = ready(3)
    shell.done(3)
    assert shell.writes() == [
        (
            "POST",
            "/message/bulk",
            {"text": "Campaign message", "to_numbers": ["+14155551234"], "from_number": WORK},
        )
    ]
    made = list(shell.sandbox.world.bulk_messages)[-1]
    assert (made["text"], made["from_number"], made["num_recipients"]) == ("Campaign message", WORK, 1)


def test_4_schedule_without_recipients(shell: Shell) -> None:
    code, _, told = shell(LINES[4])
    assert code == 2
    message = json.loads(told)["error"]["message"]
    assert "--to-numbers or --channel-hashtag is required" in message
    assert shell.asked() == []


def test_4_schedule_complete(shell: Shell) -> None:
    line = LINES[4].replace("2026-02-15", "2099-02-15") + " --to-numbers +14155551234"
    code, data, told = shell(line)
    assert code == 0, told
    made = shell.sandbox.world.schedules.get(data["schedule_id"])
    assert (made["text"], made["to_numbers"]) == ("Reminder", ["+14155551234"])
    assert shell.writes()[0][2]["start_date"] == 4074829200  # 2099-02-15T09:00:00Z


def test_5_6_templates(shell: Shell) -> None:
    assert shell.done(5) == []
    made = shell.done(6)
    assert (made["name"], made["text"]) == ("Welcome", "Welcome to ShapeScale!")
    assert [row["text"] for row in shell.done(5)] == ["Welcome to ShapeScale!"]
    assert shell.asked() == []
    code, _, told = shell("dialpad sms send --to +14155550111 --template Welcome")
    assert code == 0, told
    assert shell.inbox("+14155550111")[0] == "Welcome to ShapeScale!"


# Calls.


def test_7_transfer(ready: Any) -> None:
    shell = ready(7)
    shell.done(7)
    wanted = {"to": {"target_id": 67890, "target_type": "user"}}
    assert ("POST", "/call/12345/transfer", wanted) in shell.asked()
    moved = [call for call in shell.sandbox.world.calls.where("root", 12345) if call["call_id"] != 12345]
    assert [call["target_id"] for call in moved] == [67890]


def test_8_recap(ready: Any) -> None:
    data = ready(8).done(8)
    assert (data["call_id"], bool(data["summary"])) == ("12345", True)


def test_9_10_dispositions(shell: Shell) -> None:
    before = shell.done(9)["items"]
    assert all("color" not in row for row in before)
    made = shell.done(10)
    assert "kept on this machine" in shell.told
    assert (made["name"], made["color"]) == ("Demo Scheduled", "#00FF00")
    kept = shell.sandbox.world.dispositions.get(int(made["id"]))
    assert (kept["name"], kept["office_id"], "color" in kept) == ("Demo Scheduled", OFFICE, False)
    colors = {row["name"]: row.get("color") for row in shell.done(9)["items"]}
    assert colors == {**{row["name"]: None for row in before}, "Demo Scheduled": "#00FF00"}


def test_11_ivr(ready: Any) -> None:
    shell = ready(11)
    data = shell.done(11)
    call = shell.sandbox.world.calls.get(int(data["call_id"]))
    assert (call["target_type"], call["target_id"], call["external_number"]) == (
        "callcenter",
        CENTER,
        "+14155551234",
    )


def test_12_13_recording(ready: Any) -> None:
    shell = ready(12)
    call = shell.sandbox.world.calls.get(12345)
    path = f"/users/{call['target_id']}/activecall"
    before = len(shell.sandbox.world.recordings)
    shell.done(12)
    assert ("PATCH", path, True) in [(m, p, b["is_recording"]) for m, p, b in shell.writes()]
    assert len(shell.sandbox.world.recordings) == before + 1
    shell.done(13)
    assert [body["is_recording"] for _, _, body in shell.writes()] == [True, False]
    assert len(shell.sandbox.world.recordings) == before + 1


def test_14_labels(ready: Any) -> None:
    shell = ready(14)
    shell.done(14)
    assert shell.writes() == [("PUT", "/call/12345/labels", {"labels": ["hot-lead", "follow-up"]})]
    assert shell.sandbox.world.calls.get(12345)["labels"] == ["hot-lead", "follow-up"]


# Organisation.


def test_15_16_17_users(ready: Any) -> None:
    shell = ready(15)
    assert {"67890", "5765607478525952"} <= {row["id"] for row in shell.done(15)["items"]}
    assert shell.done(16)["id"] == "5765607478525952"
    data = shell.done(17)
    assert data["status_message"] == "away"
    assert shell.writes() == [("PATCH", "/users/5765607478525952/status", {"status_message": "away"})]
    data = shell.done(17, " --job-title Roaster")
    assert (data["job_title"], data["status_message"]) == ("Roaster", "away")
    kept = shell.sandbox.world.users.get(5765607478525952)
    assert (kept["job_title"], kept["status_message"]) == ("Roaster", "away")


def test_18_offices(shell: Shell) -> None:
    assert [row["id"] for row in shell.done(18)["items"]] == [
        str(office["id"]) for office in shell.sandbox.world.offices
    ]


def test_19_office_without_billing(shell: Shell) -> None:
    code, _, told = shell(LINES[19])
    error = json.loads(told)["error"]
    assert code == 2
    for flag in ("--billing-address (JSON or dotted)", "--country (text)", "--invoiced (yes or no)"):
        assert flag in error["message"]
    assert "--name" not in error["message"]
    assert error["hint"].startswith("dialpad schema offices.create --example")
    assert shell.asked() == []


def test_19_office_complete(shell: Shell) -> None:
    code, _, told = shell(
        "dialpad schema offices.create --example > body.json && " + LINES[19] + " --data @body.json"
    )
    assert code == 0, told
    made = list(shell.sandbox.world.offices)[-1]
    assert (made["name"], made["timezone"]) == ("SF Office", "America/Los_Angeles")


@pytest.mark.parametrize(
    ("number", "table", "path"), [(20, "departments", "departments"), (21, "call_centers", "callcenters")]
)
def test_20_21_groups(shell: Shell, number: int, table: str, path: str) -> None:
    all_of_them = list(getattr(shell.sandbox.world, table))
    assert {row["id"] for row in shell.done(number)["items"]} == {str(row["id"]) for row in all_of_them}
    of_office = [str(row["id"]) for row in all_of_them if row["office_id"] == OFFICE]
    assert [row["id"] for row in shell.done(number, f" --office-id {OFFICE}")["items"]] == of_office
    assert [one[1] for one in shell.asked()] == [f"/{path}", f"/offices/{OFFICE}/{path}"]


def test_22_operators(ready: Any) -> None:
    shell = ready(22)
    data = shell.done(22)
    there = shell.sandbox.world.operators.where("group", ("callcenter", 12345))
    assert {row["id"] for row in data["users"]} == {str(one["member_id"]) for one in there}


def test_23_24_policies(ready: Any) -> None:
    shell = ready(23)
    assert str(POLICY) in {row["id"] for row in shell.done(23)["items"]}
    shell.done(24, f" --target-type callcenter --target-id {CENTER}")
    assert shell.writes()[0][1] == f"/accesscontrolpolicies/{POLICY}/assign"
    assert [one["policy_id"] for one in shell.sandbox.world.assignments.where("user", 456)] == [POLICY]


def test_24_as_written(ready: Any) -> None:
    shell = ready(24)
    _, _, told = shell(LINES[24])
    assert ("POST", f"/accesscontrolpolicies/{POLICY}/assign", {"user_id": 456}) in shell.asked(), told


# Contacts.


def test_25_contact_create(shell: Shell) -> None:
    made = shell.sandbox.world.contacts.get(shell.done(25)["id"])
    assert (made["first_name"], made["phones"]) == ("John", ["+14155551234"])


def test_26_27_contact_update_delete(shell: Shell) -> None:
    shell.done(26)
    kept = shell.sandbox.world.contacts.get(CONTACT)
    assert (kept["first_name"], kept["job_title"], kept["last_name"]) == ("John", "VP", "Nair")
    shell.done(27)
    assert shell.sandbox.world.contacts.find(CONTACT) is None


def test_28_upsert(shell: Shell) -> None:
    shell.done(28)
    after_first = len(shell.sandbox.world.contacts)
    shell.done(28)
    assert len(shell.sandbox.world.contacts) == after_first
    found = [row for row in shell.sandbox.world.contacts if "jane@example.com" in row.get("emails", ())]
    assert len(found) == 1
    assert "+14155550123" in found[0]["phones"]


def test_29_update(shell: Shell) -> None:
    before = shell.sandbox.world.contacts.get(CONTACT)
    shell.done(29)
    assert shell.sandbox.world.contacts.get(CONTACT) == {**before, "job_title": "VP"}
    assert [body for _, _, body in shell.writes()] == [{"job_title": "VP"}]


def test_30_31_companies(shell: Shell) -> None:
    made = shell.done(31)
    assert made["name"] == "Acme Corp"
    assert "kept on this machine" in shell.told
    assert shell.asked() == []
    rows = shell.done(30)
    assert all("source" in row for row in rows)
    assert {"Larkspur Coffee", "Acme Corp", "Copper Pot Cafe"} <= {row["name"] for row in rows}
    assert shell.writes() == []


def test_32_import(shell: Shell) -> None:
    shell.done(32)
    names = {(row["first_name"], row["last_name"]) for row in shell.sandbox.world.contacts}
    assert {("Ada", "Ng"), ("Bo", "Li")} <= names


# Reports.


def test_33_stats(shell: Shell) -> None:
    data = shell.done(33)
    asked = shell.sandbox.world.stats.get(data["request_id"])["asked"]
    wanted = {"stat_type": "calls", "export_type": "stats", "days_ago_start": 0, "days_ago_end": 7}
    assert {name: asked[name] for name in wanted} == wanted
    assert "--days-ago-start 0 --days-ago-end 7" in shell.told


def test_34_csat_without_target(shell: Shell) -> None:
    code, _, told = shell(LINES[34])
    assert code == 2
    assert "--target-id is required with --stat-type csat" in json.loads(told)["error"]["message"]
    assert shell.asked() == []


def test_35_dispositions(shell: Shell) -> None:
    data = shell.done(35)
    asked = shell.sandbox.world.stats.get(data["request_id"])["asked"]
    assert (asked["export_type"], asked["target_id"], asked["target_type"]) == ("records", OFFICE, "office")


def test_36_stats_get(shell: Shell) -> None:
    assert shell.done(36)["status"] in ("processing", "complete")
    assert shell.asked() == [("GET", f"/stats/{REPORT}", None)]


# Events.


def test_37_38_webhook(shell: Shell) -> None:
    shell.done(37)
    hook = list(shell.sandbox.world.webhooks)[-1]
    assert hook["hook_url"] == "https://your-server.com/webhook/dialpad"
    made = list(shell.sandbox.world.subscriptions)[-1]
    assert (made["kind"], made["direction"], made["endpoint_id"]) == ("sms", "all", hook["id"])
    assert hook["hook_url"] in json.dumps(shell.done(38))


def test_39_sms_events(ready: Any) -> None:
    shell = ready(39)
    shell.done(39)
    assert shell.writes() == [("POST", "/subscriptions/sms", {"endpoint_id": 12345, "direction": "inbound"})]
    code, _, told = shell(LINES[39].replace("sms_received", "sms_sent"))
    assert code == 2
    assert "outbound" in json.loads(told)["error"]["message"]
    assert len(shell.writes()) == 1


def test_40_call_events(ready: Any) -> None:
    shell = ready(40)
    shell.done(40)
    made = list(shell.sandbox.world.subscriptions)[-1]
    assert (made["kind"], made["target_type"], made["target_id"]) == ("call", "office", 67890)


def test_41_voicemail_events(ready: Any) -> None:
    shell = ready(41)
    shell.done(41)
    made = list(shell.sandbox.world.subscriptions)[-1]
    assert (made["kind"], made["endpoint_id"], made["enabled"]) == ("call", 12345, True)
    assert made["call_states"] == ["voicemail", "voicemail_uploaded"]
