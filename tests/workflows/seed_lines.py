"""The command lines that the reference promises, and a world in which their ids are somebody's.

The lines are the reference's own, so their ids are `12345` and the like. Where an id may be an alias, it is
one; where it has to be a number, the sandbox's world has that record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dialkit.sandbox import Sandbox
    from dialkit.sandbox.world import World

LINES: dict[int, str] = {
    1: """bin/send_sms.py --to "+14155550111" --message "Hello" --profile work""",
    2: """bin/send_group_intro.py --prospect "+14155550111" --reference "+14155559999" --confirm-share """
    """--from "+14153602954\"""",
    3: """dialpad message bulk_messages.send --recipients '["+14155551234"]' --text "Campaign message\"""",
    4: """dialpad message schedules.create --send-time "2026-02-15T09:00:00Z" --text "Reminder\"""",
    5: "dialpad message templates.list",
    6: """dialpad message templates.create --name "Welcome" --text "Welcome to ShapeScale!\"""",
    7: """dialpad call transfer_call --call-id "12345" --target-user-id "67890\"""",
    8: """dialpad call ai_recap --call-id "12345\"""",
    9: "dialpad dispositions list",
    10: """dialpad dispositions.create --name "Demo Scheduled" --color "#00FF00\"""",
    11: """dialpad call initiate_ivr_call --phone-number "+14155551234" --ivr-id "menu_123\"""",
    12: """dialpad call recording.start --call-id "12345\"""",
    13: """dialpad call recording.stop --call-id "12345\"""",
    14: """dialpad call put_call_labels --call-id "12345" --labels '["hot-lead", "follow-up"]'""",
    15: "dialpad users users.list",
    16: """dialpad users users.get --id "5765607478525952\"""",
    17: """dialpad users users.update --id "5765607478525952" --status "away\"""",
    18: "dialpad offices offices.list",
    19: """dialpad offices offices.create --name "SF Office" --timezone "America/Los_Angeles\"""",
    20: "dialpad departments departments.list",
    21: "dialpad callcenters callcenters.list",
    22: """dialpad callcenters operators.list --callcenter-id "12345\"""",
    23: "dialpad accesscontrolpolicies accesscontrolpolicies.list",
    24: """dialpad accesscontrolpolicies accesscontrolpolicies.assign --id "policy_123" --user-id "456\"""",
    25: """dialpad contacts contacts.create --first-name "John" --last-name "Doe" """
    """--phones '["+14155551234"]'""",
    26: """dialpad contacts contacts.update --id "contact_123" --first-name "John" --job-title "VP\"""",
    27: """dialpad contacts contacts.delete --id "contact_123\"""",
    28: """bin/create_contact.py --first-name "Jane" --last-name "Doe" --phone "+14155550123" """
    """--email "jane@example.com\"""",
    29: """bin/update_contact.py --id "contact_123" --job-title "VP\"""",
    30: "dialpad companies companies.list",
    31: """dialpad companies companies.create --name "Acme Corp\"""",
    32: """dialpad contacts imports.create --file "contacts.csv\"""",
    33: """dialpad stats stats.create --stat-type "calls" --days-ago-start 7 --days-ago-end 0""",
    34: """dialpad stats stats.create --stat-type "csat" --export-type "records\"""",
    35: """dialpad stats stats.create --stat-type "dispositions" --target-id "office_123" --target-type """
    """"office\"""",
    36: """dialpad stats stats.get --id "request_123\"""",
    37: """bin/create_sms_webhook.py create --url "https://your-server.com/webhook/dialpad" """
    """--direction "all\"""",
    38: "bin/create_sms_webhook.py list",
    39: """dialpad subscriptions webhook_sms_event_subscription.create --endpoint-id 12345 """
    """--direction "inbound" --event-types '["sms_received"]'""",
    40: """dialpad subscriptions webhook_call_event_subscription.create --endpoint-id 12345 """
    """--target-type "office" --target-id "67890\"""",
    41: """dialpad subscriptions webhook_voicemail_event_subscription.create --endpoint-id 12345 """
    """--enabled true""",
}

WORK, INTRO = "+15035550142", "+14153602954"  # the number of the profile "work"; that of line 2
LIVE, ENDED = 6109283746501935, 8801006538251827  # a call under way, and one with a recap
CONTACT, POLICY, REPORT = "6018273645019283", 6450192837465012, "5be08f13c7d24a69"
CENTER, OFFICE = 5610293847561029, 5219384756201938
# What the lines' names stand for.
ALIASES = {
    "contact_123": CONTACT,
    "menu_123": f"callcenter:{CENTER}",
    "office_123": OFFICE,
    "policy_123": POLICY,
    "request_123": REPORT,
}


def settle(sandbox: Sandbox, number: int) -> None:
    """Give the records that line `number` names the numbers that it gives them."""
    sandbox._look(lambda world: _settled(world, number))


def _settled(world: World, number: int) -> None:
    mara = next(iter(world.users))
    for user_id in (67890, 456, 5765607478525952):
        world.users.put({**mara, "id": user_id, "emails": [], "lower_emails": [], "extension": None})
    for device in list(world.devices.where("user", mara["id"])):
        world.devices.put({**device, "id": f"{device['id']}-67890", "user_id": 67890})
    _copy(world.offices, OFFICE, 67890)
    _copy(world.call_centers, CENTER, 12345)
    for one in list(world.operators.where("group", ("callcenter", CENTER))):
        world.operators.put({**one, "id": one["id"] + 1, "group_id": 12345})
    _copy(world.webhooks, next(iter(world.webhooks))["id"], 12345)
    line = world.numbers.get(WORK)
    world.numbers.put({**line, "number": INTRO, "area_code": "415"})
    call = world.calls.get(ENDED if number == 8 else LIVE)
    world.calls.remove(call["call_id"])
    world.calls.put({**call, "call_id": 12345, "root": 12345})
    for at, label in enumerate(("hot-lead", "follow-up")):
        world.call_labels.put({"id": 9000000000000000 + at, "name": label})
    if number == 8:
        world.recaps.put({**world.recaps.get(ENDED), "call_id": 12345})


def _copy(table: Any, key: object, new: int) -> None:
    table.put({**table.get(key), "id": new})
