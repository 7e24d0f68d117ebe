"""Looking for the last digits first finds whatever reading every number would."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialkit.directory.fields import keys_of
from dialkit.directory.matching import Keys

REGIONS = ("US", "DE", "AR", "MX", "BR", "GB", "IT", "JP", "IN", "AU", "FR", "CI")
FORMS = (
    phonenumbers.PhoneNumberFormat.NATIONAL,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.E164,
    phonenumbers.PhoneNumberFormat.RFC3966,
)
KINDS = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_way_to_write_a_number_is_found(region: str, kind: int) -> None:
    number = phonenumbers.example_number_for_type(region, kind)
    key = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    keys = Keys([("phones", key)], region)
    for form in FORMS:
        text = phonenumbers.format_number(number, form)
        for written in (text, f"  {text} ", f"{text} ext. 204", f"{text} x12"):
            found = ("phones", key) in keys_of({"phones": [written]}, region)
            assert keys.match({"phones": [written]}) == found
        assert keys.match({"phones": [text]})


PHONE = st.one_of(
    st.from_regex(
        r"\A(\+1|1)?[ -]?\(?[2-9][0-9]{2}\)?[ .-]?[2-9][0-9]{2}[ .-]?[0-9]{4}( ?(x|ext\.?) ?[0-9]{1,4})?\Z"
    ),
    st.text("0123456789+()- .xetABCn٣４", max_size=18),
)


@settings(max_examples=300, deadline=None)
@given(PHONE, st.lists(PHONE, max_size=3))
def test_it_says_what_comparing_all_keys_says(wanted: str, has: list[str]) -> None:
    keys = set(keys_of({"phones": [wanted, *has[:1]]}, "US"))
    contact = {"phones": has}
    assert Keys(keys, "US").match(contact) == (not keys.isdisjoint(keys_of(contact, "US")))


def test_letters_and_other_digits_are_read() -> None:
    keys = Keys([("phones", "+18003569377")], "US")
    assert keys.match({"phones": ["1-800-FLOWERS"]})
    assert keys.match({"phones": ["８００ ３５６ ９３７７"]})
    assert not keys.match({"phones": ["1-800-FLOWER"]})
