"""One half of the client benchmark: 2,000 calls of one kind; prints CPU microseconds per call.

The limiter is left out here, since 2,000 calls would wait 100 s for it; its own cost is printed by
``bench/limiter.py``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS = 2_000
WARM = 100


def bare() -> Callable[[], Any]:
    from pyreqwest.client import SyncClientBuilder

    client = SyncClientBuilder().build()
    url = os.environ["DIALPAD_BASE_URL"] + "/api/v2/users/me"
    headers = {"authorization": "Bearer " + os.environ["DIALPAD_API_KEY"], "accept": "application/json"}
    return lambda: json.loads(bytes(client.get(url).headers(headers).build().send().bytes()))


def ours() -> Callable[[], Any]:
    from dialkit import Dialpad

    client = Dialpad(limits=False)
    return lambda: client.request("users.get", {"id": "me"}).json()


def main() -> None:
    call = {"pyreqwest": bare, "dialkit": ours}[sys.argv[1]]()
    for _ in range(WARM):
        call()
    started = time.process_time()
    for _ in range(CALLS):
        call()
    print(f"{(time.process_time() - started) / CALLS * 1e6:.1f}")


if __name__ == "__main__":
    main()
