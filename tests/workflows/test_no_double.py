"""No text is sent twice, and none is lost without a word: killed at any moment, over a network that fails.

A script sends texts while it is killed with SIGKILL again and again, and the sandbox resets connections
before and after it has carried a text out, refuses, fails and is slow. Then what the outbox says of each is
held against what the sandbox has.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from beside import beside
from dialkit.sandbox import Sandbox
from dialkit.store import Database, outbox

# `make soak` takes all twenty seeds, which is two to three minutes.
SOAK = bool(os.environ.get("DIALKIT_SOAK"))
SEEDS, TEXTS, KILLS = 20 if SOAK else 4, 500, 6
pytestmark = pytest.mark.timeout(0 if SOAK else 300)
SCRIPT = str(Path(__file__).with_name("sending.py"))
FAULTS = (
    {"reset": "before", "probability": 0.02},
    {"reset": "after", "probability": 0.02},
    {"storm": 429, "retry_after": 0, "probability": 0.03},
    {"status": 500, "probability": 0.01},
    {"status": 500, "carried_out": True, "probability": 0.01},
    {"latency": 1.5, "probability": 0.004},
    {"truncate": 10, "probability": 0.005},
)


# On PostgreSQL every fourth: a run takes longer there.
CASES = [*(("sqlite", seed) for seed in range(SEEDS)), *(("postgresql", seed) for seed in range(0, SEEDS, 4))]


@pytest.mark.parametrize(("store", "seed"), CASES, indirect=["store"])
def test_no_double_and_no_loss(seed: int, store: str, environ: dict[str, str]) -> None:
    random = Random(seed)
    with Sandbox(seed=seed, limits=False) as sandbox:
        for fault in FAULTS:
            sandbox.faults.add(operation="sms.send", **fault)
        told = {**environ, "DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}
        command = [sys.executable, SCRIPT, str(TEXTS)]
        for turn in range(KILLS + 1):
            with beside(command, env={**os.environ, **told}, stdout=subprocess.PIPE) as script:
                assert script.stdout is not None
                assert script.stdout.readline() == b"ready\n"
                if turn < KILLS:
                    try:
                        script.wait(random.uniform(0.02, 0.6))
                    except subprocess.TimeoutExpired:
                        script.kill()
                else:
                    script.communicate()
                    assert script.returncode == 0
        sandbox.faults.clear()
        sandbox.advance(300)
        carried_out = Counter(
            text["text"] for text in sandbox.world.texts if text["text"].startswith("text ")
        )
        with Database.of(told) as database:
            outbox.sweep(database, sandbox.world.real())
            rows = {
                row["text"]: row["state"]
                for row in outbox.listed(database, state=None, number=None, most=10**6)
            }
        assert sorted(rows) == sorted(f"text {number}" for number in range(TEXTS)), (
            "each is accounted for, once"
        )
        assert set(rows.values()) <= {"accepted", "refused", "unknown"}
        times = {text: carried_out[text] for text in rows}
        assert max(times.values()) == 1, "none was sent twice"
        assert {text for text, state in rows.items() if state == "accepted" and not times[text]} == set()
        assert {text for text, state in rows.items() if state == "refused" and times[text]} == set()
        unknown = [text for text, state in rows.items() if state == "unknown"]
        assert len(unknown) < TEXTS / 3, "doubt is the exception"
