"""Holding a key to the company that the working folder pins."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dialkit.config import files, state_dir
from dialkit.errors import InvalidArgument, Refused

if TYPE_CHECKING:
    from dialkit.client import Dialpad, Settings

# Matches kept, the newest last. A machine has few keys; those of builds come and go.
KEPT = 200


def ensure(client: Dialpad) -> None:
    """See that the key of `client` is of the company that ``.dialpad.toml`` pins. `Refused` where it is not.

    Nothing is asked where the account's company stands in the config (`Config.company_id` has compared it),
    where ``--company-id`` says otherwise, under ``dialpad sandbox run``, and where the same key at the same
    host was right before: that is remembered in the state folder, without the key.

    The question carries the pinned company as ``DP-Company-ID``, so a key of several companies is of the
    pinned one if it is of that one at all. Raises what the question may raise, too.
    """
    settings = client.settings
    pin = settings.config.pin
    pinned = pin.get("company_id")
    if settings.company_id != pinned or _known(settings) or _in_sandbox(settings):
        return
    name = settings.key.fingerprint(settings.base_url, str(pinned))
    path = os.path.join(state_dir(settings.config.environ), "companies.json")
    if name in _matches(path):
        return
    from dialkit.cli.account.identity import whoami

    found = whoami(client).company_id
    if found is None or found != pinned:
        raise Refused(
            f"{pin.path} pins company {pinned}, and the key in {settings.key.source} is of company "
            f"{found or 'unknown'}",
            hint="use a key of that company, such as with --account NAME, or work in another folder",
        )
    _remember(path, name, found)


def _known(settings: Settings) -> bool:
    """Whether the config says of which company the key is."""
    account = settings.key.account
    return account is not None and settings.config.get(f"accounts.{account}.company_id") is not None


def _in_sandbox(settings: Settings) -> bool:
    """Whether this runs under ``dialpad sandbox run``: a company of its own, reaching nobody."""
    return "DIALKIT_SANDBOX" in settings.config.environ and settings.base_url.startswith("http:")


def _matches(path: str) -> dict[str, int]:
    try:
        return _parsed(files.read(path))
    except InvalidArgument:
        return {}


def _parsed(text: str | None) -> dict[str, int]:
    """What is remembered; nothing where the file is missing or damaged, since it can be asked again."""
    import json

    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _remember(path: str, name: str, company: int) -> None:
    import json

    def change(text: str | None) -> str:
        kept = list(_parsed(text).items())[-KEPT + 1 :]
        return json.dumps({**dict(kept), name: company}, indent=1) + "\n"

    try:
        files.update(path, change)
    except InvalidArgument:
        pass  # a state folder that cannot be written costs one more question each time
