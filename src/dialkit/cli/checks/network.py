"""Checks of the way to Dialpad: name, connection, TLS, HTTP, clock, and whether the key is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.checks import Check, Finding, Untested
from dialkit.cli.checks.local import without_password
from dialkit.errors import NetworkError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialkit.cli.checks import Setup

PORTS = {"http": 80, "https": 443}
TIMEOUT = 5.0  # seconds, as for connections of requests
SKEW = 60.0  # seconds a clock may be wrong before scheduled times and signed events suffer
NETWORK = 10


class Way(tuple):  # type: ignore[type-arg]
    pass
