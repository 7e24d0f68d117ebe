"""The programs of the machine that tests need beside Python: PostgreSQL, and shells to press Tab in.

    python3 tools/machine.py     # as root on Debian: installs those that are missing

It ends well whatever comes of it: tests without their program are skipped, and what cannot do without one
says so. Standard library only, for it runs before anything is installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from postgres import programs

PACKAGES = ("postgresql", "zsh", "fish")  # as Debian names them


def is_here(package: str) -> bool:
    """Whether what it brings is installed."""
    return bool(programs() if package == "postgresql" else shutil.which(package))


def install(packages: list[str]) -> None:
    """Have Debian install them, all at once."""
    quiet = ["-qq", "-o", "Dpkg::Use-Pty=0"]
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run(
            ["apt-get", *quiet, *command],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            check=False,
        )


def main() -> int:
    """Install what is missing, and say what still is."""
    missing = [name for name in PACKAGES if not is_here(name)]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        install(missing)
    for name in (name for name in missing if not is_here(name)):
        print(f"{name} is missing: apt-get install {name}, as root", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
