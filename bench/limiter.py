"""The limiter: what a place costs, and 16 processes that share 100 requests a minute for two minutes.

Exits 1 where a request was refused by the server, less than 98 % of the limit was used, or a place costs
more than a millisecond.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from dialkit.client.limits import Limiter
from test_limits import asking, share

PROCESSES, EACH, COUNT, WINDOW = 16, 18, 100, 60.0  # 288 requests: three windows, the third not full
PLACES = 2_000
COST_BUDGET = 1_000.0  # microseconds
USE_BUDGET = 0.98


def cost(folder: str) -> float:
    """Microseconds to reserve a place and to settle it, with a file, 1,000 places apart in time."""
    limiter = Limiter(str(Path(folder) / "limits.db"), "bench")
    request = asking(("sms.send", 800, 60.0))
    limiter.reserve(request, 0.0)
    started = time.perf_counter()
    for number in range(PLACES):
        limiter.settle(limiter.reserve(request, number * 0.08), number * 0.08)
    elapsed = time.perf_counter() - started
    limiter.close()
    return elapsed / PLACES * 1e6


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        each = cost(folder)
        print(
            f"\nlimiter: {each:.0f} us a request, up to 800 places in the window; budget {COST_BUDGET:.0f}",
            flush=True,
        )
        server = share(Path(folder), PROCESSES, COUNT, WINDOW, EACH)
    times = sorted(server.accepted_times)
    # From the first request of the first batch to the first of the last: whole windows, nothing cut off.
    windows = round((times[-1] - times[0]) // WINDOW)
    last = times[COUNT * windows]
    used = windows * WINDOW / (last - times[0])
    print(
        f"  {PROCESSES} processes, {COUNT} a minute, {times[-1] - times[0]:.0f} s: {len(times)} accepted, "
        f"{len(server.refused)} refused, {used:.1%} of the limit used; budget {USE_BUDGET:.0%}"
    )
    return int(each > COST_BUDGET or bool(server.refused) or used < USE_BUDGET)


if __name__ == "__main__":
    sys.exit(main())
