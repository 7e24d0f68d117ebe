"""Where dialkit keeps its things.

- ``DIALKIT_HOME`` set: config in it, state in ``$DIALKIT_HOME/state``
- Linux: ``$XDG_CONFIG_HOME/dialkit`` (``~/.config/dialkit``), ``$XDG_STATE_HOME/dialkit``
  (``~/.local/state/dialkit``)
- elsewhere: as `platformdirs` says

`platformdirs` costs more to import than all the rest of a command, so Linux does without it; the folders
are the same.
"""

from __future__ import annotations

import os
import sys

from dialkit.errors import InvalidArgument

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    Environ = Mapping[str, str]


def home_dir(environ: Environ) -> str:
    """The user's home folder."""
    return environ.get("USERPROFILE" if os.name == "nt" else "HOME") or os.path.expanduser("~")


def config_dir(environ: Environ) -> str:
    """The folder of ``config.toml`` and of the key file. It need not exist."""
    own = environ.get("DIALKIT_HOME")
    return os.path.abspath(own) if own else _user_dir(environ, "config", ".config")


def state_dir(environ: Environ) -> str:
    """The folder of the databases: outbox, inbox, limits. It need not exist."""
    own = environ.get("DIALKIT_HOME")
    return os.path.abspath(os.path.join(own, "state")) if own else _user_dir(environ, "state", ".local/state")


def overlay_dir(environ: Environ) -> str:
    """The folder of the operations that ``dialpad spec use`` brought. It need not exist."""
    return os.path.join(config_dir(environ), "spec")


def config_file(environ: Environ) -> str:
    """The path of ``config.toml``. It need not exist."""
    return os.path.join(config_dir(environ), "config.toml")


def make_private(folder: str) -> None:
    """Create `folder` where it is missing, mode 0700 where the system has modes.

    One that exists stays as it is. Raises `InvalidArgument` where it cannot be created.
    """
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
    except OSError as error:
        raise InvalidArgument(
            f"cannot create the folder {folder}: {error.strerror}",
            hint="set DIALKIT_HOME to a folder that can be written",
        ) from None


def _user_dir(environ: Environ, kind: str, under_home: str) -> str:
    if sys.platform != "linux":
        import platformdirs

        find = {"config": platformdirs.user_config_dir, "state": platformdirs.user_state_dir}[kind]
        return find("dialkit", appauthor=False)
    base = environ.get(f"XDG_{kind.upper()}_HOME", "")
    # The XDG specification: a relative path is invalid and is to be ignored.
    if not os.path.isabs(base):
        base = os.path.join(home_dir(environ), under_home)
    return os.path.join(base, "dialkit")
