"""Past calls, with recordings, transcripts, recaps and voicemails."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialkit.sandbox.seed import Maker
    from dialkit.sandbox.world import World


def fill(world: World, maker: Maker) -> None:
    """Make them."""
    del world, maker
