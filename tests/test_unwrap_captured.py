"""Events in the forms that were captured from Dialpad, or that its pages show, with people of our own."""

from __future__ import annotations

from typing import Any

import pytest

from dialkit.webhooks import (
    AgentStatusEvent,
    CallEvent,
    ChangeLogEvent,
    ContactEvent,
    SmsEvent,
    unwrap,
)
from signing import SECRET, token

MAIN: dict[str, Any] = {"id": 5219384756201938, "name": "Larkspur Coffee", "type": "office"}
CALL = {
    "call_id": 6109283746501928,
    "call_recording_ids": [],
    "callback_requested": None,
    "company_call_review_share_link": "https://dialpad.example/shared/call/a",
    "contact": {"email": "", "id": 6018273645019283, "name": "X", "phone": "+14155550123", "type": "local"},
    "csat_score": None,
    "date_connected": None,
    "date_ended": 1_772_730_048_355,
    "date_first_rang": None,
    "date_queued": None,
    "date_rang": None,
    "date_started": 1_772_730_039_404,
    "direction": "inbound",
    "duration": 0,
    "entry_point_call_id": None,
    "entry_point_target": {},
    "event_timestamp": 1_772_730_049_994,
    "external_number": "+14155550123",
    "group_id": "Office:5219384756201938",
    "hold_time": 0,
    "internal_number": "+15035550100",
    "is_transferred": True,
    "labels": [],
    "master_call_id": None,
    "mos_score": 4.41,
    "operator_call_id": None,
    "proxy_target": {},
    "public_call_review_share_link": "https://dialpad.example/shared/call/b",
    "recording_details": [],
    "routing_breadcrumbs": [],
    "state": "hangup",
    "talk_time": 0,
    "target": {**MAIN, "email": "", "office_id": MAIN["id"], "phone": "+15035550100"},
    "target_availability_status": "open",
    "total_duration": 8951.029999999999,
    "transcription_text": None,
    "voicemail_link": None,
    "voicemail_recording_id": None,
    "was_recorded": False,
}
SMS = {
    "admins": [{"id": 5391827364501928, "name": "Mara", "phone_number": "(503) 555-0142", "type": "user"}],
    "contact": {"id": 6018273645019283, "name": "Priya Nair", "phone_number": "+14155550123"},
    "created_date": 1_772_730_069_183,
    "direction": "inbound",
    "event_timestamp": 1_772_730_069_601,
    "from_number": "+14155550123",
    "id": 6095823680520192,
    "is_internal": False,
    "message_delivery_result": None,
    "message_status": "pending",
    "mms": False,
    "mms_url": None,
    "sender_id": None,
    "target": {**MAIN, "phone_number": "(503) 555-0100"},
    "text": "Two kilos, please",
    "text_content": "Two kilos, please",
    "to_number": ["+15035550100"],
}
AGENT_STATUS = {
    "availability_status": "available",
    "call_center_ids": ["5610293847561029"],
    "date": 1_772_730_000_000,
    "event_timestamp": 1_772_730_000_100,
    "on_duty_status": "occupied",
    "on_duty_status_reason": None,
    "powerdialer_mode": False,
    "powerdialer_session": None,
    "target": {"id": 5, "type": "user", "name": "Theo", "email": "t@x.example", "phone": "+15035550143"},
}
CONTACT = {
    "event": "Updated",
    "contact": {
        "id": "5908860123456789",
        "type": "shared",
        "first_name": "Ada",
        "last_name": "Byron",
        "display_name": "Ada Byron",
        "phones": ["+14155550123"],
        "primary_phone": "+14155550123",
        "emails": ["ada@x.example"],
        "primary_email": "ada@x.example",
        "company_name": "Engines",
        "job_title": "Analyst",
        "urls": ["https://x.example"],
        "trunk_group": "T",
        "extension": "12345",
    },
}
CHANGE_LOG = {
    "date": 1_772_730_000_000,
    "action": "updated_ivr",
    "note": "Ivr",
    "additional_data": {"old": {"a": [1]}, "new": None},
    "target": {"type": "office", "id": 5219384756201938},
    "changed_by": {"name": "Mara Voss", "id": 5391827364501928, "type": "user"},
}


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (CALL, CallEvent),
        (SMS, SmsEvent),
        (AGENT_STATUS, AgentStatusEvent),
        (CONTACT, ContactEvent),
        (CHANGE_LOG, ChangeLogEvent),
    ],
    ids=["call", "sms", "agent_status", "contact", "changelog"],
)
def test_all_of_it_is_known(payload: dict[str, Any], kind: type[Any]) -> None:
    event = unwrap(token(payload), secret=SECRET, strict=True)
    assert type(event) is kind
    told = event.to_dict()
    if kind is AgentStatusEvent:
        assert told.pop("call_center_ids") == [5610293847561029]  # ids in text are ids
        payload = {name: value for name, value in payload.items() if name != "call_center_ids"}
    assert told == payload
