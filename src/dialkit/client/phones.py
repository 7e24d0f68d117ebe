"""Phone numbers, whatever way they are written. Plain E.164 costs no library."""

from __future__ import annotations

from dialkit.errors import InvalidArgument

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dialkit.config import Config

REGION = "US"  # whose national formats are understood where nothing is said
NORTH_AMERICA, WORD = 1, 3  # its country code; letters from which `phonenumbers` reads a word as digits


def region_of(config: Config) -> str:
    """The region whose national formats are understood: the folder's or the config's, else the US."""
    return config.region or REGION


def region_said(config: Config, infer: bool) -> str | None:
    """The region where national formats are understood only if somebody said so; None where nobody did."""
    return region_of(config) if infer or config.region else None


def plain(text: str) -> bool:
    """Whether a text is E.164 as it stands: a plus sign, then 7 to 15 digits, the first not 0."""
    digits = text[1:]
    ascii_digits = digits.isascii() and digits.isdecimal()
    return text[:1] == "+" and ascii_digits and 7 <= len(digits) <= 15 and digits[0] != "0"


def e164(text: str, region: str | None = None) -> str | None:
    """A number in E.164, None where it is none.

    `region` is the two letters of the country whose national formats are read; None reads only those that
    begin with a plus sign. An extension is left out. A number must be possible, not known to be in use; a
    letter within it is none, since whoever reads past ``O`` in ``12O4`` texts a stranger.
    """
    text = text.strip()
    if plain(text):
        return text
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number) or _misspelt(text, number.extension, number.country_code):
        return None
    found = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return found if plain(found) else None


def _misspelt(text: str, extension: str | None, country: int | None) -> bool:
    """Whether there is something in a number that `phonenumbers` leaves out, and that may be a digit.

    Words before it, apart from it, are no part of it, nor is an extension. Letters that stand for digits
    (``1-800-FLOWERS``) are read in North America, where a wrong one changes the length of a number.
    """
    import re

    number = re.sub(r"\A[^\d+＋]*[^\w+＋]", "", text)
    if extension:
        number = re.sub(rf"\D*{extension}\D*\Z", "", number)
    letters = sum(map(str.isalpha, number))
    return "*" in number or "#" in number or (letters > 0 and (country != NORTH_AMERICA or letters < WORD))


def required(flag: str, text: str, region: str | None = None) -> str:
    """A number in E.164. Raises `InvalidArgument`, which names the flag, for what is none."""
    found = e164(text, region)
    if found is None:
        more = "" if region else ", or add --infer-country-code"
        raise InvalidArgument(
            f"{flag}: {text[:40]!r} is not a phone number", hint=f"write it like +14155550123{more}"
        )
    return found
