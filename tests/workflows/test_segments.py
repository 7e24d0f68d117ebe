"""Encodings and segments, by the tables of 3GPP TS 23.038, and beside the sandbox's own count."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialkit.messaging.segments import BASIC, EXTENSION, travel
from dialkit.sandbox.carrier.segments import segments_of


@pytest.mark.parametrize(
    ("text", "encoding", "segments"),
    [
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 306, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("€" * 80, "GSM-7", 1),
        ("€" * 81, "GSM-7", 2),
        ("a" * 152 + "€" + "a" * 10, "GSM-7", 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 3),  # the pair does not cross the border
        ("ж" * 70, "UCS-2", 1),
        ("ж" * 71, "UCS-2", 2),
        ("ж" * 134, "UCS-2", 2),
        ("ж" * 66 + "😀" + "ж" * 67, "UCS-2", 3),  # nor do the halves of an emoji
        ("👩‍👩‍👧", "UCS-2", 1),
        ("😀" * 35, "UCS-2", 1),
        ("😀" * 36, "UCS-2", 2),
        ("`", "UCS-2", 1),
        ("ç", "UCS-2", 1),
        ("Ç", "GSM-7", 1),
    ],
)
def test_known_texts(text: str, encoding: str, segments: int) -> None:
    went = travel(text)
    assert (went.encoding, went.segments) == (encoding, segments)
    assert (went.forced_by is None) == (encoding == "GSM-7")


def test_the_tables_are_whole() -> None:
    assert len(BASIC) == 127  # 128 positions, one of them the escape
    assert len(EXTENSION) == 10
    assert not BASIC & EXTENSION


@given(st.text(st.sampled_from([*sorted(BASIC | EXTENSION)[:40], "€", "ж", "😀"]), max_size=400))
@settings(deadline=None, derandomize=True)
def test_two_counts_agree(text: str) -> None:
    theirs, ours = segments_of(text), travel(text)
    assert (ours.encoding, ours.segments) == (theirs.encoding, theirs.parts)
