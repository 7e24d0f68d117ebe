"""dialkit: Dialpad from the terminal, from Python, and without an account.

from dialkit import Dialpad

with Dialpad() as dp:
    dp.request("sms.send", {"to_numbers": ["+14155550123"], "text": "Your order is ready."})
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dialkit.errors import (
        APIError as APIError,
    )
    from dialkit.errors import (
        AuthenticationFailed as AuthenticationFailed,
    )
    from dialkit.errors import (
        Conflict as Conflict,
    )
    from dialkit.errors import (
        DialkitError as DialkitError,
    )
    from dialkit.errors import (
        InvalidArgument as InvalidArgument,
    )
    from dialkit.errors import (
        KeyMissing as KeyMissing,
    )
    from dialkit.errors import (
        NetworkError as NetworkError,
    )
    from dialkit.errors import (
        NotFound as NotFound,
    )
    from dialkit.errors import (
        OutcomeUnknown as OutcomeUnknown,
    )
    from dialkit.errors import (
        PartialSuccess as PartialSuccess,
    )
    from dialkit.errors import (
        PermissionDenied as PermissionDenied,
    )
    from dialkit.errors import (
        RateLimited as RateLimited,
    )
    from dialkit.errors import (
        ReadTimeout as ReadTimeout,
    )
    from dialkit.errors import (
        Refused as Refused,
    )
    from dialkit.errors import (
        UpstreamError as UpstreamError,
    )
    from dialkit.errors import (
        ValidationFailed as ValidationFailed,
    )
    from dialkit.errors import (
        WouldWait as WouldWait,
    )
    from dialkit.library import AsyncDialpad as AsyncDialpad
    from dialkit.library import Dialpad as Dialpad
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # The command line answers --version and --help without ever loading the client.
    if name in ("AsyncDialpad", "Dialpad"):
        from dialkit import library

        return getattr(library, name)
    if name == "webhooks" or name[:1].isupper():
        from importlib import import_module

        # Not by `from dialkit import`, which would ask here again.
        if name == "webhooks":
            return import_module("dialkit.webhooks")
        errors = import_module("dialkit.errors")
        if hasattr(errors, name):
            return getattr(errors, name)
    raise AttributeError(f"module 'dialkit' has no attribute {name!r}")
