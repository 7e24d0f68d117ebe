"""What Dialpad's AI made of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.errors import NotFound

if TYPE_CHECKING:
    from dialkit.client import Dialpad

    Row = dict[str, Any]

PARTS = ("summary", "purposes", "action_items", "disposition")
HEADS = {"purposes": "Why they called", "action_items": "To do", "disposition": "Outcome"}


def read(client: Dialpad, call_id: int, style: str | None = None) -> Row:
    """The recap as Dialpad gives it. `style` is how the summary is written: short, medium, long, bullet.

    Raises `NotFound` for an unknown call, and for one without a recap, which Dialpad answers with the id
    alone.
    """
    query = {"summary_format": style} if style else {}
    found: Row = client.request("call.ai_recap", {"id": call_id, **query}).json() or {}
    if not any(found.get(part) for part in PARTS):
        raise NotFound(
            f"the call {call_id} has no recap",
            status=None,
            operation="call.ai_recap",
            hint="it comes some minutes after the call, where Dialpad's AI was on; "
            f"what was said: dialpad call transcript {call_id}",
        )
    return found


def text(recap: Row) -> str:
    """The recap in words."""
    blocks = [str(recap["summary"]["content"])] if (recap.get("summary") or {}).get("content") else []
    for part, head in HEADS.items():
        found = recap.get(part) or []
        entries = [one for one in (found if isinstance(found, list) else [found]) if one.get("content")]
        if entries:
            blocks.append("\n".join([f"{head}:", *(f"- {one['content']}" for one in entries)]))
    return "\n\n".join(blocks) + "\n"
