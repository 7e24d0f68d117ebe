"""Answers as objects: unset and null, ids and dates in any spelling, the unknown kept, secrets hidden."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from typed_methods import CATALOG

import values
from dialkit.catalog.model import resolve
from dialkit.client import types
from dialkit.client.model import UNSET, Model, decode
from dialkit.client.types.oauth2 import AuthorizeTokenResponse
from dialkit.client.types.shared import CallCenter, OperatorCollection, User, Webhook, Websocket
from dialkit.client.types.users import CallerId, CallerIdGroup
from dialkit.errors import UpstreamError

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)


def test_unset_is_not_null() -> None:
    user = decode(User, {"first_name": None, "last_name": "", "muted": False})
    assert user.first_name is None
    assert user.display_name is UNSET
    assert not user.display_name
    assert (user.last_name, user.muted) == ("", False)
    assert user.to_dict() == {"first_name": None, "last_name": "", "muted": False}


@pytest.mark.parametrize("spelled", [5391827364501928, "5391827364501928"])
def test_ids_come_as_numbers_and_as_text(spelled: Any) -> None:
    assert decode(CallerId, {"id": spelled}, strict=True).id == 5391827364501928
    assert decode(User, {"admin_office_ids": [spelled, "-1"]}).admin_office_ids == [5391827364501928, -1]


@pytest.mark.parametrize("spelled", [2**63 - 1, str(-(2**63)), "9" * 30, 10**30])
def test_ids_of_any_size(spelled: Any) -> None:
    """Those beyond 64 bits are no ids, and still not lost."""
    assert int(decode(User, {"id": spelled}).id or 0) == int(spelled)


@pytest.mark.parametrize("word", ["null", "true", "5", "UNSET"])
def test_a_text_is_a_text_whatever_it_says(word: str) -> None:
    assert decode(User, {"first_name": word}).first_name == word


@pytest.mark.parametrize("spelled", ["", "5a", "5.5", [], {}, "٥"])
def test_what_is_no_id_stays_as_it_came(spelled: Any) -> None:
    assert decode(User, {"id": spelled}).id == spelled
    with pytest.raises(UpstreamError, match=r"^users\.get: "):
        decode(User, {"id": spelled}, strict=True, name="users.get")


@pytest.mark.parametrize(
    "spelled",
    [
        "2026-03-05T12:00:00", "2026-03-05T12:00:00Z", "2026-03-05T12:00:00.000000", "2026-03-05 12:00:00",
        "2026-03-05T13:00:00+01:00", "2026-03-05T12:00", "20260305T120000Z", 1772712000, "1772712000",
        1772712000000, "1772712000000",
    ],
)  # fmt: skip
def test_dates_come_in_many_spellings(spelled: Any) -> None:
    found = decode(User, {"date_added": spelled}).date_added
    assert isinstance(found, datetime)
    assert found == NOON
    assert found.tzinfo is not None


@pytest.mark.parametrize(
    "spelled", ["soon", "", "2026-13-45T00:00:00", 10**20, -(10**20), [], "9" * 40, True]
)
def test_what_is_no_date_stays_as_it_came(spelled: Any) -> None:
    assert decode(User, {"date_added": spelled}).date_added == spelled
    assert decode(User, {"date_added": spelled}).to_dict() == {"date_added": spelled}
    with pytest.raises(UpstreamError):
        decode(User, {"date_added": spelled}, strict=True)


def test_a_date_keeps_the_zone_it_came_with() -> None:
    found = decode(User, {"date_added": "2026-03-05T13:00:00+01:00"}).date_added
    assert isinstance(found, datetime)
    assert found.utcoffset() == timedelta(hours=1)
    assert found == NOON.astimezone(timezone(timedelta(hours=1)))


def test_what_is_unknown_is_kept_and_named() -> None:
    raw = {"id": "5", "groups": [{"caller_id": "+1", "new": {"a": [1]}}], "newer": "x", "newest": None}
    found = decode(CallerId, raw)
    assert found.extra == {"newer": "x", "newest": None}
    assert isinstance(found.groups, list)
    assert found.groups[0].extra == {"new": {"a": [1]}}
    assert found.to_dict() == {**raw, "id": 5}
    with pytest.raises(UpstreamError, match=r"unknown fields: newer, newest, groups\[0\].new") as caught:
        decode(CallerId, raw, strict=True)
    assert caught.value.hint


WRONG: list[tuple[type[Model], dict[str, Any]]] = [
    (User, {"first_name": 5}),
    (User, {"muted": "x"}),
    (User, {"emails": "ines@larkspur.example"}),
    (User, {"emails": ["ines@larkspur.example", None]}),
    (User, {"state": "dreaming"}),  # a word that came later
    (User, {"state": 7}),
    (CallerId, {"id": 5, "groups": "all"}),
    (CallerId, {"id": 5, "groups": [5, {"caller_id": 5}, None]}),
    (CallerId, {"groups": []}),  # `id` is always there, they say
    (CallCenter, {"alerts": None}),
    (CallCenter, {"alerts": [1]}),
    (CallCenter, {"advanced_settings": {"auto_call_recording": {"call_recording_inbound": "x"}}}),
]


@pytest.mark.parametrize(("kind", "raw"), WRONG)
def test_a_value_that_does_not_fit_stays_as_it_came(kind: type[Model], raw: dict[str, Any]) -> None:
    """One such value loses no other; strict mode refuses it."""
    found = decode(kind, {**raw, "office_id": "7"})
    assert found.to_dict() == {**raw, "office_id": found.to_dict()["office_id"]}
    with pytest.raises(UpstreamError):
        decode(kind, raw, strict=True)


def test_beside_a_wrong_value_the_others_are_read() -> None:
    found = decode(User, {"first_name": 5, "id": "7", "date_added": "2026-03-05T12:00:00", "newer": 1})
    assert (found.first_name, found.id, found.date_added, found.extra) == (5, 7, NOON, {"newer": 1})
    groups = decode(CallerId, {"id": 5, "groups": [{"caller_id": 5, "newer": 1}, 7]}).groups
    assert isinstance(groups, list)
    assert isinstance(groups[0], CallerIdGroup)
    assert (groups[0].extra, groups[1]) == ({"newer": 1}, 7)


@pytest.mark.parametrize("raw", [None, [], "x", 5])
def test_what_is_no_object_is_no_answer(raw: Any) -> None:
    with pytest.raises(UpstreamError, match="an object was expected") as caught:
        decode(User, raw)
    assert caught.value.hint


def test_nesting_without_end_is_kept() -> None:
    deep: Any = {}
    for _ in range(200):
        deep = {"deeper": [deep]}
    found = decode(User, {"first_name": deep, "newer": deep})
    assert found.to_dict() == {"first_name": deep, "newer": deep}
    assert len(repr(found)) < 300


# What is shown


def test_secrets_are_not_shown() -> None:
    secret = "s3cr3t-f0r-n0b0dy"
    shown = [
        decode(AuthorizeTokenResponse, {"access_token": secret, "refresh_token": secret, "id_token": secret}),
        decode(Websocket, {"id": 5, "websocket_url": f"wss://127.0.0.1/{secret}"}),
        decode(
            Webhook,
            {"hook_url": "https://larkspur.example", "signature": {"secret": secret, "algo": "HS256"}},
        ),
        decode(User, {"newer": secret}),
    ]
    for found in shown:
        assert secret not in repr(found)
        assert secret not in str(found)
        assert secret not in f"{[found]} {found.__rich_repr__()}"
        assert secret in str(found.to_dict())


def test_a_repr_is_bounded() -> None:
    user = {"first_name": "x" * 10_000, "emails": ["x" * 100] * 1000, "id": 5}
    assert len(repr(decode(User, user))) < 300
    crowd = decode(OperatorCollection, {"users": [user] * 1000})
    assert repr(crowd) == "OperatorCollection(users=[1000 items])"
    assert repr(decode(User, {"id": "5", "newer": 1})) == "User(id=5, extra=['newer'])"


# Copies


COPIES = {
    "copy": copy.copy,
    "deep": copy.deepcopy,
    "pickle": lambda found: pickle.loads(pickle.dumps(found)),
}


@pytest.mark.parametrize("name", COPIES)
def test_copies_are_equal_in_all(name: str) -> None:
    raw = {"groups": [{"caller_id": "+1", "new": 1}], "newer": {"a": 1}, "caller_id": None}
    found = decode(CallerId, raw)
    other = COPIES[name](found)
    assert other == found
    assert other is not found
    assert other.to_dict() == found.to_dict() == raw
    assert other.id is UNSET
    other.caller_id = "+15035550142"
    assert found.caller_id is None
    assert other != found


def test_objects_that_differ_only_in_what_is_unknown_differ() -> None:
    assert decode(User, {"id": 5, "newer": 1}) == decode(User, {"id": "5", "newer": 1})
    assert decode(User, {"id": 5, "newer": 1}) != decode(User, {"id": 5, "newer": 2})
    assert decode(User, {"id": 5}) != {"id": 5}
    assert decode(User, {"id": 5}) != decode(CallerId, {"id": 5})


# Every schema


ANSWERS = sorted(
    {
        schema["$ref"].rsplit("/", 1)[-1]: name
        for name in CATALOG.ids
        if "$ref" in (schema := CATALOG.operation(name).answer.get("schema", {}))
    }.items()
)


def plain(value: Any) -> Any:
    """JSON with dates in one spelling."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
    return value


def as_texts(value: Any, schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """The same JSON with each int64 as text, as the service writes it."""
    schema = resolve(schema, schemas)
    if isinstance(value, dict):
        inner = schema.get("properties", {})
        return {name: as_texts(one, inner.get(name, {}), schemas) for name, one in value.items()}
    if isinstance(value, list):
        return [as_texts(one, schema.get("items", {}), schemas) for one in value]
    return str(value) if schema.get("format") == "int64" and isinstance(value, int) else value


@pytest.mark.parametrize(("name", "operation_id"), ANSWERS)
def test_an_answer_comes_out_as_it_went_in(name: str, operation_id: str) -> None:
    """Any value of the schema is taken strictly, and is the same as JSON again, and so are ids as text."""
    operation = CATALOG.operation(operation_id)
    schema = operation.answer["schema"]
    kind: type[Model] = getattr(types, name)

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(raw=values.of(schema, operation.schemas))
    def check(raw: Any) -> None:
        found = decode(kind, raw, strict=True)
        assert plain(found.to_dict()) == plain(raw)
        assert decode(kind, as_texts(raw, schema, operation.schemas), strict=True) == found
        assert decode(kind, found.to_dict(), strict=True) == found
        assert pickle.loads(pickle.dumps(found)) == found

    check()
