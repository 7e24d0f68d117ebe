"""Agent groups: agents who are managed together. The API only reads them."""

from __future__ import annotations

from dialkit.sandbox.resource import Resource

AGENT_GROUPS = Resource("agent_groups", gets="agentgroup.get")
HANDLERS = AGENT_GROUPS.handlers()
