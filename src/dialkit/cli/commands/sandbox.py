"""``dialpad sandbox``: a Dialpad of one's own; what its subcommands do is in `dialkit.cli.sandbox`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.sandbox import looking, people, starting, steering
from dialkit.cli.sandbox.making import SAID, TAKES
from dialkit.cli.subcommands import Help, Sub, choose

if TYPE_CHECKING:
    from dialkit.cli.app import App

HELP = Help(
    "sandbox",
    "A Dialpad on this machine: every operation answers, what is created is there, nobody is reached.\n"
    "Subcommands but start, run, numbers and coverage steer one that runs: the one at --url, else at\n"
    "DIALPAD_BASE_URL.",
    (
        "dialpad sandbox run -- dialpad users list",
        "dialpad sandbox start --print json",
        "dialpad sandbox clock --advance 3h",
        "dialpad sandbox inbound --from +14155550123 --to +15035550142 --text Hello",
        "dialpad sandbox fault add operation=sms.send status=503 count=1",
    ),
    apart=True,
)


def run(app: App, argv: list[str]) -> int:
    """Run the subcommand; its exit code."""
    return choose(app, argv, HELP, TABLE)


TABLE = {
    "start": Sub(
        starting.start, f"{TAKES} [--print json]", "run until stopped; says address and key", lambda: SAID
    ),
    "run": Sub(
        starting.around, f"{TAKES} -- COMMAND", "run COMMAND with one around it; its exit code", lambda: SAID
    ),
    "clock": Sub(
        steering.clock,
        "[--at TIME | --advance LENGTH] [--freeze | --run] [--url URL]",
        "show its clock, set it on (3h, 90s, 2d), stop it, let it run; what is due happens",
    ),
    "snapshot": Sub(
        steering.snapshot, "[NAME] [--delete] [--url URL]", "keep the world under a name; alone: the list"
    ),
    "restore": Sub(steering.restore, "NAME [--url URL]", "be again as at a snapshot"),
    "reset": Sub(steering.reset, "[--url URL]", "be as at the start"),
    "diff": Sub(steering.diff, "A [B] [--url URL]", "what differs between snapshots, or one and now"),
    "fault": Sub(
        steering.fault,
        "add NAME=VALUE… | list | remove ID | clear [--url URL]",
        "rules by which requests and deliveries fail",
        steering.fields_of_rules,
    ),
    "inbound": Sub(
        people.inbound,
        "--from NUMBER --to NUMBER --text TEXT [--media FILE] [--url URL]",
        "somebody outside texts a number of the company",
    ),
    "call": Sub(
        people.call,
        "--from NUMBER --to NUMBER [--hangup-after LENGTH | --voicemail FILE | --missed] [--url URL]",
        "somebody outside calls a number of the company",
        lambda: people.FLAGS_OF_CALL,
    ),
    "answer": Sub(people.answer, "CALL_ID [--user USER] [--url URL]", "a user answers a call"),
    "hangup": Sub(people.hangup, "CALL_ID [--url URL]", "end a call"),
    "duty": Sub(people.duty, "USER on|off [--reason TEXT] [--url URL]", "an operator comes or goes"),
    "requests": Sub(looking.requests, "[--follow] [--since ID] [--url URL]", "what came in"),
    "deliveries": Sub(looking.deliveries, "[--follow] [--since ID] [--url URL]", "what went to webhooks"),
    "inbox": Sub(looking.inbox, "NUMBER [--url URL]", "texts that arrived at a number"),
    "switches": Sub(steering.switches, "[NAME=CHOICE…] [--url URL]", "behaviours that can be chosen"),
    "numbers": Sub(looking.numbers, "", "numbers whose fate is known beforehand"),
    "coverage": Sub(looking.coverage, "", "which state each operation reads and writes"),
}
