"""What a figure was measured on."""

from __future__ import annotations

import os


def machine() -> str:
    """Cores, and how much else ran on them."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"  {os.cpu_count()} cores, load average {load}"
