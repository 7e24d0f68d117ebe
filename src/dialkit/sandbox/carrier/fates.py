"""Numbers whose fate is known beforehand, so that a test needs no setup.

All are in +1 564 555-01xx, which is kept free for fiction. Any other number takes texts after a moment and
answers calls. `docs/sandbox.md` shows this table.
"""

from __future__ import annotations

from typing import NamedTuple


class Fate(NamedTuple):
    """What becomes of a text to a number, or of a call.

    `result` is the text's delivery result; `delay` the seconds until it is known; `reply` what is texted
    back, after `reply_after` seconds. `call` is ``answered``, ``busy``, ``no_answer`` or ``voicemail``.
    """

    about: str
    result: str = "accepted"
    delay: float = 1.0
    reply: str = ""
    reply_after: float = 5.0
    call: str = "answered"


ORDINARY = Fate("takes texts after a second, answers calls")
FATES: dict[str, Fate] = {
    "+15645550100": Fate("a text is delivered; a call is answered"),
    "+15645550101": Fate("a text is undelivered", result="rejected"),
    "+15645550102": Fate("a text fails: invalid_destination", result="invalid_destination"),
    "+15645550103": Fate("a text fails: no_route", result="no_route"),
    "+15645550104": Fate("a text fails: rejected_spam", result="rejected_spam"),
    "+15645550105": Fate("a text is delivered late, after 90 seconds", delay=90.0),
    "+15645550106": Fate("answers a text with STOP, after 2 seconds", reply="STOP", reply_after=2.0),
    "+15645550107": Fate("answers a text, after 5 seconds", reply="Thanks, got it!"),
    "+15645550108": Fate("a text fails: not_supported (a landline)", result="not_supported"),
    "+15645550109": Fate("a text fails after 60 seconds: time_out", result="time_out", delay=60.0),
    "+15645550111": Fate("a call finds it busy", call="busy"),
    "+15645550112": Fate("nobody answers a call", call="no_answer"),
    "+15645550113": Fate("voicemail answers a call", call="voicemail"),
}


def fate_of(number: str) -> Fate:
    """What becomes of a text or call to a number, given in E.164."""
    return FATES.get(number, ORDINARY)
