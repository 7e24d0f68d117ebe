"""What the user has set: settings, accounts, keys, and the hosts a key may be sent to.

    config = Config.load(os.environ, os.getcwd())
    key = find_key(config, account=None)          # Key.secret, Key.source, Key.account
    url = config.base_url(key.account)            # checked: only where a key may go

| module | is |
|---|---|
| `paths` | where the config and the state are kept |
| `settings` | `Config`: ``config.toml``, read, asked and written |
| `table` | every setting there is, what it takes, what it is for |
| `pin` | ``.dialpad.toml``: what a working folder fixes |
| `hosts` | which base URLs a key may be sent to |
| `keys` | `Key`, `find_key`, `fingerprint` |
| `keystore` | `KeyStore`: the OS keyring, or a private file |
| `grants` | `Grant`: the tokens of an OAuth login, stored as a key is |
| `files` | reading, locking and replacing small files |

What outranks what, from the strongest:

- key: ``--account`` · ``DIALPAD_API_KEY`` · ``DIALPAD_TOKEN`` · the pinned account · the default account
- base URL: ``--base-url`` · ``DIALPAD_BASE_URL`` · the account's ``base_url`` · ``https://dialpad.com``
- anything else: its flag · ``.dialpad.toml`` · ``config.toml``

Every command loads this package, so it imports nothing but what it needs at that moment: its own modules
when a name is asked for, and without a config file nothing beyond `os` and `sys`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dialkit.config.hosts import check_base_url
    from dialkit.config.keys import Key, check_secret, find_key, fingerprint
    from dialkit.config.paths import config_dir, config_file, make_private, state_dir
    from dialkit.config.pin import Pin
    from dialkit.config.settings import Config

__all__ = [
    "Config",
    "Key",
    "Pin",
    "check_base_url",
    "check_secret",
    "config_dir",
    "config_file",
    "find_key",
    "fingerprint",
    "make_private",
    "state_dir",
]

_MODULES = {
    "hosts": ("check_base_url",),
    "keys": ("Key", "check_secret", "find_key", "fingerprint"),
    "paths": ("config_dir", "config_file", "make_private", "state_dir"),
    "pin": ("Pin",),
    "settings": ("Config",),
}


def __getattr__(name: str) -> Any:
    for module, names in _MODULES.items():
        if name in names:
            return getattr(__import__(f"dialkit.config.{module}", fromlist=[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
