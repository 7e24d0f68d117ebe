"""Webhooks, websockets, subscriptions and a scheduled report: those of the document's examples.

They are written out here, since reading the document for them takes longer than all else of the seed. The
webhook is at a reserved name, so nothing of it reaches anybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations.events.schedule_reports import settle_report
from dialkit.sandbox.operations.events.subscriptions import CONTENT_SCOPES
from dialkit.sandbox.operations.events.webhooks import settle_webhook
from dialkit.sandbox.operations.events.websockets import settle_websocket
from dialkit.sandbox.seed.names import CALL_CENTER, DEPARTMENT, PORTLAND

if TYPE_CHECKING:
    from dialkit.sandbox.seed import Maker
    from dialkit.sandbox.world import Record, World

WEBHOOK, WEBSOCKET, REPORT = 6238475910283746, 6239586021394857, 6348794052687931
SECRET = "copper-kettle-41-drum"
CHANNEL = 6124857390164825
# kind, id, and what each has chosen
SUBSCRIPTIONS: list[tuple[str, int, Record]] = [
    ("agent_status", 6341027385910264, {"agent_type": "callcenter"}),
    (
        "call",
        6342138496021375,
        {
            "call_states": ["ringing", "connected", "hangup", "voicemail_uploaded"],
            "group_calls_only": False,
            "target_type": "callcenter",
            "target_id": CALL_CENTER,
        },
    ),
    ("changelog", 6343249507132486, {}),
    ("channel", 6344350618243597, {"direction": "all", "target_type": "channel", "target_id": CHANNEL}),
    ("contact", 6345461729354608, {"contact_type": "shared"}),
    (
        "fax",
        6346572830465719,
        {"direction": "inbound", "status": False, "target_type": "office", "target_id": PORTLAND},
    ),
    (
        "sms",
        6347683941576820,
        {
            "direction": "all",
            "status": True,
            "include_internal": False,
            "target_type": "department",
            "target_id": DEPARTMENT,
        },
    ),
]
PLAN = {
    "id": REPORT,
    "name": "Wholesale Orders weekly calls",
    "report_type": "call_logs",
    "frequency": "weekly",
    "on_day": 1,
    "at": 7,
    "timezone": "America/Los_Angeles",
    "target_type": "callcenter",
    "target_id": CALL_CENTER,
    "coaching_group": False,
    "enabled": True,
    "endpoint_id": WEBHOOK,
}


def fill(world: World, _maker: Maker) -> None:
    """Make them."""
    hook = {"id": WEBHOOK, "hook_url": "https://hooks.larkspur.example/dialpad", "secret": SECRET}
    world.webhooks.put(settle_webhook(world, hook, None))
    world.websockets.put(settle_websocket(world, {"id": WEBSOCKET, "secret": SECRET}, None))
    for kind, subscription_id, chosen in SUBSCRIPTIONS:
        about = {"id": subscription_id, "kind": kind, "enabled": True, "endpoint_id": WEBHOOK}
        world.subscriptions.put({**about, **chosen, "scopes": [*CONTENT_SCOPES]})
    world.schedule_reports.put(settle_report(world, PLAN, None))
