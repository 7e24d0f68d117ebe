"""Call centers, departments, operators and their days, teams, channels, and what belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations.company import numbers
from dialkit.sandbox.operations.groups import call_centers, departments, targets
from dialkit.sandbox.operations.groups.channels import join
from dialkit.sandbox.operations.groups.operators import SKILL, add
from dialkit.sandbox.seed import groups_data as data
from dialkit.sandbox.seed.duties import fill_duties
from dialkit.sandbox.seed.names import CALL_CENTER, DEPARTMENT, INES, MARA, PORTLAND, ROOM, SEATTLE, THEO
from dialkit.sandbox.wire import iso

if TYPE_CHECKING:
    from dialkit.sandbox.seed import Maker
    from dialkit.sandbox.world import Record, World

MOST_OPERATORS, MOST_MEMBERS = 12, 200  # of a call center, of the channel for all, however large the company
DAY = 86_400


def fill(world: World, maker: Maker) -> None:
    """Make them."""
    active = [user for user in world.users if user["state"] == "active"]
    agents = [user["id"] for user in active if user["license"] == "agents" and user["id"] not in (MARA, THEO)]
    _lines(world, maker)
    _operators(world, agents[: 2 * MOST_OPERATORS])
    _routers(world, maker)
    _teams(world, maker, agents)
    _policies(world, maker, agents)
    _channels(world, maker, [user["id"] for user in active])
    _choices(world, maker)
    fill_duties(world, maker)


def _lines(world: World, maker: Maker) -> None:
    """Departments and call centers; the first of each kind is the document's."""
    for kind, module, settle, others in (
        ("department", departments, departments.settle_department, data.DEPARTMENTS),
        ("callcenter", call_centers, call_centers.settle_call_center, data.CALL_CENTERS),
    ):
        table = world.table(targets.TABLES[kind])
        first = {**maker.example(f"{kind}s.get"), **data.CHANGED[kind]}
        for record in (first, *({**other, "id": world.new_id()} for other in others)):
            kept = {name: value for name, value in record.items() if name not in data.DERIVED}
            table.put(settle(world, {**module.DEFAULTS, **kept, "phone_numbers": []}, None))
            _number(world, kind, record["id"], record.get("phone_numbers", []))


def _number(world: World, kind: str, target_id: int, wanted: list[str]) -> None:
    """Give a group its numbers, those of the document where nobody else has them, or one that is free."""
    owner = targets.target(world, kind, target_id)
    if numbers.numbers_of(world, kind, owner):
        return
    office = world.offices.get(owner["office_id"])
    for number in wanted:
        if number not in world.numbers:
            numbers.add_number(world, number, office["id"])
    record = next((one for name in wanted if (one := world.numbers.get(name)).get("target_id") is None), None)
    record = record or numbers.pick(world, None, office)
    numbers.give(world, record, kind, target_id, primary=True)


def _operators(world: World, agents: list[int]) -> None:
    centers = [center["id"] for center in world.call_centers]
    add(world, ("callcenter", CALL_CENTER), "user", THEO, role="operator", skill_level=90)
    add(world, ("callcenter", CALL_CENTER), "user", MARA, role="admin", skill_level=SKILL)
    for place, user_id in enumerate(agents):
        role = "supervisor" if place == 1 else "operator"
        also = centers[:1] if place < 4 else []  # some are in two, with a skill for each
        for center_id in dict.fromkeys([centers[place % len(centers)], *also]):
            skill = 40 + 5 * world.draw(13, "skill", user_id, center_id)
            add(world, ("callcenter", center_id), "user", user_id, role=role, skill_level=skill)
    for group, kind, member_id, role in (
        (("department", DEPARTMENT), "user", THEO, "operator"),
        (("department", DEPARTMENT), "user", INES, "operator"),
        (("office", PORTLAND), "user", MARA, "admin"),
        (("office", PORTLAND), "user", INES, "operator"),
        (("office", PORTLAND), "room", ROOM, "operator"),
    ):
        if member_id in world.table(f"{kind}s"):
            add(world, group, kind, member_id, role=role)
    others = [one["id"] for one in world.departments if one["id"] != DEPARTMENT]
    seattle = [user_id for user_id in agents if world.users.get(user_id)["office_id"] == SEATTLE]
    for place, user_id in enumerate((seattle or agents)[:3]):
        add(world, ("department", others[place % len(others)]), "user", user_id, role="operator")
        add(world, ("office", SEATTLE), "user", user_id, role="operator")


def _routers(world: World, maker: Maker) -> None:
    first = maker.example("callrouters.get")
    for record in (first, {**first, **data.ROUTER, "id": world.new_id()}):
        secret = (record.get("signature") or {}).get("secret")
        kept = {name: value for name, value in record.items() if name not in ("signature", "phone_numbers")}
        world.call_routers.put({**kept, "secret": secret, "errors": [], "phone_numbers": []})
        _number(world, "callrouter", record["id"], record["phone_numbers"])


def _teams(world: World, maker: Maker, agents: list[int]) -> None:
    """Coaching teams and agent groups. Theo is in none yet, so that the document's example adds him."""
    first = {**maker.example("coaching_team.get"), "phone_numbers": []}
    teams = (first, {**first, **data.TEAM, "id": world.new_id()})
    for team in teams:
        world.coaching_teams.put(team)
    members = [(teams[0], MARA, "coach"), *((teams[0], agent, "trainee") for agent in agents[:2])]
    members += [(teams[1], agent, "trainee" if place else "coach") for place, agent in enumerate(agents[2:5])]
    for team, user_id, role in members:
        given = {"team_id": team["id"], "user_id": user_id, "role": role}
        world.coaching_members.put({"id": world.new_id(), **given})
    group = maker.example("agentgroup.get")
    for record in (group, {**group, **data.AGENT_GROUP, "id": str(world.new_id())}):
        world.agent_groups.put(
            {
                **record,
                "created_at": int((maker.today - 60 * DAY) * 1000),
                "updated_at": int((maker.today - 9 * DAY) * 1000),
            }
        )


def _policies(world: World, maker: Maker, agents: list[int]) -> None:
    first = maker.example("accesscontrolpolicies.get")
    dates = {"date_created": iso(maker.today - 30 * DAY), "date_updated": iso(maker.today - 20 * DAY)}
    for record in (first, *({**first, **other, "id": world.new_id()} for other in data.POLICIES)):
        world.policies.put({**record, **dates, "company_id": world.company_id})
    policies = [policy["id"] for policy in world.policies]
    center = {"target_type": "callcenter", "target_id": CALL_CENTER}
    office = {"target_type": "office", "target_id": SEATTLE}
    company = {"target_type": "company", "target_id": world.company_id}
    for policy_id, user_id, aims in (
        (policies[0], THEO, [center]),
        *((policies[0], agent, [center]) for agent in agents[:1]),
        *((policies[1], agent, [office]) for agent in agents[1:2]),
        (policies[2], INES, [company]),
    ):
        given = {"policy_id": policy_id, "user_id": user_id, "targets": aims}
        world.assignments.put({"id": world.new_id(), **given})


def _channels(world: World, maker: Maker, active: list[int]) -> None:
    made = iso(maker.today - 45 * DAY)
    known = [
        maker.example("channels.get")["id"],
        maker.asked("webhook_channel_event_subscription.create")["target_id"],
    ]
    for place, (name, text, privacy) in enumerate(data.CHANNELS):
        channel_id = known[place] if place < len(known) else world.new_id()
        given = {"id": channel_id, "name": name, "description": text, "privacy_type": privacy}
        state = "archived" if name in data.ARCHIVED else "active"
        world.channels.put({**given, "owner_id": MARA, "state": state, "date_created": made})
        some = [MARA, THEO] if privacy == "private" else [MARA, THEO, INES]
        for user_id in active[:MOST_MEMBERS] if name == "general" else some:
            join(world, channel_id, user_id)


def _choices(world: World, maker: Maker) -> None:
    """What is chosen from on calls and after them: labels, outcomes, prompts, scorecards."""
    for name in (*maker.example("calllabel.list")["labels"], *data.LABELS):
        world.call_labels.put({"id": world.new_id(), "name": name})
    first = maker.example("dispositions.get")
    for record in (first, {**first, **data.OUTCOMES, "id": world.new_id()}):
        world.dispositions.put({**record, "date_modified": iso(maker.today - 5 * DAY)})
    prompt = maker.example("ivr.create")
    target: Record = {"target_type": "callcenter", "target_id": CALL_CENTER}
    prompts = [{**prompt, **target, "ivr_type": "GREETING", "selected_for": ["inbound", "outbound"]}]
    for kind, name, words, selected in data.PROMPTS:
        aim = target if kind != "DEPARTMENT_INTRO" else {"target_type": "department", "target_id": DEPARTMENT}
        label = {"name": name, "text": words, "ivr_type": kind, "id": world.new_id()}
        prompts.append({**label, **aim, "selected_for": ["inbound", "outbound"] if selected else []})
    for record in prompts:
        world.custom_ivrs.put({**record, "date_added": int((maker.today - 12 * DAY) * 1000)})
    card = maker.example("scorecards.get")
    for place, (name, state, heading, questions) in enumerate(data.SCORECARDS):
        asked = [
            {"id": world.new_id(), "text": text, "type": kind, "options": options}
            for text, kind, options in questions
        ]
        own: Record = {"id": world.new_id(), "has_ai_question": False} if place else card
        world.scorecards.put(
            {
                **target,
                **own,
                "name": name,
                "state": state,
                "category": [heading],
                "questions": [*own.get("questions", []), *asked],
                "date_created": iso(maker.today - 40 * DAY) + "Z",
                "date_modified": iso(maker.today - 3 * DAY) + "Z",
            }
        )
