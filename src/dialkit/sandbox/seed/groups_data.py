"""What the groups of the start are called, and how they differ."""

from __future__ import annotations

from typing import Any

from dialkit.sandbox.seed.names import DEPARTMENT, PORTLAND, SEATTLE

# What answers show of a group, and work out from the rest.
DERIVED = ("availability_status", "country", "first_action", "no_operators_action", "timezone")
# Where the document's example does not suit: these are open day and night, so that calls and callbacks can be
# tried at any time; closed, the roastery would send its calls to itself.
CHANGED: dict[str, dict[str, Any]] = {
    "callcenter": {"hours_on": False, "hold_queue": {"allow_queue_callback": True}},
    "department": {
        "hours_on": False,
        "routing_options": {
            "open": {"action": "voicemail", "operator_routing": "simultaneous", "try_dial_operators": True},
            "closed": {"action": "voicemail", "try_dial_operators": False},
        },
        "auto_call_recording": False,
    },
}
CALL_CENTERS = (
    {
        "name": "Cafe Support",
        "phone_numbers": ["+12065550110"],
        "office_id": SEATTLE,
        "group_description": "Machines, deliveries and bills of cafes that serve our coffee.",
        "hours_on": True,
        "saturday_hours": ["09:00", "14:00"],
    },
    {
        "name": "Subscriptions",
        "phone_numbers": ["+15035550111"],
        "office_id": PORTLAND,
        "group_description": "People who have beans sent home.",
        "hold_queue": {"allow_queue_callback": True, "max_hold_seconds": 600},
    },
)
DEPARTMENTS = (
    {
        "name": "Deliveries",
        "phone_numbers": ["+12065550120"],
        "office_id": SEATTLE,
        "group_description": "Routes, pallets and missing sacks.",
        "hours_on": True,
        "monday_hours": ["06:00", "14:00"],
    },
)
ROUTER = {
    "name": "Night Router",
    "phone_numbers": ["+15035550132"],
    "default_target_type": "department",
    "default_target_id": DEPARTMENT,
    "enabled": False,
}
TEAM = {
    "name": "Cafe Support Coaching",
    "office_id": SEATTLE,
    "team_description": "Difficult calls, listened to together.",
    "allow_trainee_eavesdrop": False,
}
AGENT_GROUP = {
    "name": "Weekend Agents",
    "office_id": str(SEATTLE),
    "group_description": "Agents who work on Saturdays",
}
POLICIES = (
    {
        "name": "Office hours",
        "description": "May change opening hours and holidays of an office.",
        "target_type": "office",
        "permission_sets": [
            "business_hours_read",
            "business_hours_write",
            "holiday_hours_settings_read",
            "holiday_hours_settings_write",
        ],
    },
    {
        "name": "Number keeper",
        "description": "May change the settings of all numbers.",
        "target_type": "company",
        "permission_sets": ["number_settings_read", "number_settings_write"],
    },
    {
        "name": "Survey pilot",
        "description": "Was for the surveys of last spring.",
        "target_type": "callcenter",
        "permission_sets": ["csat_surveys_read", "csat_surveys_write"],
        "state": "deleted",
    },
)
# Name, what it is for, who may read it. The first two have the ids of the document's examples.
CHANNELS = (
    ("wholesale-news", "Prices, roast dates and deliveries for wholesale.", "public"),
    ("order-desk", "What the order desk should know today.", "private"),
    ("general", "For everybody.", "public"),
    ("cupping", "Notes from tastings.", "public"),
    ("spring-fair", "The fair of last year.", "public"),
)
ARCHIVED = ("spring-fair",)
LABELS = ("billing", "delivery", "machine repair", "new customer", "callback promised")
OUTCOMES = {
    "name": "Support calls",
    "office_id": SEATTLE,
    "dispositions": {
        "Solved": {"~usage": "everything"},
        "Technician sent": {
            "~usage": "inbound",
            "Today": {"~usage": "inbound"},
            "This week": {"~usage": "inbound"},
        },
        "Wrong number": {"~usage": "everything"},
    },
    "targets": [],
}
# Moment of the call, name, words, whether callers hear it.
PROMPTS = (
    ("GREETING", "Winter greeting", "Larkspur Coffee, wholesale. Happy holidays.", False),
    ("HOLD_INTRO", "Please wait", "All of us are on the phone. Please stay on the line.", True),
    ("CLOSED", "Closed", "We roast again tomorrow from eight.", True),
    ("AUTO_RECORDING", "Recording notice", "This call is recorded to train our agents.", True),
    ("DEPARTMENT_INTRO", "Roastery", "You have reached the roastery.", True),
)
# Name, state, heading, questions with their type and answers. The first is the document's, and more.
SCORECARDS: tuple[tuple[str, str, str, tuple[tuple[str, str, dict[str, Any]], ...]], ...] = (
    (
        "Wholesale call quality",
        "active",
        "Order taking",
        (
            ("How clear was the agent?", "likertQuality", {}),
            ("What was the call about?", "multipleChoice", {"choices": ["Order", "Complaint", "Other"]}),
        ),
    ),
    ("Complaint handling", "draft", "Service", (("Did the agent say what happens next?", "yesNo", {}),)),
    ("Order taking 2024", "archived", "Order taking", (("Was the price named?", "yesNo", {}),)),
)
