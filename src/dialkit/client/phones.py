"""Phone numbers, whatever way they are written. Plain E.164 costs no library."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dialkit.config import Config

REGION = "US"  # whose national formats are understood where nothing is said


def region_of(config: Config) -> str:
    """The region whose national formats are understood: the setting ``region``, else the US."""
    return str(config.values.get("region") or REGION)


def plain(text: str) -> bool:
    """Whether a text is E.164 as it stands: a plus sign, then 7 to 15 digits, the first not 0."""
    digits = text[1:]
    ascii_digits = digits.isascii() and digits.isdecimal()
    return text[:1] == "+" and ascii_digits and 7 <= len(digits) <= 15 and digits[0] != "0"


def e164(text: str, region: str | None = None) -> str | None:
    """A number in E.164, None where it is none.

    `region` is the two letters of the country whose national formats are read; None reads only those that
    begin with a plus sign. An extension is left out. A number must be possible, not known to be in use.
    """
    text = text.strip()
    if plain(text):
        return text
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
