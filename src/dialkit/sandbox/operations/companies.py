"""The company."""

from __future__ import annotations

from dialkit.sandbox.resource import Resource

HANDLERS = Resource("companies", gets="company.get").handlers()
