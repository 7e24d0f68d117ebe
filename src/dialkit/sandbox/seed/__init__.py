"""The world at the start: a company that looks real, the same for the same seed.

The first records of each kind are those of the document's examples, with the same ids, so each example in the
help runs here as it stands. Everything else follows from the seed. Moments are counted back from the start of
the day on which the clock stands, so that reports of the last days have something to tell. Nobody exists:
names are made up, domains and numbers reserved.
"""

from __future__ import annotations

from importlib import import_module
from random import Random
from typing import TYPE_CHECKING, Any

from dialkit.catalog.example import answer_example
from dialkit.sandbox.access.keys import add_key, token_of
from dialkit.sandbox.seed.sizes import SIZES

if TYPE_CHECKING:
    from dialkit.catalog import Catalog
    from dialkit.sandbox.world import World

# In this order: later ones speak of what earlier ones made.
PARTS = ("company", "groups", "contacts", "events", "messages", "calls", "reports")


class Maker:
    """What the parts of the seed share: sizes, chance that follows from the seed, the document's examples.

    `today` is the start of the clock's day, UTC, in epoch seconds.
    """

    def __init__(self, world: World, catalog: Catalog, sizes: dict[str, int]) -> None:
        self.world, self._catalog = world, catalog
        self.sizes = {name: sizes.get(name, size.default) for name, size in SIZES.items()}
        self.random = Random(world.seed)  # noqa: S311 - made up, not secret
        self.today = world.now // 86_400 * 86_400

    def example(self, operation_id: str) -> Any:
        """The document's example of what an operation answers; integers as integers."""
        return answer_example(self._catalog.operation(operation_id))

    def asked(self, operation_id: str) -> dict[str, Any]:
        """The document's example of what an operation is asked."""
        from dialkit.catalog.example import request_example

        return request_example(self._catalog.operation(operation_id))


def fill(world: World, catalog: Catalog, sizes: dict[str, int] | None = None) -> None:
    """Make the company in an empty world. `sizes`: how many of what, see `SIZES`."""
    maker = Maker(world, catalog, sizes or {})
    for name in PARTS:
        import_module(f"{__name__}.{name}").fill(world, maker)


def add_keys(world: World, token: str | None = None) -> None:
    """Four keys: of a company admin, of a user, one without scopes, and one that has expired."""
    users = sorted(world.users, key=lambda user: not user["is_super_admin"])
    if not users:
        return
    admin, user = users[0]["id"], users[-1 if len(users) == 1 else 1]["id"]
    add_key(world, token or token_of(world.seed), admin, name="admin", admin=True)
    add_key(world, token_of(world.seed, "user"), user, name="user", scopes=[])
    add_key(world, token_of(world.seed, "narrow"), admin, name="narrow", admin=True, scopes=[])
    add_key(world, token_of(world.seed, "expired"), admin, name="expired", admin=True, expires_at=0.0)
