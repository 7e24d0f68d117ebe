"""What an OAuth login keeps: tokens, until when, and of which app. One text, stored where a key would be."""

from __future__ import annotations

from dialkit.errors import InvalidArgument

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

# Renew this long before the end, in seconds, or a quarter of the token's life where that is shorter.
EARLY = 60.0
# What each field may be; JSON has no other types here.
FIELDS: dict[str, tuple[type, ...]] = {
    "access_token": (str,),
    "refresh_token": (str, type(None)),
    "client_id": (str,),
    "client_secret": (str, type(None)),
    "base_url": (str,),
    "whose": (str,),
    "expires_at": (int, float, type(None)),
    "renew_at": (int, float, type(None)),
    "asked_at": (int, float, type(None)),
}


class Grant:
    """The tokens of one login. It is not changed; `but` makes another. Printing it shows no secret.

    Attributes:
        access_token: what requests are sent with.
        refresh_token: what the next tokens are got with, None where Dialpad gave none.
        client_id, client_secret: the app; the secret is None for one that has none.
        base_url: where the tokens are from. The refresh token goes nowhere else.
        whose: ``user:ID`` or ``company:ID``.
        expires_at, renew_at: seconds since 1970, None where Dialpad did not say.
        asked_at: when new tokens were asked for, as long as there is no answer. Where that is a while
            ago, the process was killed meanwhile, and the refresh token may be spent.
    """

    __slots__ = tuple(FIELDS)

    access_token: str
    refresh_token: str | None
    client_id: str
    client_secret: str | None
    base_url: str
    whose: str
    expires_at: float | None
    renew_at: float | None
    asked_at: float | None

    def __init__(self, **values: Any) -> None:
        for name in FIELDS:
            setattr(self, name, values.get(name))

    def __repr__(self) -> str:
        return f"Grant(client_id={self.client_id!r}, whose={self.whose!r}, expires_at={self.expires_at!r})"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be seen."""
        return tuple(filter(None, (self.access_token, self.refresh_token, self.client_secret)))

    def but(self, **changes: Any) -> Self:
        """The same with other values."""
        return type(self)(**{**self._values(), **changes})

    def due(self, now: float) -> bool:
        """Whether it is to be renewed before it is used at `now`, and can be."""
        return self.refresh_token is not None and self.renew_at is not None and now >= self.renew_at

    def alive(self, now: float) -> bool:
        """Whether the access token has not run out at `now`, as far as is known."""
        return self.expires_at is None or now < self.expires_at

    def text(self) -> str:
        """As it is stored: JSON on one line, ASCII, without spaces."""
        import json

        return json.dumps(self._values(), separators=(",", ":"))

    @classmethod
    def read(cls, text: str, source: str) -> Grant | None:
        """The grant that is stored as `text`; None where that is an API key.

        Raises `InvalidArgument` for one that is damaged, naming `source`.
        """
        if not text.startswith("{"):
            return None
        import json

        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            values = {}
        if all(type(values.get(name)) in types for name, types in FIELDS.items()):
            return cls(**values)
        # Raised out here: the decoder's error carries the whole text.
        raise InvalidArgument(f"the login in {source} is damaged", hint="dialpad auth login --oauth")

    def _values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in FIELDS}
