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
    "apps.oauth",
    "calls.active_calls",
    "calls.aftermath",
    "calls.assignments",
    "calls.callbacks",
    "calls.calls",
    "calls.dialing",
    "calls.ivr_calls",
    "calls.live",
    "calls.queues",
    "calls.recordings",
    "calls.routers",
    "calls.screen_pops",
    "calls.share_links",
    "calls.transcripts",
    "calls.transfers",
    "calls.voicemails",
    "company.companies",
    "company.fax_lines",
    "company.number_formats",
    "company.number_orders",
    "company.numbers",
    "company.offices",
    "events.schedule_reports",
    "events.subscriptions",
    "events.webhooks",
    "events.websockets",
    "groups.agent_groups",
    "groups.call_centers",
    "groups.call_labels",
    "groups.call_routers",
    "groups.channels",
    "groups.coaching",
    "groups.custom_ivrs",
    "groups.departments",
    "groups.dispositions",
    "groups.operators",
    "groups.policies",
    "meetings.conference",
    "meetings.meetings",
    "messages.bulk_messages",
    "messages.digital",
    "messages.faxes",
    "messages.opt_outs",
    "messages.schedules",
    "messages.texts",
    "people.blocked",
    "people.caller_ids",
    "people.contacts",
    "people.devices",
    "people.e911",
    "people.licenses",
    "people.rooms",
    "people.tags",
    "people.user_list",
    "people.user_status",
    "people.users",
    "reports.exports",
    "reports.score_exports",
    "reports.scorecards",
    "reports.stats",
    "reports.wfm",
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
