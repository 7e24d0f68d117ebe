"""Who asked for no more texts: STOP, UNSTOP and HELP, how far each reaches, and the list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.resource import page
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call, Values
    from dialkit.sandbox.world import Record, World

OUT, IN = "opted_out", "opted_back_in"
# What is answered to a text that is exactly one of these words; our own wording.
ANSWERS = {
    "STOP": "{name}: you will get no more texts from us. Reply UNSTOP to get them again.",
    "UNSTOP": "{name}: you will get texts from us again. Reply STOP to end them.",
    "HELP": "{name}: for help call us at this number. Reply STOP to get no more texts.",
}


def keyword_of(text: str) -> str | None:
    """The word a text consists of, where it means something; capitals and blanks around it do not matter."""
    word = text.strip().upper()
    return word if word in ANSWERS else None


def scope_of(world: World, company_number: str) -> tuple[str, int]:
    """How far an opt-out from a number reaches: its A2P campaign, or the company where it is in none."""
    campaign = (world.numbers.find(company_number) or {}).get("a2p_campaign_id")
    return ("a2p_campaign", campaign) if campaign else ("company", world.company_id)


def is_opted_out(world: World, company_number: str, external_number: str) -> bool:
    """Whether a person must not be texted from one of the company's numbers."""
    return bool(_reaching(world, company_number, external_number))


def _reaching(world: World, ours: str, theirs: str) -> list[Record]:
    """The opt-outs of a person that count for a number: from its campaign, or from the whole company."""
    found = [record for record in world.opt_outs.where("number", theirs) if record["state"] == OUT]
    if not found:
        return []
    scopes = (scope_of(world, ours), ("company", world.company_id))
    narrow = world.switch("stop-reach") == "number"
    return [
        record
        for record in found
        if (record["scope_level"], record["scope_id"]) in scopes
        and (not narrow or record["company_number"] in (None, ours))
    ]


def hear(world: World, text: Record) -> None:
    """Act on a text that came in: STOP and UNSTOP are kept, and each of the words is answered.

    An UNSTOP of somebody who is not opted out is an ordinary text.
    """
    word, ours, theirs = keyword_of(text["text"]), text["to_number"], text["from_number"]
    if word is None or (word == "UNSTOP" and not opt_in(world, theirs, ours)):
        return
    if word == "STOP":
        opt_out(world, theirs, ours)
    answer = ANSWERS[word].format(name=world.company["name"])
    world.later(0, "texts.answer", from_number=ours, to_number=theirs, text=answer)


def opt_out(world: World, theirs: str, ours: str | None = None, at: float | None = None) -> Record:
    """Keep that a person wants no texts: from `ours` and what goes with it, or from anybody in the company.

    `at` is when, in epoch seconds; now if left out.
    """
    level, scope_id = scope_of(world, ours) if ours else ("company", world.company_id)
    place = ours if world.switch("stop-reach") == "number" else scope_id
    return world.opt_outs.put(
        {
            "id": f"{theirs} {level} {place}",
            "external_number": theirs,
            "company_number": ours,
            "scope_level": level,
            "scope_id": scope_id,
            "state": OUT,
            "date": world.milliseconds(at),
        }
    )


def opt_in(world: World, theirs: str, ours: str, at: float | None = None) -> bool:
    """End what keeps texts of a number from a person; whether there was anything."""
    found = _reaching(world, ours, theirs)
    for record in found:
        world.opt_outs.change(record["id"], state=IN, date=world.milliseconds(at))
    return bool(found)


def list_opt_outs(world: World, call: Call) -> Values:
    """Numbers that opted out, or back in, in the order they did first. Raises `Refusal` 403."""
    if call.path["id"] != str(world.company_id):
        raise Refusal(403, f"id: {call.path['id'][:20]} is not the company of the key.")
    state, campaign = call.query["opt_out_state"], call.query.get("a2p_campaign_id")

    def wanted(record: Record) -> bool:
        scope = (record["scope_level"], record["scope_id"])
        return record["state"] == state and (campaign is None or scope == ("a2p_campaign", campaign))

    return page(world, call, "opt_outs", wanted, show=_show)


def _show(_world: World, record: Record) -> Record:
    scope = {"opt_out_scope_level": record["scope_level"], "scope_id": record["scope_id"]}
    return {
        "date": record["date"],
        "external_endpoint": record["external_number"],
        "opt_out_state": record["state"],
        "opt_out_scope_info": scope if record["state"] == OUT else None,
    }


HANDLERS = {"company.sms_opt_out": list_opt_outs}
