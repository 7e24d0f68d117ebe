"""Past texts, opt-outs, faxes, scheduled and bulk messages, and which numbers are registered for A2P."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from dialkit.sandbox.carrier.results import OUTCOMES, message_status
from dialkit.sandbox.operations.messages.opt_outs import opt_in, opt_out
from dialkit.sandbox.operations.messages.senders import SENDERS
from dialkit.sandbox.seed import sessions
from dialkit.sandbox.seed.dialogues import DIALOGUES, Line, lines_of
from dialkit.sandbox.seed.names import MARA, THEO
from dialkit.sandbox.world.phones import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.sandbox.seed import Maker
    from dialkit.sandbox.world import Record, World

DAY = 86_400.0
DAYS = 14  # how far back texts go
OPENS, OPEN = 15 * 3600.0, 10 * 3600.0  # when the day begins on the west coast, in UTC, and how long it is
CAMPAIGN, ANNOUNCEMENTS = 6349201857364920, 6349201857364938  # A2P campaigns; the document's example first
# Numbers of the document's examples: nothing arrived there yet, so that a first try shows what it did.
UNTOUCHED = ("+14155550123", "+14155550124")
FAILED = 1 / 30  # how many of the texts that go out do not arrive
FAILURES = ("no_route", "not_supported", "invalid_destination", "time_out")
OPTED_OUT, BACK_IN = 4, 1  # of how many people
# from, to (None: the department's line), pages, what came of it; days ago follow from the place
FAXES = (
    ("+14155550186", None, 3, "success"),
    (None, "+12065550187", 1, "success"),
    (None, "+14155550188", 2, "error"),
    ("+12065550187", None, 1, "success"),
)


def fill(world: World, maker: Maker) -> None:
    """Make them."""
    if not len(world.users):
        return
    _register(world)
    lines = [line for line in world.numbers if _sends(world, line)]
    people = list(_people(world))
    if lines:
        silent = people[-OPTED_OUT - BACK_IN :]
        _texts(world, maker, lines, people[: -len(silent)] if silent else [])
        _opt_outs(world, maker, lines, silent)
        _faxes(world, maker)
    _bulk(world, maker)
    _schedules(world, maker)
    sessions.fill(world, maker)


def _register(world: World) -> None:
    """Register the lines of groups and of three users in four; not Theo's, so a batch can be refused."""
    for line in world.numbers:
        kind, target_id = line.get("target_type"), line.get("target_id")
        if kind not in SENDERS or target_id == THEO or line["number"] in world.fax_lines:
            continue
        if kind != "user" or target_id == MARA or world.draw(4, "a2p", line["number"]):
            campaign = CAMPAIGN if kind != "user" or target_id == MARA else ANNOUNCEMENTS
            world.numbers.change(line["number"], a2p=True, a2p_campaign_id=campaign)


def _sends(world: World, line: Record) -> bool:
    kind = line.get("target_type")
    if line["number"] in world.fax_lines:
        return False
    if kind == "user":
        return bool(world.users.get(line["target_id"]).get("state") == "active")
    return kind in SENDERS


def _people(world: World) -> Iterator[tuple[str, str | None]]:
    """Numbers of customers, each once, with the contact's id."""
    seen: set[str] = set(UNTOUCHED)
    for contact in world.contacts:
        number = plain(contact["phones"][0]) if contact.get("phones") else None
        if number and number not in seen and contact["type"] == "shared" and number not in world.numbers:
            seen.add(number)
            yield number, contact["id"]


def _texts(world: World, maker: Maker, lines: list[Record], people: list[tuple[str, str | None]]) -> None:
    """Conversations, one after the other through the days before today."""
    chance = Random(f"texts {world.seed}")  # noqa: S311 - a draw for each would take most of the time
    dialogues = [lines_of(dialogue) for dialogue in DIALOGUES]
    most, made, number = maker.sizes["texts"], 0, 0
    people = people or [(f"+14155550{last}", None) for last in range(125, 160)]
    about = max(1, most * len(DIALOGUES) // sum(map(len, DIALOGUES)))  # how many conversations it takes
    while made < most:
        days = min(number / about, 0.999) * DAYS
        at = maker.today - DAYS * DAY + days // 1 * DAY + OPENS + days % 1 * OPEN
        line, whom = chance.choice(lines), chance.choice(people)
        for said in chance.choice(dialogues)[: most - made]:
            _text(world, chance, line, whom, said, at)
            at, made = at + 40 + int(400 * chance.random()), made + 1
        number += 1


def _text(
    world: World, chance: Random, line: Record, whom: tuple[str, str | None], said: Line, at: float
) -> None:
    outbound, ours, (theirs, contact_id), text_id = said.outbound, line["number"], whom, world.new_id()
    kind, target_id = line["target_type"], line["target_id"]
    record = {
        "id": text_id,
        "created_date": world.stamp(at),
        "created_at": at,
        "direction": "outbound" if outbound else "inbound",
        "from_number": ours if outbound else theirs,
        "to_number": theirs if outbound else ours,
        "target_type": kind,
        "target_id": target_id,
        "user_id": target_id if kind == "user" else None,
        "contact_id": contact_id,
        "text": said.text,
        "media": said.media,
        "segments": said.parts,
        "is_internal": False,
        "message_status": "pending",
    }
    if outbound:
        result = chance.choice(FAILURES) if chance.random() < FAILED else "accepted"
        record = {
            **record,
            "sent_id": text_id,
            "device_type": "native",
            "user_id": record["user_id"] or MARA,
            "message_status": message_status(result),
            "message_delivery_result": result,
            "event_status": OUTCOMES[result].status,
            "delivered_at": at + 1 + int(4 * chance.random()),
        }
    world.texts.put(record)


def _opt_outs(world: World, maker: Maker, lines: list[Record], people: list[tuple[str, str | None]]) -> None:
    """Some people want no more texts; the last of them did not, and does again."""
    for place, (number, _) in enumerate(reversed(people)):
        line = lines[place % len(lines)]["number"]
        at = maker.today - (place + 1) * DAY + OPENS
        opt_out(world, number, line, at)
        if place >= OPTED_OUT:
            opt_in(world, number, line, at + 3600)


def _bulk(world: World, maker: Maker) -> None:
    """The batch of the document's examples, sent yesterday; what became of it stands in the batch alone."""
    bulk = maker.example("bulk_messages.get")
    sent = int(maker.today - DAY + OPENS)
    recipients = [
        {**one, "delivery_status_timestamp": sent + 4 + 5 * place}
        for place, one in enumerate(bulk["recipients"])
    ]
    record = {**bulk, "id": bulk["bulk_message_id"], "created_date": sent, "recipients": recipients}
    world.bulk_messages.put({**record, "media": None, "next": len(recipients)})


def _schedules(world: World, maker: Maker) -> None:
    """The schedule of the document's examples, and a note to a channel in two days."""
    example = maker.example("schedules.get")
    rest = {"channel_hashtag": None, "media": None, "is_bulk": True}
    schedules = [{**rest, **example, "created_date": int(maker.today - DAY + OPENS)}]
    if channel := next((one for one in world.channels if one.get("privacy_type") != "private"), None):
        note = {
            "schedule_id": "ahBkaWFscGFkLXNjaGVkdWxlLTAy",
            "text": "Cupping notes of this week are on the board.",
            "to_numbers": None,
            "channel_hashtag": channel["name"],
            "scheduled_time": int(maker.today + 2 * DAY + OPENS + 1800),
            "is_bulk": False,
        }
        schedules.append({**schedules[0], **note})
    for record in schedules:
        schedule_id = record["schedule_id"]
        job_id = world.at(float(record["scheduled_time"]), "schedules.fire", schedule_id=schedule_id)
        world.schedules.put({**record, "id": schedule_id, "job_id": job_id})


def _faxes(world: World, maker: Maker) -> None:
    """Faxes of the last days, to and from the line of the first department."""
    own = [line for line in world.numbers if line.get("target_type") == "department"]
    if not own:
        return
    line = own[0]
    for place, (from_number, to_number, pages, status) in enumerate(FAXES):
        at = maker.today - (len(FAXES) - place) * DAY + OPENS + place * 3600
        outbound = from_number is None
        world.faxes.put(
            {
                "id": f"Fx{place}Qm2Lp9d",
                "created_date": world.stamp(at),
                "created_at": at,
                "direction": "outbound" if outbound else "inbound",
                "from_number": from_number or line["number"],
                "to_number": to_number or line["number"],
                "target_type": line["target_type"],
                "target_id": line["target_id"],
                "sender_id": line["target_id"] if outbound else None,
                "user_id": MARA if outbound else None,
                "contact_id": None,
                "fax_status": status,
                "fax_transaction": {"is_billed": outbound and status == "success", "num_pages": pages},
            }
        )
