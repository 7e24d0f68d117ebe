"""Numbers between E.164 and the form in which their country writes them.

A mere calculation on a small table: North America in full, and countries whose numbers are grouped in one
way, or in few. Numbers of other countries in the table are written without groups.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World


class Plan(NamedTuple):
    """How a country's numbers are made up: calling code, trunk prefix, digits of the national number.

    `forms`: how a national number that begins so is written, a ``#`` for each digit; the first fit counts.
    """

    code: str
    trunk: str
    least: int
    most: int
    forms: tuple[tuple[str, str], ...] = ()


NANP = Plan("1", "1", 10, 10, (("[2-9]..[2-9]", "(###) ###-####"),))
PLANS: dict[str, Plan] = {
    "US": NANP,
    "AT": Plan("43", "0", 4, 13),
    "AU": Plan("61", "0", 9, 9, (("4", "0### ### ###"), ("[2378]", "(0#) #### ####"))),
    "BE": Plan("32", "0", 8, 9, (("4", "0### ## ## ##"), ("[239]", "0# ### ## ##"))),
    "BR": Plan("55", "0", 10, 11, (("..9", "(##) #####-####"), ("", "(##) ####-####"))),
    "CH": Plan("41", "0", 9, 9, (("", "0## ### ## ##"),)),
    "CZ": Plan("420", "", 9, 9, (("", "### ### ###"),)),
    "DE": Plan("49", "0", 5, 13),
    "DK": Plan("45", "", 8, 8, (("", "## ## ## ##"),)),
    "ES": Plan("34", "", 9, 9, (("", "### ## ## ##"),)),
    "FI": Plan("358", "0", 5, 12),
    "FR": Plan("33", "0", 9, 9, (("", "0# ## ## ## ##"),)),
    "GB": Plan("44", "0", 9, 10, (("2", "0## #### ####"), ("7", "0#### ######"), ("[389]", "0### ### ####"))),
    "GR": Plan("30", "", 10, 10, (("", "### ### ####"),)),
    "HK": Plan("852", "", 8, 8, (("", "#### ####"),)),
    "IE": Plan("353", "0", 7, 9, (("1", "(0#) ### ####"), ("8", "0## ### ####"))),
    "IL": Plan("972", "0", 8, 9, (("5", "0##-###-####"), ("", "0#-###-####"))),
    "IN": Plan("91", "0", 10, 10, (("[6-9]", "##### #####"),)),
    "IT": Plan("39", "", 6, 11),  # the zero at the start is part of the number
    "JP": Plan("81", "0", 9, 10, (("[789]0", "0##-####-####"), ("[36]", "0#-####-####"))),
    "KR": Plan("82", "0", 8, 10, (("10", "0##-####-####"), ("2", "0#-####-####"))),
    "MX": Plan("52", "", 10, 10, (("33|55|56|81", "## #### ####"), ("", "### ### ####"))),
    "NL": Plan("31", "0", 9, 9, (("6", "0# ########"), ("[1-57]", "0## ### ####"))),
    "NO": Plan("47", "", 8, 8, (("[49]", "### ## ###"), ("", "## ## ## ##"))),
    "NZ": Plan("64", "0", 8, 10, (("[34679]", "0#-### ####"), ("2", "0## ### ####"))),
    "PL": Plan("48", "", 9, 9, (("", "## ### ## ##"),)),
    "PT": Plan("351", "", 9, 9, (("", "### ### ###"),)),
    "SE": Plan("46", "0", 7, 10),
    "SG": Plan("65", "", 8, 8, (("", "#### ####"),)),
    "ZA": Plan("27", "0", 9, 9, (("", "0## ### ####"),)),
}
# Countries with the calling code 1 by their area codes; all other area codes count as those of the US.
OTHERS: dict[str, str] = {
    "CA": "204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450 460 "
    "468 474 506 514 519 548 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 819 825 "
    "867 873 879 902 905 942",
    "PR": "787 939",
    "DO": "809 829 849",
    "JM": "658 876",
    "BS": "242",
    "BB": "246",
    "TT": "868",
}
COUNTRY = {code: country for country, codes in OTHERS.items() for code in codes.split()}
CALLING = {plan.code: country for country, plan in PLANS.items()}


def form(_world: World, call: Call) -> Record:
    """Rewrite a number; nothing where none was given. Raises `Refusal` 400 for what is no number."""
    number, country = call.query.get("number", "").strip(), call.query.get("country_code", "").upper()
    if not number:
        return {}
    digits = re.sub(r"\D", "", number)
    country, national = _split(digits, number) if number.startswith("+") else (country, digits)
    if not country:
        raise Refusal(400, "country_code: is needed for a number in local form.")
    plan = _plan(country)
    if not number.startswith("+") and plan.trunk and len(national) > plan.least:
        national = national.removeprefix(plan.trunk)
    if not plan.least <= len(national) <= plan.most or not _fits(plan, national):
        raise Refusal(400, f"number: {number[:40]!r} is not a number of {country}.")
    local = _written(plan, national)
    first = re.match(r"\(?\d+\)?", local) if plan.forms else None
    return {
        "area_code": first[0] if first and first[0] != local else None,
        "country_code": COUNTRY.get(national[:3], country) if plan is NANP else country,
        "e164_number": f"+{plan.code}{national}",
        "local_number": local,
    }


def _split(digits: str, number: str) -> tuple[str, str]:
    """Country and national number of a number in E.164."""
    for length in (1, 2, 3):
        if digits[:length] in CALLING:
            return CALLING[digits[:length]], digits[length:]
    raise Refusal(400, f"number: {number[:40]!r} begins with no calling code that the sandbox knows.")


def _plan(country: str) -> Plan:
    if country in OTHERS:
        return NANP
    if country not in PLANS:
        known = ", ".join(sorted({*PLANS, *OTHERS}))
        raise Refusal(400, f"country_code: {country[:20]!r} is not in the sandbox's table: {known}.")
    return PLANS[country]


def _fits(plan: Plan, national: str) -> bool:
    return plan is not NANP or bool(re.match("[2-9][0-9]{2}[2-9]", national))


def _written(plan: Plan, national: str) -> str:
    """A national number as the country writes it; without groups where its form is not known."""
    for start, pattern in plan.forms:
        if re.match(f"(?:{start})", national) and pattern.count("#") == len(national):
            digits = iter(national)
            return "".join(next(digits) if sign == "#" else sign for sign in pattern)
    return plan.trunk + national


HANDLERS = {"format.post": form}
