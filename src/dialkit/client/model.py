"""What Dialpad answers, as objects: `Model` is the root of all types in `dialkit.client.types`.

A field that an answer left out is `UNSET`; one that it gave as ``null`` is None. Both are false. Ids and
other 64-bit integers are int, though Dialpad often writes them as text. Dates are aware datetimes; one
written without a zone is UTC, as Dialpad means it. What an answer holds beyond the known fields stands in
`Model.extra`.

`decode` does not lose an answer over one value: a value that is not of the documented type stays as it came.
With ``strict`` it raises instead, for tests that watch for drift.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET
from msgspec import UnsetType as Unset

from dialkit.errors import UpstreamError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["UNSET", "Model", "Strings", "Unset", "decode"]

# Several texts. A text is a sequence of texts too, and must not pass for a list of them.
Strings = list[str] | tuple[str, ...]

M = TypeVar("M", bound="Model")

# Fields whose value a repr does not show.
SECRET = frozenset(
    {
        "access_token", "client_secret", "id_token", "organizer_pin", "participant_pin", "password", "pin",
        "refresh_token", "secret", "signature", "websocket_url",
    }
)  # fmt: skip
SHOWN = 60  # characters of one value in a repr; a transcript would fill the screen
LENIENT = "leave out strict to take answers as they come"
NO_OBJECT = "is a proxy or a login page in between? `dialpad doctor` tests the connection"
FROM_MS = 10**11  # a number of epoch seconds above this would be after the year 5100: it counts milliseconds


class Model(msgspec.Struct, dict=True, kw_only=True):
    """One object of the API. Fields are attributes; see the module for `UNSET`, null and dates."""

    @property
    def extra(self) -> dict[str, Any]:
        """What the answer held that no field is known for, as it came; empty where there is none."""
        found: dict[str, Any] = self.__dict__.get("_extra") or {}
        return found

    def __eq__(self, other: object) -> Any:
        same = super().__eq__(other)
        return self.extra == other.extra if same is True and isinstance(other, Model) else same

    __hash__ = None  # type: ignore[assignment]  # fields may be set

    # Copies and pickles: msgspec's own would leave `extra` behind.
    def __copy__(self) -> Self:
        return _again(type(self), *self._parts())

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), *self._parts())

    def _parts(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return {name: getattr(self, name) for name in self.__struct_fields__}, self.extra

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values: unset fields left out, dates as ISO 8601, `extra` beside the fields."""
        found: dict[str, Any] = {name: _plain(value) for name, value in self._set()}
        return {**found, **self.extra}

    def _set(self) -> Iterator[tuple[str, Any]]:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if value is not UNSET:
                yield name, value

    def __repr__(self) -> str:
        parts = [f"{name}={'***' if name in SECRET else _shown(value)}" for name, value in self._set()]
        parts += [f"extra={sorted(self.extra)}"] if self.extra else []
        return f"{type(self).__name__}({', '.join(parts)})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """What `rich` shows; msgspec's own would show secrets."""
        return [(name, "***" if name in SECRET else value) for name, value in self._set()]


def _again(kind: type[M], fields: dict[str, Any], extra: dict[str, Any]) -> M:
    """An object as it came out of a copy or a pickle."""
    found = kind(**fields)
    if extra:
        vars(found)["_extra"] = extra
    return found


def decode(kind: type[M], raw: Any, *, strict: bool = False, name: str = "the answer") -> M:
    """`raw`, the plain JSON of an object, as a `kind`.

    Parameters:
        strict: raise where `raw` holds a field that is not known, or a value of another type.
        name: what is being read, for the message.

    Raises `UpstreamError` where `raw` is no object, and where `strict` finds fault.
    """
    if not isinstance(raw, dict):
        raise _unlike(name, f"an object was expected, and {type(raw).__name__} came", NO_OBJECT)
    try:
        found: M = msgspec.convert(raw, kind, strict=False)
    except msgspec.ValidationError as error:
        if strict:
            raise _unlike(name, str(error)) from None
        found = _lenient(kind, raw)
    unknown: list[str] = []
    _settle(found, raw, "", unknown)
    if unknown and strict:
        raise _unlike(name, f"unknown fields: {', '.join(unknown)}")
    return found


def _unlike(name: str, what: str, hint: str = LENIENT) -> UpstreamError:
    return UpstreamError(f"{name}: {what}", status=200, hint=hint)


class Plan:
    """What an object of one type needs once it is decoded: known names, dates, objects within."""

    __slots__ = ("dates", "hints", "known", "within")

    def __init__(self, kind: type[Model]) -> None:
        self.hints = get_type_hints(kind)
        self.known = frozenset(kind.__struct_fields__)
        kinds = {name: _kinds(self.hints[name]) for name in kind.__struct_fields__}
        self.dates = tuple(name for name, found in kinds.items() if datetime in found)
        self.within = tuple(name for name, found in kinds.items() if any(map(_is_model, found)))


PLANS: dict[type[Model], Plan] = {}


def _plan(kind: type[Model]) -> Plan:
    plan = PLANS.get(kind)
    if plan is None:
        plan = PLANS[kind] = Plan(kind)
    return plan


def _kinds(hint: Any) -> set[Any]:
    """All types that a hint names, those within lists and mappings among them."""
    inner = get_args(hint) if get_origin(hint) is not None or hasattr(hint, "__args__") else ()
    return {hint} if not inner else {kind for part in inner for kind in _kinds(part)}


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Model)


def _settle(found: Model, raw: Mapping[str, Any], path: str, unknown: list[str]) -> None:
    """Keep what is not known, give dates their zone; the same within. `unknown` gathers what is not known."""
    plan = PLANS.get(type(found)) or _plan(type(found))
    if not raw.keys() <= plan.known:
        vars(found)["_extra"] = {name: raw[name] for name in raw if name not in plan.known}
        unknown += [path + name for name in found.extra]
    for name in plan.dates:
        value = getattr(found, name)
        if isinstance(value, datetime) and value.tzinfo is None:
            setattr(found, name, value.replace(tzinfo=UTC))
    for name in plan.within:
        value = getattr(found, name)
        if isinstance(value, Model):
            _settle(value, raw[name], f"{path}{name}.", unknown)
        elif isinstance(value, list):
            for number, item in enumerate(value):
                if isinstance(item, Model):
                    _settle(item, raw[name][number], f"{path}{name}[{number}].", unknown)


def _lenient(kind: type[M], raw: Mapping[str, Any]) -> M:
    """An object field by field; what does not fit stays as it came, and what is missing stays unset."""
    hints = _plan(kind).hints
    names = kind.__struct_fields__
    return kind(**{name: _fitted(hints[name], raw[name]) if name in raw else UNSET for name in names})


def _fitted(hint: Any, value: Any) -> Any:
    try:
        return msgspec.convert(value, hint, strict=False)
    except msgspec.ValidationError:
        pass
    kinds = _kinds(hint)
    model = next(filter(_is_model, kinds), None)
    if isinstance(value, list):
        item = next((get_args(part)[0] for part in (hint, *get_args(hint)) if get_origin(part) is list), Any)
        return [_fitted(item, inner) for inner in value]
    if model is not None and isinstance(value, dict):
        return _lenient(model, value)
    return _moment(value) if datetime in kinds else value


def _moment(value: Any) -> datetime | Any:
    """A date in another spelling: ISO 8601, or epoch seconds or milliseconds; anything else as it came."""
    if isinstance(value, bool):  # an integer, to Python
        return value
    for read in (datetime.fromisoformat, lambda text: datetime.fromtimestamp(_seconds(int(text)), UTC)):
        try:
            return read(value)
        except (TypeError, ValueError, OverflowError, OSError):
            continue
    return value


def _seconds(number: int) -> float:
    return number / 1000 if number > FROM_MS else number


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return msgspec.to_builtins(value)


def _shown(value: Any) -> str:
    text = f"[{len(value)} items]" if isinstance(value, list) and len(value) > 3 else repr(value)
    return text if isinstance(value, Model) or len(text) <= SHOWN else text[: SHOWN - 1] + "…"
