"""What /metrics says of forwarding: attempts at each target, and what no target has taken yet."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest
from hearing import SECRET, App

from beside import PATIENCE, beside, until
from dialkit.events.forwarding.posting import Posting
from dialkit.events.forwarding.tally import Tally
from dialkit.store import Database, deliveries
from dialkit.store.deliveries import DEAD, Settled
from dialkit.webhooks import token

if TYPE_CHECKING:
    from collections.abc import Callable

    from hearing import StandingClock

LINE = re.compile(r'(dialkit_deliver\w+)\{target="((?:[^"\\]|\\.)*)",(?:state|outcome)="(\w+)"\} (\d+)')


def told(url: str) -> dict[tuple[str, str], int]:
    """What /metrics says, by target and outcome or state."""
    with urllib.request.urlopen(f"{url}/metrics", timeout=PATIENCE) as answer:
        text = answer.read().decode()
    return {(target, how): int(number) for _, target, how, number in LINE.findall(text)}


@pytest.mark.usefixtures("store")
def test_serve_says_how_each_target_stands(
    environ: dict[str, str],
    app: App,
    database: Database,
    add: Callable[..., list[int]],
    clock: StandingClock,
) -> None:
    url = f"{app.url}?token=never-told"
    target, elsewhere = f"url:{app.url}", "handler:of.another"
    add(Posting(url).name, elsewhere)
    [row] = deliveries.turn(database, "me", (), [(Posting(url).name, 1, clock.at + 9)], clock.at)
    deliveries.turn(database, "me", [Settled(row["id"], DEAD, "answered 500")], (), clock.at)
    app.statuses = [500]
    command = [sys.executable, "-m", "dialkit", "events", "serve", "--port", "0", "--print", "json"]
    with beside(
        [*command, "--forward", url],
        stdout=subprocess.PIPE,
        env={**environ, "DIALPAD_WEBHOOK_SECRET": SECRET},
        text=True,
    ) as process:
        assert process.stdout is not None
        where = json.loads(process.stdout.readline())
        stands = {(target, state): number for state, number in (("waiting", 0), ("claimed", 0), ("dead", 1))}
        stands[elsewhere, "waiting"] = 1
        before = {(target, "delivered"): 0, (target, "failed"): 0}
        assert until(lambda: found if len(found := told(where["url"])) > 2 else None) == {**before, **stands}
        body = token.sign(b'{"id": 7, "message_status": "pending"}', SECRET.encode())
        urllib.request.urlopen(f"{where['url']}{next(iter(where['paths']))}", body, timeout=PATIENCE).close()
        after = {(target, "delivered"): 1, (target, "failed"): 1}
        until(lambda: told(where["url"]) == {**after, **stands}, told=lambda: told(where["url"]))
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def test_a_look_that_is_dear_is_had_seldom() -> None:
    looks: list[float] = []

    def dear() -> list[Any]:
        looks.append(moment)
        until(lambda: monotonic() - began > 0.2)
        return []

    def cheap() -> list[Any]:
        looks.append(moment)
        return []

    tally = Tally()
    for moment in (0.0, 4.0, 19.0, 200.0):
        began = monotonic()
        tally.look(dear, moment)
    assert looks == [0.0, 200.0]
    for moment in (500.0, 504.0, 506.0):
        tally.look(cheap, moment)
    assert looks[2:] == [500.0, 506.0]


def test_what_a_label_cannot_hold() -> None:
    tally = Tally()
    tally.begin(
        [
            'exec:/home/a"b\\c\nd',
            "url:https://example.com/hook?token=1",
            "url:https://example.com/catch/2",
        ]
    )
    tally.attempted("url:https://example.com/hook?token=1", delivered=True)
    tally.attempted("url:https://example.com/catch/2", delivered=True)
    lines = [line for line in tally.lines() if "delivered" in line]
    assert lines == [
        'dialkit_delivery_attempts_total{target="exec:/home/a\\"b\\\\c\\nd",outcome="delivered"} 0',
        'dialkit_delivery_attempts_total{target="url:https://example.com",outcome="delivered"} 2',
    ]
