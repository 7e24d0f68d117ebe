"""How a shard should be stored: what a cold process takes to have it, imports included, in each format."""

from __future__ import annotations

import json
import marshal
import os
import py_compile
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from dialkit.catalog.storage import SHARDS, as_json, as_module, read

RUNS = 15
TIMED = "import time; started = time.perf_counter(); {}; print((time.perf_counter() - started) * 1e3)"
FORMATS = {
    "module": "from shard import SHARD",
    "json": "import json; json.loads(open('shard.json', 'rb').read())",
    "marshal": "import marshal; marshal.loads(open('shard.marshal', 'rb').read())",
}


def cold(code: str, folder: str) -> float:
    """Median milliseconds of `code` in processes of their own."""
    command = [sys.executable, "-c", TIMED.format(code)]
    times = [
        float(subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout)
        for _ in range(RUNS)
    ]
    return statistics.median(times)


def main() -> None:
    print(f"\none shard in a cold process, imports included, median of {RUNS}")
    for name in ("index", "users", "offices"):
        shard = read(SHARDS, name)
        with tempfile.TemporaryDirectory() as folder:
            module = Path(folder, "shard.py")
            module.write_bytes(as_module(shard))
            py_compile.compile(os.fspath(module))
            Path(folder, "shard.json").write_bytes(as_json(shard))
            Path(folder, "shard.marshal").write_bytes(marshal.dumps(json.loads(as_json(shard))))
            told = ", ".join(f"{form} {cold(code, folder):.1f} ms" for form, code in FORMATS.items())
        print(f"  {name:10} {told}")


if __name__ == "__main__":
    main()
