"""Whose key it is: a real call that changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.errors import NotFound, UpstreamError, ValidationFailed

if TYPE_CHECKING:
    from dialkit.client import Dialpad


class Identity(NamedTuple):
    """Who a key belongs to.

    Attributes:
        level: ``user`` for a person's key, ``company`` for a key that no person stands behind.
        name: the person's or the company's.
        id: of the user; None at company level.
        company_id: None where the answer did not say.
        admin: whether the key has the rights of a company admin; None where the answer did not say.
    """

    level: str
    name: str
    id: int | None
    company_id: int | None
    admin: bool | None

    @property
    def text(self) -> str:
        """On one line: ``Mara Ellison (company 123, company admin)``."""
        rights = {True: "company admin", False: "not a company admin", None: "admin or not: unknown"}
        name = self.name if self.level == "user" else f"the company {self.name}"
        return f"{name} (company {self.company_id or 'unknown'}, {rights[self.admin]})"

    def as_dict(self) -> dict[str, Any]:
        """As it is shown: ``{level, name, user_id, company_id, company_admin}``."""
        return {
            "level": self.level,
            "name": self.name,
            "user_id": self.id,
            "company_id": self.company_id,
            "company_admin": self.admin,
        }


def whoami(client: Dialpad) -> Identity:
    """Ask Dialpad whose key `client` has: ``users.get me``, and ``company.get`` where `me` is nobody.

    Raises `AuthenticationFailed` for a key that is refused, `UpstreamError` for an answer that names
    neither a user nor a company, and what any request may.
    """
    try:
        found = client.request("users.get", {"id": "me"}).json()
    except (NotFound, ValidationFailed):
        return _company(_named(client.request("company.get").json(), "company.get"))
    return _user(_named(found, "users.get"))


def _user(found: dict[str, Any]) -> Identity:
    rights = found.get("is_super_admin")
    return Identity(
        "user",
        str(found.get("display_name") or next(iter(found.get("emails") or ()), "") or found["id"]),
        _number(found["id"]),
        _number(found.get("company_id")),
        rights if isinstance(rights, bool) else None,
    )


def _company(found: dict[str, Any]) -> Identity:
    # company.get answers to the keys of company admins only.
    return Identity("company", str(found.get("name") or found["id"]), None, _number(found["id"]), admin=True)


def _named(found: Any, operation: str) -> dict[str, Any]:
    if isinstance(found, dict) and _number(found.get("id")):
        return found
    raise UpstreamError(
        f"{operation}: the answer names nobody, so it does not come from Dialpad",
        status=200,
        operation=operation,
        hint="check DIALPAD_BASE_URL and --base-url: it must be the API's own address",
    )


def _number(value: Any) -> int | None:
    """An id, which answers carry as text; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return (
        int(value)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20
        else None
    )
