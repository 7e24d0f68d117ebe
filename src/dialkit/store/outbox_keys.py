"""By what entries of the outbox are found: whom they are for, and what Dialpad made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ADD_RECIPIENT = "INSERT INTO outbox_recipient (recipient, entry) VALUES (?, ?) ON CONFLICT DO NOTHING"
ADD_MADE = "INSERT INTO outbox_made (made, entry) VALUES (?, ?) ON CONFLICT DO NOTHING"
DEEPEST, MOST = 8, 200  # objects within objects, and ids, that are looked at: an answer has a few


def made_in(answer: Any) -> list[str]:
    """The ids in an answer: of what was made, and of what belongs to it; each once."""
    found = dict.fromkeys(_ids(answer, DEEPEST))
    return list(found)[:MOST]


def _ids(value: Any, deep: int) -> Iterator[str]:
    if deep and isinstance(value, dict):
        for key, part in value.items():
            if (key == "id" or key.endswith("_id")) and isinstance(part, str | int) and part:
                yield str(part)
            else:
                yield from _ids(part, deep - 1)
    elif deep and isinstance(value, list):
        for part in value[:MOST]:
            yield from _ids(part, deep - 1)
