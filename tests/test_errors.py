"""One table of exceptions, codes and exits, and nothing outside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import dialkit
from dialkit import errors
from dialkit.errors import KINDS, DialkitError

EXITS = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 130}  # docs/architecture.md, "Exit codes"


def classes() -> list[type[DialkitError]]:
    found = [DialkitError]
    for cls in found:
        found += cls.__subclasses__()
    return [cls for cls in found if cls.__module__ == errors.__name__]


@pytest.mark.parametrize("cls", classes())
def test_every_class_has_its_own_row(cls: type[DialkitError]) -> None:
    assert cls in KINDS


def test_every_class_is_to_be_had_from_the_package() -> None:
    assert {cls.__name__ for cls in classes()} < set(dialkit.__all__) < set(dir(dialkit))
    assert all(getattr(dialkit, cls.__name__) is cls for cls in classes())
    assert [name for name in dialkit.__all__ if not hasattr(dialkit, name)] == []
    assert sorted(dialkit.__all__) == sorted(set(dialkit.__all__))


def test_the_table_has_no_other_rows_and_known_exits() -> None:
    assert set(KINDS) == set(classes())
    assert {exit_code for _, exit_code in KINDS.values()} <= EXITS


def test_a_class_from_elsewhere_is_what_it_derives_from() -> None:
    class Late(errors.NotFound):
        pass

    assert (Late("x", status=404).code, Late("x", status=404).exit_code) == ("not_found", 4)


def test_the_document_lists_the_same_exits() -> None:
    text = (Path(__file__).parent.parent / "docs" / "architecture.md").read_text("utf-8")
    table = text.split("## Exit codes")[1].split("## Budgets")[0]
    assert {int(n) for n in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == EXITS


def test_only_harmless_repeats_are_called_retryable() -> None:
    harmless = {errors.NetworkError, errors.ReadTimeout, errors.WouldWait, errors.RateLimited}
    assert {cls for cls in classes() if cls.retryable} == harmless
    assert not errors.UpstreamError("x", status=500).retryable
    assert errors.UpstreamError("x", status=500, repeatable=True).retryable
    assert not errors.OutcomeUnknown("x").retryable
