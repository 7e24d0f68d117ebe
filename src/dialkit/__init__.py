"""dialkit: Dialpad from the terminal, from Python, and without an account.

from dialkit import Dialpad

with Dialpad() as dp:
    dp.request("sms.send", {"to_numbers": ["+14155550123"], "text": "Your order is ready."})
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dialkit.client import AsyncDialpad, Dialpad

__all__ = ["AsyncDialpad", "Dialpad", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # The command line answers --version and --help without ever loading the client.
    if name in ("AsyncDialpad", "Dialpad"):
        from dialkit import client

        return getattr(client, name)
    raise AttributeError(f"module 'dialkit' has no attribute {name!r}")
