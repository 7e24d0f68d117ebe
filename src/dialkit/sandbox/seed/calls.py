"""Past calls of a month, with recordings, transcripts, recaps and voicemails; and two that go on.

The document's call came to the call center, Theo took it and then parked it; now he is on another.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from dialkit.sandbox.conversation.topics import TOPICS, VOICEMAILS
from dialkit.sandbox.operations.calls.legs import build_leg
from dialkit.sandbox.operations.calls.sides import company_side, outside_side
from dialkit.sandbox.operations.calls.voicemails import voicemail_of
from dialkit.sandbox.operations.groups import operators
from dialkit.sandbox.seed.live_calls import fill_live

if TYPE_CHECKING:
    from dialkit.sandbox.seed import Maker
    from dialkit.sandbox.world import Record, World

DAYS = 30
FIRST_HOUR, HOURS = 15, 9.5  # of a working day, in UTC: 7:00 to 16:30 on the West Coast
MOST_CALLERS = 500
# In a hundred: calls made by people, calls to people, the rest to groups.
OUTBOUND, DIRECT = 35, 60


def fill(world: World, maker: Maker) -> None:
    """Make them, the oldest first, as lists of calls show the last one first."""
    seeder = _Seeder(world, maker)
    if seeder.people and seeder.callers:
        for moment in seeder.moments(maker.sizes["calls"]):
            seeder.add_call(moment)
        for leg in sorted(seeder.legs, key=itemgetter("date_started")):
            world.calls.put(leg)
    fill_live(world, maker)


class _Seeder:
    """Makes calls; what all have in common is looked up once."""

    def __init__(self, world: World, maker: Maker) -> None:
        self.world, self.maker, self.random = world, maker, maker.random
        active = [user for user in world.users if user["state"] == "active" and user["phone_numbers"]]
        self.people = [user["id"] for user in active]
        callers = [contact for contact in world.contacts if contact.get("digits") or contact.get("phones")]
        self.callers = [_caller(world, contact) for contact in callers[:MOST_CALLERS]]
        self.groups = [
            (kind, group["id"], found)
            for kind, table in (("callcenter", "call_centers"), ("department", "departments"))
            for group in world.table(table)
            if (found := [one["member_id"] for one in operators.members(world, kind, group["id"])])
        ]
        self.sides: dict[tuple[str, int], Record] = {}
        self.legs: list[Record] = []

    def moments(self, count: int) -> list[int]:
        """When calls began, in ms, in order: on working days, in working hours."""
        days = [day for day in range(1, DAYS) if (self.maker.today // 86_400 - day + 3) % 7 < 5]
        found = []
        for _ in range(count):
            day = self.maker.today - 86_400 * self.random.choice(days)
            found.append(int(1000 * (day + 3600 * (FIRST_HOUR + HOURS * self.random.random()))))
        return sorted(found)

    def add_call(self, moment: int) -> None:
        """One call with its legs and all that came of it."""
        kind = self.random.randrange(100)
        if kind < OUTBOUND:
            self.add_outbound(moment)
        elif kind < DIRECT or not self.groups:
            leg = self.leg("user", self.random.choice(self.people), moment, "inbound")
            self.finish(leg, moment, self.random.random())
        else:
            self.add_group_call(moment)

    def add_outbound(self, moment: int) -> None:
        """A call that somebody made; one in six found nobody."""
        leg = self.leg("user", self.random.choice(self.people), moment, "outbound")
        leg["selected_caller_id"] = leg["internal_number"]
        if self.random.random() < 5 / 6:
            self.talk(leg, moment + self.random.randrange(4_000, 15_000))
        else:
            self.end(leg, "hangup", moment + self.random.randrange(10_000, 32_000))

    def add_group_call(self, moment: int) -> None:
        """A call to a group: taken by an operator, sometimes after another missed it, or by nobody."""
        kind, group_id, members = self.random.choice(self.groups)
        leg = self.leg(kind, group_id, moment, "inbound", assigned=[], tried=[])
        leg["master_call_id"] = leg["call_id"]
        luck, at = self.random.random(), moment
        legs = []
        if kind == "callcenter" and self.random.random() < 0.4:
            leg["date_queued"] = moment + 800
            at += self.random.randrange(5_000, 120_000)
        takers = self.random.sample(members, min(len(members), 1 + (self.random.random() < 0.2)))
        for place, member in enumerate(takers):
            own = self.leg("user", member, at, "inbound", group_type=kind, group_target=group_id)
            own |= {name: leg[name] for name in ("root", "contact", "external_number", "date_queued")}
            own |= {"master_call_id": leg["root"], "entry_point_call_id": leg["call_id"]}
            own["entry_point_target"] = leg["target"]
            legs.append(own)
            if place < len(takers) - 1 or luck >= 0.75:
                at += self.random.randrange(9_000, 30_000)
                self.end(own, "missed", at)
        if luck < 0.75:
            leg["operator_call_id"] = legs[-1]["call_id"]
            answered = at + self.random.randrange(3_000, 9_000)
            self.talk(legs[-1], answered)
            leg["date_connected"] = answered
            if kind == "callcenter" and self.random.random() < 0.2:
                leg["csat_score"] = str(self.random.choice((3, 4, 4, 5, 5, 5)))
            self.end(leg, "hangup", legs[-1]["date_ended"], labels=legs[-1]["labels"])
        else:
            self.finish(leg, at, 0.99 if luck >= 0.87 else 0.7)

    def finish(self, leg: Record, at: int, luck: float) -> None:
        """What becomes of a call from outside: mostly it is answered, else missed, or a message is left."""
        if luck < 0.6:
            self.talk(leg, at + self.random.randrange(3_000, 12_000))
        elif luck < 0.85:
            self.end(leg, "missed", at + self.random.randrange(8_000, 29_000))
        else:
            ended = at + 41_000
            self.end(leg, "voicemail", ended)
            voicemail = voicemail_of(self.world.new_id(), leg, ended - 12_000, 10_000)
            self.world.voicemails.put({**voicemail, "transcription": self.random.choice(VOICEMAILS)})

    def talk(self, leg: Record, answered: int) -> None:
        """A leg on which people talk, with its recording, transcript, recap and labels, if any."""
        length = int(min(1_500, 15 + self.random.expovariate(1 / 170)) * 1000)
        leg["date_connected"] = answered
        ended, call_id = answered + length, leg["call_id"]
        topic = self.world.draw(len(TOPICS), "topic", leg["root"])
        if self.random.random() < 0.35:
            leg["was_recorded"] = True
            self.world.recordings.put(recording_of(self.world.new_id(), call_id, answered, length - 1_000))
        if self.random.random() < 0.6:
            self.world.transcripts.put({"call_id": call_id, "topic": topic})
            made = ended + 30_000
            self.world.recaps.put(
                {"call_id": call_id, "topic": topic, "date_created": made, "date_modified": made}
            )
        if self.random.random() < 0.3:
            leg["labels"] = [TOPICS[topic].label]
        self.end(leg, "hangup", ended)

    def end(self, leg: Record, state: str, ended: int, **fields: Any) -> None:
        """Complete a leg that ended; nobody else has it yet."""
        leg |= {"state": state, "date_ended": ended, "event_timestamp": ended, **fields}
        leg["total_duration"] = float(ended - leg["date_started"])
        if leg["date_connected"]:
            leg["duration"] = float(ended - leg["date_connected"])
            leg |= {"talk_time": leg["duration"], "hold_time": 0.0}
            leg["mos_score"] = 3.6 + self.random.randrange(9) / 10

    def leg(self, kind: str, target_id: int, moment: int, direction: str, **fields: Any) -> Record:
        """A leg that begins."""
        if (kind, target_id) not in self.sides:
            self.sides[kind, target_id] = company_side(self.world, kind, target_id)
        target, contact = self.sides[kind, target_id], self.random.choice(self.callers)
        rang = {"date_rang": moment, "date_first_rang": moment} if direction == "inbound" else {}
        leg = build_leg(
            self.world.new_id(),
            kind,
            target_id,
            target,
            contact,
            moment,
            direction=direction,
            external_number=contact["phone"],
            internal_number=target["phone"],
            **rang,
            **fields,
        )
        self.legs.append(leg)
        return leg


def recording_of(recording_id: int, call_id: int, start: int, length: int) -> Record:
    """An ordinary recording that is ready."""
    return {
        "id": recording_id,
        "call_id": call_id,
        "recording_type": "callrecording",
        "start_time": start,
        "length": length,
        "duration": length,
    }


def _caller(world: World, contact: Record) -> Record:
    from dialkit.sandbox.operations.company.numbers import e164

    written = contact["phones"][0].partition(" ext")[0]
    number = e164(written, infer=True) or "+14155550150"
    return {**outside_side(world, number), "id": str(contact["id"]), "name": contact["display_name"]}
