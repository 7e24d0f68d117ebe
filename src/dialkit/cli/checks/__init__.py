"""What ``dialpad doctor`` tests: a check is a function from a `Setup` to a `Finding`.

A check that raises a `DialkitError` has failed: its message, hint and exit code are the finding. One that
cannot be made because something before it failed raises `Untested`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.client.clock import Clock
from dialkit.errors import DialkitError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dialkit.cli.app import App
    from dialkit.cli.parser import Options
    from dialkit.client import Settings
    from dialkit.client.response import Response
    from dialkit.config import Config, Key


class Finding(NamedTuple):
    """What a check found: ``ok``, ``warn`` or ``fail``; what there is; what to do; the exit code."""

    status: str
    detail: str
    fix: str | None = None
    code: int = 0

    def row(self, check: str) -> dict[str, Any]:
        """As it is shown: ``{check, status, detail, fix}``."""
        return {"check": check, "status": self.status, "detail": self.detail, "fix": self.fix}


class Check(NamedTuple):
    """One check by name. `code` is the exit code where it fails, in place of the error's own."""

    name: str
    run: Callable[[Setup], Finding]
    code: int | None = None


class Untested(Exception):
    """What the check needs is not there; an earlier check says why."""


class Setup:
    """What is tested: config, key and host as a request would find them, each made when first needed.

    `reached` and `answer` are what the checks of the network leave for each other: False once the host
    cannot be reached, and what it answered to a request without a key.
    """

    def __init__(self, app: App, options: Options, *, offline: bool = False) -> None:
        self.app = app
        self.offline = offline  # no socket is opened
        self.options = options
        self.environ = app.environ
        self.clock = Clock()
        self.reached = True
        self.answer: Response | None = None

    @property
    def config(self) -> Config:
        """The config. Raises `Untested` where it cannot be read."""
        try:
            return self.app.config
        except DialkitError:
            raise Untested("the config cannot be read") from None

    def find_settings(self) -> Settings:
        """Host, account and company as a request has them. Raises `Refused` where they do not fit."""
        from dialkit.client.settings import READ, Settings

        return Settings.find(
            account=self.options.account,
            base_url=self.options.base_url,
            company_id=self.options.company_id,
            read=self.options.timeout or READ,
            interruptible=True,
            config=self.config,
        )

    @property
    def settings(self) -> Settings:
        """Host, account and company. Raises `Untested` where they do not fit together."""
        try:
            return self.find_settings()
        except DialkitError:
            raise Untested("there is no host a key may be sent to") from None

    @property
    def key(self) -> Key:
        """The key. Raises `Untested` where there is none that can be used."""
        from dialkit.config import find_key

        try:
            return find_key(self.config, self.options.account)
        except DialkitError:
            raise Untested("there is no key") from None


def findings(setup: Setup, checks: tuple[Check, ...]) -> Iterator[tuple[str, Finding]]:
    """Make the checks one after another."""
    for check in checks:
        try:
            found = check.run(setup)
        except Untested as gap:
            found = Finding("warn", f"not tested: {gap}")
        except DialkitError as error:
            code = error.exit_code if check.code is None else check.code
            found = Finding("fail", error.message, error.hint, code)
        yield check.name, found
