"""Finding operations by words: by what people call things, not only by what the API calls them.

Only the index is read, so that a search over all operations takes a few milliseconds.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialkit.catalog.model import Catalog, Summary

# Points of a word by where it stands.
PLACES = {"name": 12, "group": 10, "title": 10, "id": 8, "summary": 6, "path": 4}
# How much of them counts: the whole word, its beginning, anywhere inside; and for another word of the table.
WHOLE, BEGINNING, INSIDE, OTHER = 1, 0.5, 0.25, 0.7
# A query word found at all outweighs any points of the words beside it.
FOUND = 1000
LONGEST = 16  # words of a query that count

# What people write as two words and the API as one.
PHRASES = {
    "call center": "callcenter",
    "call centre": "callcenter",
    "call router": "callrouter",
    "coaching team": "coachingteam",
    "desk phone": "deskphone",
    "do not disturb": "dnd",
    "hang up": "hangup",
    "off duty": "dutystatus",
    "on duty": "dutystatus",
    "opt in": "optout",
    "opt out": "optout",
    "screen pop": "screenpop",
    "sign in": "oauth",
    "web hook": "webhook",
    "web socket": "websocket",
}
# Other words for what the API has, as its names have them; nouns in the singular.
SYNONYMS = {
    "address": "e911",
    "agent": "operator user",
    "billing": "plan license",
    "block": "blocked",
    "broadcast": "bulk",
    "cancel": "delete hangup",
    "change": "update",
    "customer": "contact",
    "device": "deskphone userdevice",
    "dial": "call",
    "disable": "toggle",
    "edit": "update",
    "emergency": "e911",
    "employee": "user",
    "enable": "toggle",
    "end": "hangup",
    "event": "subscription",
    "find": "list get",
    "greeting": "ivr",
    "group": "department callcenter",
    "hold": "unpark callcenter",
    "hour": "office",
    "login": "oauth",
    "lookup": "get",
    "member": "operator user",
    "menu": "ivr",
    "message": "sms text",
    "mms": "sms",
    "mute": "dnd",
    "outcome": "disposition",
    "permission": "policy",
    "person": "user contact",
    "phone": "call number",
    "queue": "callcenter callback",
    "record": "recording",
    "remove": "delete unassign",
    "report": "stat schedulereport export",
    "ring": "call",
    "role": "policy",
    "search": "list",
    "show": "get list",
    "sms": "text message",
    "staff": "user operator",
    "stop": "optout",
    "summary": "recap",
    "team": "department coachingteam",
    "text": "sms message",
    "token": "oauth",
    "unblock": "remove blocked",
    "unsubscribe": "optout",
    "video": "meeting conference",
    "view": "get",
    "voicemail": "recording",
}
# Words that tell nothing about an operation.
EMPTY = " a an and at by can do for from how i in is it me my of on or the to what which who with "


def search(catalog: Catalog, words: str, limit: int = 20) -> list[tuple[Summary, int]]:
    """Operations that answer to `words`, best first, with their points; at most `limit`.

    Those that answer to more of the words come first, then those with more points, then by id.
    """
    terms = _terms(words)
    found = []
    for group in catalog.groups.values():
        shared = {"group": _split(group.name), "title": _split(group.title)}
        for row in group.operations:
            places = shared | {
                "name": _split(row.name),
                "id": _split(row.id),
                "summary": _split(row.summary),
                "path": _split(row.path.removeprefix("/api/v2")),
            }
            points = sum(_points(term, places) for term in terms)
            if points:
                found.append((row, points))
    found.sort(key=lambda pair: (-pair[1], pair[0].id))
    return found[:limit]


def _terms(words: str) -> list[str]:
    text = " ".join(_split(words))
    for phrase, word in PHRASES.items():
        text = re.sub(rf"\b{phrase}\b", word, text)
    terms = list(dict.fromkeys(text.split()))[:LONGEST]
    return [term for term in terms if f" {term} " not in EMPTY] or terms


@cache
def _split(text: str) -> tuple[str, ...]:
    """The words of a text in lower case, in the singular."""
    return tuple(_singular(word) for word in re.findall("[a-z0-9]+", text.lower().replace("'s", "")))


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us")) else word


def _points(term: str, places: dict[str, tuple[str, ...]]) -> int:
    """What a word earns, itself or by another word for the same, in all places; 0 where it stands nowhere.

    A place of many words counts less: ``sms`` says more about the group of that name than about one of the
    four words of ``sms.event.subscription.create``.
    """
    wanted = ((term, 1), *((other, OTHER) for other in SYNONYMS.get(term, "").split()))
    earned = sum(
        PLACES[place]
        / len(words) ** 0.5
        * max(share * _match(other, word) for other, share in wanted for word in words)
        for place, words in places.items()
        if words
    )
    return round(FOUND + 10 * earned) if earned else 0


def _match(wanted: str, word: str) -> float:
    if word == wanted:
        return WHOLE
    if len(wanted) < 3 or wanted not in word:
        return 0
    return BEGINNING if word.startswith(wanted) else INSIDE
