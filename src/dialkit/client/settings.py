"""Everything a client needs to know before it asks: key, host, company, patience. Found once, then fixed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from dialkit.config import Config, Key, find_key, state_dir
from dialkit.config.keys import VARIABLES
from dialkit.config.paths import overlay_dir
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypedDict

    from dialkit.client.clock import Clock
    from dialkit.client.limits import Limiter
    from dialkit.client.request import Request

    class Options(TypedDict, total=False):
        """What `Settings.find` takes by name, for those who pass it on."""

        account: str | None
        base_url: str | None
        company_id: int | None
        tier: int | None
        connect: float
        read: float
        total: float | None
        limits: bool
        interruptible: bool
        environ: Mapping[str, str] | None
        config: Config | None


CONNECT = 5.0  # seconds to make a connection
READ = 30.0  # seconds between two signs of life of an answer
TOTAL = 180.0  # seconds for all of one attempt, which an answer that drips would never end


class Settings:
    """What a client was set up with.

    The key is looked up when the first request needs it, so that a dry run works without one. It shows in
    no repr.

    Attributes:
        base_url: where requests go, checked (`dialkit.config.hosts`).
        company_id: sent as ``DP-Company-ID``, for a key of several companies.
        tier: Dialpad's tier of the company, 0 unless told; it raises the limit of texts.
        connect, read, total: timeouts in seconds: to connect, between two signs of life, for one attempt.
        overlay: the folder of operations that `dialpad spec use` brought.
    """

    def __init__(
        self,
        config: Config,
        *,
        key: Key | None = None,
        account: str | None = None,
        base_url: str,
        company_id: int | None = None,
        tier: int = 0,
        connect: float = CONNECT,
        read: float = READ,
        total: float | None = None,
        limits: bool = True,
        interruptible: bool = False,
    ) -> None:
        self.config = config
        self.account = account
        self.base_url = base_url
        self.company_id = company_id
        self.tier = tier
        self.connect = connect
        self.read = read
        self.total = max(TOTAL, 2 * read) if total is None else total
        self.limits = limits
        self.interruptible = interruptible
        self.overlay = overlay_dir(config.environ)
        self._key = key

    def __repr__(self) -> str:
        return f"Settings(base_url={self.base_url!r}, account={self.account!r})"

    @classmethod
    def find(
        cls,
        api_key: str | None = None,
        *,
        account: str | None = None,
        base_url: str | None = None,
        company_id: int | None = None,
        tier: int | None = None,
        connect: float = CONNECT,
        read: float = READ,
        total: float | None = None,
        limits: bool = True,
        interruptible: bool = False,
        environ: Mapping[str, str] | None = None,
        config: Config | None = None,
    ) -> Settings:
        """Settings from what is given, else the environment, else the folder's pin, else ``config.toml``.

        Parameters:
            api_key: the key itself; else it is looked up when needed (`dialkit.config.find_key`).
            account: the name of a stored key.
            base_url: another host; `Refused` where keys may not go.
            limits: whether to keep within Dialpad's limits, together with the other processes here.
            interruptible: send from a second thread, so that Ctrl-C is heard while waiting.

        Raises `Refused` and `InvalidArgument`.
        """
        config = config or Config.load(os.environ if environ is None else environ, os.getcwd())
        key = Key(api_key, "the api_key argument") if api_key is not None else None
        by_variable = account is None and any(name in config.environ for name in VARIABLES)
        whose = None if key or by_variable else config.account(account)
        return cls(
            config,
            key=key,
            account=account,
            base_url=config.base_url(whose, base_url),
            company_id=company_id if company_id is not None else config.company_id(whose),
            tier=tier if tier is not None else config.tier(whose),
            connect=connect,
            read=read,
            total=total,
            limits=limits,
            interruptible=interruptible,
        )

    @property
    def key(self) -> Key:
        """The key and where it came from. Raises `KeyMissing`."""
        if self._key is None:
            self._key = find_key(self.config, self.account)
        return self._key

    def secret(self, request: Request) -> str | None:
        """The key itself, None for a request that goes without."""
        return self.key.secret if request.needs_key else None

    def fresh(self, request: Request, clock: Clock) -> str | None:
        """The key as `secret` gives it, renewed first where it is about to expire. Raises as `renew` does."""
        key = self.secret(request)
        if key is not None and self.renewable and self.due(key, clock.now()):
            return self.renew(None, clock)
        return key

    @property
    def renewable(self) -> bool:
        """Whether the key is of an OAuth login at this host: its refresh token goes to no other."""
        grant = self.key.grant
        return grant is not None and grant.base_url == self.base_url

    def due(self, key: str, now: float) -> bool:
        """Whether `key`, an access token, is about to expire at `now`, or is not the newest any more."""
        grant = self.key.grant
        return key != self.key.secret or (grant is not None and grant.due(now))

    def renew(self, refused: str | None, clock: Clock) -> str:
        """An access token that is good for a while, and is not the one that was `refused`.

        Raises `AuthenticationFailed` where Dialpad gives none; see `dialkit.client.oauth.renew`.
        """
        from dialkit.client.oauth import renew

        self._key = renew(self, refused, clock)
        return self._key.secret

    def limiter(self) -> Limiter | None:
        """The limiter that all processes of this key share here; None where limits are switched off."""
        if not self.limits:
            return None
        from dialkit.client.limits import Limiter

        return Limiter(os.path.join(state_dir(self.config.environ), "limits.db"), self.owner)

    @property
    def owner(self) -> str:
        """What names key and host, without telling the key."""
        return self.key.fingerprint(self.base_url)

    def transport(self, kind: Any) -> Any:
        """A transport of that kind with our timeouts."""
        from dialkit.client.transport import InterruptibleTransport, Reach, Transport

        if self.interruptible and kind is Transport:
            kind = InterruptibleTransport
        if self.base_url.startswith("https:"):
            _check_proxies(self.config.environ)
        # Plain http goes to this machine alone (dialkit.config.hosts), and no proxy may see the key.
        return kind(Reach(*self.reach, direct=self.base_url.startswith("http:")))

    @property
    def reach(self) -> tuple[float, float, float]:
        """The timeouts as a transport has them: to connect (shorter than to read), to read, for all of it."""
        return min(self.connect, self.read * 0.9), self.read, self.total

    def with_timeout(self, seconds: float) -> Settings:
        """The same, with so many seconds for one attempt."""
        import copy

        other = copy.copy(self)
        other.read = other.total = seconds
        return other


def _check_proxies(environ: Mapping[str, str]) -> None:
    """Refuse a proxy that cannot be one: the HTTP library would leave it out and connect directly."""
    import re

    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        value = environ.get(name, "")
        rest = value.partition("://")[2] or value
        host = rest.rpartition("@")[2].rstrip("/")
        if value and not re.fullmatch(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?", host):
            raise InvalidArgument(
                f"{name} is not the URL of a proxy",
                hint=f"unset {name}, or set it like http://proxy.example:8080",
            )
