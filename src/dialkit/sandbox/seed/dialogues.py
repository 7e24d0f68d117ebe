"""What people write to a coffee company and what it answers: ``<`` comes in, ``>`` goes out."""

from __future__ import annotations

from typing import NamedTuple

from dialkit.sandbox.carrier.segments import segments_of

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PICTURE = "[picture]"  # a line that begins so has a picture with it

DIALOGUES: tuple[tuple[str, ...], ...] = (
    (
        "> Good morning, your order is packed and leaves the roastery at ten.",
        "< Great, thank you!",
    ),
    (
        "< Hi, can we move Thursday's delivery to Friday?",
        "> Of course. Friday between 7 and 9, is that fine?",
        "< Perfect.",
        "> Done. See you on Friday.",
    ),
    (
        "< Do you still have the Ethiopian natural?",
        "> Yes, about 40 kg. Shall I put some aside for you?",
        "< 5 kg please, whole bean",
        "> Noted: 5 kg, whole bean. It ships tomorrow.",
        "< 👍",
    ),
    (
        "< [picture]The bag on top was torn when it arrived.",
        "> I'm sorry about that. We send you another today, at no cost.",
        "< Thanks for the quick help",
    ),
    (
        "> Your grinder is back from service and ready to be picked up.",
        "< I'll come by at 4",
        "> See you then. Ask for the workshop at the side door.",
    ),
    (
        "< What time do you close today?",
        "> At 6 in Portland, at 5 in Seattle.",
    ),
    (
        "> Reminder: cupping on Wednesday at 3 pm, at the Portland roastery.",
        "< We'll be two. Café Olé is in 😀",
    ),
    (
        "< Invoice 2291 has the wrong address on it",
        "> Thank you for telling us. Which one should it be?",
        "< 48 Alder Street",
        "> Corrected, the new invoice is in your mailbox.",
    ),
    (
        "> Running ten minutes late with your delivery, sorry!",
        "< No problem",
    ),
    (
        "< Can someone call me about the wholesale prices?",
        "> Theo calls you within the hour.",
        "< ok",
    ),
    ("> Your subscription renews on Monday. Reply if you want another roast this time.",),
    (
        "< Is the decaf water processed?",
        "> It is, both of our decafs are.",
        "< Then 2 bags with the next order please",
        "> Added. Anything else?",
        "< No that's all",
    ),
)


class Line(NamedTuple):
    """One text of a dialogue: whether it goes out, its words, what goes with it, and its parts."""

    outbound: bool
    text: str
    media: str | None
    parts: int


def lines_of(dialogue: tuple[str, ...]) -> list[Line]:
    """The texts of a dialogue."""
    found = []
    for words in dialogue:
        text = words[2:].removeprefix(PICTURE)
        media = PIXEL if words[2:].startswith(PICTURE) else None
        found.append(Line(words.startswith(">"), text, media, segments_of(text).parts))
    return found
