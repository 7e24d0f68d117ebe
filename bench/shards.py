"""How a shard should be stored: load time of the largest one in each format that needs no library."""

from __future__ import annotations

import json
import marshal
import pickle
import statistics
import time
from pathlib import Path

SHARDS = Path(__file__).resolve().parent.parent / "src" / "dialkit" / "catalog" / "shards"
ROUNDS = 200


def median(load: object, raw: bytes) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        load(raw)  # type: ignore[operator]
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1e6


def main() -> None:
    print(f"\nloading one shard, median of {ROUNDS}")
    for name in ("index", "users", "offices"):
        data = json.loads((SHARDS / f"{name}.json").read_bytes())
        forms = {
            "json": (json.loads, json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()),
            "marshal": (marshal.loads, marshal.dumps(data)),
            "pickle": (pickle.loads, pickle.dumps(data, 5)),
        }
        told = ", ".join(
            f"{form} {median(load, raw):.0f} us ({len(raw) >> 10} KiB)" for form, (load, raw) in forms.items()
        )
        print(f"  {name:10} {told}")


if __name__ == "__main__":
    main()
