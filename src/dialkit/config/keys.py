"""Finding the API key, and keeping it out of sight.

The strongest source that names a key decides; a weaker one never stands in for it. A key that is broken, or
an account without one, is an error and no reason to send with another key.
"""

from __future__ import annotations

from dialkit.errors import InvalidArgument, KeyMissing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dialkit.config.grants import Grant
    from dialkit.config.settings import Config

VARIABLES = ("DIALPAD_API_KEY", "DIALPAD_TOKEN")
# Dialpad's keys have well under 200 characters; OAuth tokens may be longer.
MAX_LENGTH = 4096
_HINT = "dialpad auth login, or set DIALPAD_API_KEY"


class Key:
    """An API key. `secret` is the key itself, `source` where it was found, such as ``DIALPAD_API_KEY`` or
    ``keyring account main``, `account` whose it is (None: nobody's, it came from the environment), `grant`
    what it can be renewed with: then it is the access token of an OAuth login.

    Printing it shows the source, never the secret.
    """

    __slots__ = ("account", "grant", "secret", "source")

    def __init__(
        self, secret: str, source: str, account: str | None = None, grant: Grant | None = None
    ) -> None:
        self.secret, self.source, self.account = check_secret(secret, source), source, account
        self.grant = grant

    def __repr__(self) -> str:
        return f"Key(source={self.source!r}, account={self.account!r})"

    def fingerprint(self, *more: str) -> str:
        """What names it, together with `more`, and does not tell it.

        That of an OAuth login stays the same when its tokens are renewed, and when its user logs in anew.
        """
        own = f"oauth {self.grant.client_id} {self.grant.whose}" if self.grant else self.secret
        return fingerprint(" ".join((own, *more)))


def check_secret(secret: str, source: str, most: int = MAX_LENGTH) -> str:
    """`secret`, if it can be a key: 1 to `most` printable ASCII characters without spaces.

    Else `InvalidArgument`, naming `source` and the fault, never the key.
    """
    faults = (
        (not secret, "is empty"),
        (len(secret) > most, f"is longer than {most} characters"),
        ("\n" in secret or "\r" in secret, "holds a line break"),
        (any(char.isspace() for char in secret), "holds a space"),
        (not (secret.isascii() and secret.isprintable()), "holds a character that is not printable ASCII"),
    )
    for faulty, fault in faults:
        if faulty:
            raise InvalidArgument(f"the key in {source} {fault}", hint="set it to the key alone, or unset it")
    return secret


def find_key(config: Config, account: str | None = None) -> Key:
    """The key to send with.

    `account` (``--account``), else ``DIALPAD_API_KEY``, else ``DIALPAD_TOKEN``, else the pinned account, else
    the default account. Raises `KeyMissing` where there is none, `InvalidArgument` for what cannot be one.
    """
    if account is None:
        for variable in VARIABLES:
            if variable in config.environ:
                return Key(config.environ[variable], variable)
    name = config.account(account)
    place = str(config.values.get(f"accounts.{name}.key", "keyring"))
    if place.startswith("env:"):
        variable = place.removeprefix("env:")
        if variable in config.environ:
            return Key(config.environ[variable], variable, name)
        raise KeyMissing(
            f"account {name!r} has its key in {variable}, which is not set", hint=f"set {variable}"
        )

    from dialkit.config.keystore import KeyStore

    found = KeyStore(config.environ).read(name, file_only=place == "file")
    if found:
        from dialkit.config.grants import Grant

        text, source = found
        grant = Grant.read(text, source)
        return Key(grant.access_token if grant else text, source, name, grant)
    hint = f"dialpad auth login --account {name}" if account is not None else _HINT
    raise KeyMissing(_missing(config, name, named=account is not None), hint=hint)


def _missing(config: Config, name: str, *, named: bool) -> str:
    """Which account has no key, and who chose it."""
    if named:
        others = ", ".join(config.accounts)
        return f"account {name!r} has no key" + (f" (there are: {others})" if others else "")
    if config.pin.get("account"):
        return f"account {name!r}, pinned by {config.pin.path}, has no key"
    return f"there is no API key: none in the environment, none for account {name!r}"


def fingerprint(secret: str) -> str:
    """What a key is called where it must not stand itself: 16 hexadecimal digits, always the same."""
    from dialkit.config.digest import digest

    return digest(b"dialkit key\0" + secret.encode())[:16]
