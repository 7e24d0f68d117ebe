"""dialkit: Dialpad from the terminal, from Python, and without an account.

from dialkit import Dialpad

with Dialpad() as dp:
    dp.sms.send(to_numbers=["+14155550123"], text="Your order is ready.")
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dialkit.client.model import UNSET
    from dialkit.errors import (
        APIError,
        AuthenticationFailed,
        BadSignature,
        Conflict,
        DialkitError,
        Interrupted,
        InvalidArgument,
        InvalidEvent,
        KeyMissing,
        NetworkError,
        NotFound,
        OutcomeUnknown,
        PartialSuccess,
        PermissionDenied,
        RateLimited,
        ReadTimeout,
        Refused,
        StaleEvent,
        UpstreamError,
        ValidationFailed,
        WouldWait,
    )
    from dialkit.library import AsyncDialpad, Dialpad
    from dialkit.library.workflow import DialkitWarning

__all__ = [
    "UNSET",
    "APIError",
    "AsyncDialpad",
    "AuthenticationFailed",
    "BadSignature",
    "Conflict",
    "DialkitError",
    "DialkitWarning",
    "Dialpad",
    "Interrupted",
    "InvalidArgument",
    "InvalidEvent",
    "KeyMissing",
    "NetworkError",
    "NotFound",
    "OutcomeUnknown",
    "PartialSuccess",
    "PermissionDenied",
    "RateLimited",
    "ReadTimeout",
    "Refused",
    "StaleEvent",
    "UpstreamError",
    "ValidationFailed",
    "WouldWait",
]
__version__ = "0.1.0"

# Where the names are that are no errors.
_PLACES = {
    "UNSET": "dialkit.client.model",
    "AsyncDialpad": "dialkit.library",
    "DialkitWarning": "dialkit.library.workflow",
    "Dialpad": "dialkit.library",
}


def __getattr__(name: str) -> Any:
    # The command line answers --version and --help without ever loading the client.
    if name in __all__ or name == "webhooks":
        from importlib import import_module

        # Not by `from dialkit import`, which would ask here again.
        if name == "webhooks":
            return import_module("dialkit.webhooks")
        return getattr(import_module(_PLACES.get(name, "dialkit.errors")), name)
    raise AttributeError(f"module 'dialkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
