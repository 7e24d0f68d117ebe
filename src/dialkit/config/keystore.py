"""Where keys rest: in the keyring of the operating system, else in a file that only its owner can read.

The file is asked first: it costs nothing, and it holds a key only where the keyring would not take it, since
saving in the keyring takes the key out of the file. ``DIALKIT_KEYRING=off`` leaves the keyring alone.
"""

from __future__ import annotations

import os

from dialkit.config import files, table
from dialkit.config.keys import MAX_LENGTH, check_secret
from dialkit.config.paths import config_dir, make_private
from dialkit.errors import InvalidArgument, KeyMissing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

SERVICE = "dialkit"
# An OAuth login has two tokens and an app's secret.
MOST = 4 * MAX_LENGTH


class KeyStore:
    """The keys of this user, by account. `path` is the file, mode 0600."""

    __slots__ = ("_off", "path")

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.path = os.path.join(config_dir(environ), "keys.json")
        self._off = environ.get("DIALKIT_KEYRING", "").lower() == "off"

    def __repr__(self) -> str:
        return f"KeyStore({self.path!r})"

    def alone(self, account: str) -> files.Lock:
        """Held by whoever changes what an account has, so that only one process spends its refresh token.

        A lock on a file, since the keyring has none, and the system lets go of it when its holder dies.
        Raises `InvalidArgument` where nothing can be written.
        """
        folder = os.path.dirname(self.path)
        make_private(folder)
        return files.Lock(os.path.join(folder, f"login-{account}.lock"))

    def save(self, account: str, secret: str, *, file_only: bool = False) -> str:
        """Keep the key of an account, in place of one it has. Gives where: ``keyring`` or ``file``.

        `secret` is an API key, or the text of a `Grant`. With `file_only` the keyring is left alone. Raises
        `InvalidArgument` for a name or a key that cannot be one, and where nothing can be written.
        """
        table.check("the account", table.NAME, account)
        check_secret(secret, f"account {account!r}", MOST if secret.startswith("{") else MAX_LENGTH)
        backend = None if file_only else self._backend()
        if backend is not None:
            try:
                backend.set_password(SERVICE, account, secret)
            # Backends raise what they like: locked, refused by the user, too long, no bus.
            except Exception:  # noqa: S110
                pass
            else:
                self._put(account, None)
                return "keyring"
        self._put(account, secret)
        return "file"

    def read(self, account: str, *, file_only: bool = False) -> tuple[str, str] | None:
        """The key of an account and where it was (``keyring account main``); None where it has none.

        Raises `Refused` where others can reach the file, `KeyMissing` where the keyring fails.
        """
        secret = self._parsed(files.read(self.path, private=True)).get(account)
        if secret is not None:
            return secret, f"file account {account}"
        backend = None if file_only else self._backend()
        if backend is None:
            return None
        try:
            secret = backend.get_password(SERVICE, account)
        except Exception as error:
            fault = type(error).__name__
        else:
            return None if secret is None else (secret, f"keyring account {account}")
        raise KeyMissing(
            f"the keyring does not give the key of account {account!r} ({fault})",
            hint="unlock the keyring, or set DIALPAD_API_KEY",
        )

    def delete(self, account: str) -> bool:
        """Forget the key of an account, wherever it is. False where it had none.

        Raises `InvalidArgument` where the keyring will not give it up.
        """
        found = self._put(account, None)
        backend = self._backend()
        if backend is None:
            return found
        try:
            if backend.get_password(SERVICE, account) is not None:
                backend.delete_password(SERVICE, account)
                found = True
        except Exception as error:
            fault = type(error).__name__
        else:
            return found
        raise InvalidArgument(
            f"the keyring does not delete the key of account {account!r} ({fault})",
            hint="unlock the keyring and try again",
        )

    def _backend(self) -> Any:
        """The keyring of this system, or None where there is none that keeps anything."""
        if self._off:
            return None
        try:
            import keyring

            backend = keyring.get_keyring()
            # The backends that fail (0) and that forget (-1) say so by their priority.
            return backend if backend.priority > 0 else None
        except Exception:
            return None

    def _put(self, account: str, secret: str | None) -> bool:
        """Set the key in the file, or take it out (None). Says whether the file changed."""
        if secret is None and not os.path.lexists(self.path):
            return False
        changed = False

        def change(text: str | None) -> str | None:
            import json

            nonlocal changed
            before = self._parsed(text)
            after = {name: key for name, key in before.items() if name != account}
            if secret is not None:
                after[account] = secret
            changed = after != before
            return json.dumps(after, indent=2, sort_keys=True) + "\n" if changed else None

        files.update(self.path, change, private=True)
        return changed

    def _parsed(self, text: str | None) -> dict[str, str]:
        if text is None:
            return {}
        import json

        try:
            keys = json.loads(text)
        except (ValueError, RecursionError):
            keys = None
        if isinstance(keys, dict) and all(isinstance(key, str) for key in keys.values()):
            return keys
        # Raised out here: the decoder's error carries the whole text.
        raise InvalidArgument(f"{self.path} is damaged", hint="remove it, then: dialpad auth login")
