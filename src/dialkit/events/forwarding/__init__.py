"""Kept events brought to URLs, scripts and handlers, until they are taken.

| module | is |
|---|---|
| `forwarder` | `Forwarder`: the thread that works as long as there is something to bring |
| `working`, `lane` | what is claimed, brought and settled |
| `attempt` | one event brought once, and when it is tried again |
| `leftovers` | what processes that are gone were at |
| `telling`, `tally` | how targets stand: in a line, and for `/metrics` |
| `target` | what a target is, and how it says that it did not take an event |
| `posting`, `running` | targets: a URL, a script |
"""

from __future__ import annotations

from dialkit.events.forwarding.forwarder import Forwarder
from dialkit.events.forwarding.target import Job, NotDelivered, Target

__all__ = ["Forwarder", "Job", "NotDelivered", "Target"]
