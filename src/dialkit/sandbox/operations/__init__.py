"""What each operation does, one module for each noun.

A module has a table ``HANDLERS`` from operation ids to functions of the world and the call, and may have one,
``JOBS``, from the names of jobs to functions of the world and what the job was given.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import World

    Handler = Callable[[World, Call], Any]
    Job = Callable[..., None]

MODULES = (
    "active_calls",
    "aftermath",
    "agent_groups",
    "assignments",
    "blocked",
    "bulk_messages",
    "call_centers",
    "call_labels",
    "call_routers",
    "callbacks",
    "caller_ids",
    "calls",
    "channels",
    "coaching",
    "companies",
    "conference",
    "contacts",
    "custom_ivrs",
    "departments",
    "devices",
    "dialing",
    "digital",
    "dispositions",
    "e911",
    "exports",
    "fax_lines",
    "faxes",
    "ivr_calls",
    "licenses",
    "live",
    "meetings",
    "number_formats",
    "number_orders",
    "numbers",
    "oauth",
    "offices",
    "operators",
    "opt_outs",
    "policies",
    "queues",
    "recordings",
    "rooms",
    "routers",
    "schedule_reports",
    "schedules",
    "score_exports",
    "scorecards",
    "screen_pops",
    "share_links",
    "stats",
    "subscriptions",
    "tags",
    "texts",
    "transcripts",
    "user_list",
    "transfers",
    "user_status",
    "users",
    "voicemails",
    "webhooks",
    "websockets",
    "wfm",
)


def collect() -> tuple[dict[str, Handler], dict[str, Job]]:
    """All handlers by operation id, and all jobs by name."""
    handlers: dict[str, Handler] = {}
    jobs: dict[str, Job] = {}
    for name in MODULES:
        module = import_module(f"{__name__}.{name}")
        handlers.update(module.HANDLERS)
        jobs.update(getattr(module, "JOBS", {}))
    return handlers, jobs
