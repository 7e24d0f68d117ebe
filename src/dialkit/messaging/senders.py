"""From which number a text goes: what was said, then what is set up."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dialkit.client.phones import region_of, required
from dialkit.errors import Conflict, InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialkit.config import Config

DEFAULT_NUMBER, DEFAULT_PROFILE = "DIALPAD_DEFAULT_FROM_NUMBER", "DIALPAD_DEFAULT_PROFILE"


class Sender(NamedTuple):
    """A number in E.164, and what it was taken from, in words. `note`: what else is to be said of it."""

    number: str
    source: str
    note: str | None = None


def variable(profile: str) -> str:
    """The environment variable of a profile: ``DIALPAD_PROFILE_WORK_FROM``."""
    return f"DIALPAD_PROFILE_{''.join(c if c.isalnum() else '_' for c in profile).upper()}_FROM"


def resolve(
    config: Config,
    environ: Mapping[str, str],
    *,
    number: str | None = None,
    profile: str | None = None,
    allow_mismatch: bool = False,
) -> Sender:
    """Who sends: `number`, then `profile`, then the environment's number, then its profile.

    Raises `Conflict` where `number` is not the profile's and that was not allowed, `InvalidArgument` for a
    profile that is not set up, for what is no number, and where nothing says who sends.
    """
    region = region_of(config)
    if number is not None:
        given = required("--from", number, region)
        if profile is None:
            return Sender(given, "--from")
        known = _of_profile(config, environ, profile, region)
        if known is None and not allow_mismatch:
            raise _unset(profile)
        if known is not None and known != given and not allow_mismatch:
            raise Conflict(
                f"--from {given} is not the number of the profile {profile}, {known}",
                status=None,
                hint="leave out one of the two, or add --allow-profile-mismatch",
            )
        note = None if known == given else f"the profile {profile} has {known or 'no number'}; --from decides"
        return Sender(given, "--from", note)
    if profile is not None:
        known = _of_profile(config, environ, profile, region)
        if known is None:
            raise _unset(profile)
        return Sender(known, f"--profile {profile}")
    if environ.get(DEFAULT_NUMBER):
        return Sender(required(DEFAULT_NUMBER, environ[DEFAULT_NUMBER], region), DEFAULT_NUMBER)
    default = environ.get(DEFAULT_PROFILE) or config.defaults.get("profile")
    if default:
        known = _of_profile(config, environ, str(default), region)
        if known is None:
            raise _unset(str(default))
        where = DEFAULT_PROFILE if environ.get(DEFAULT_PROFILE) else "defaults.profile"
        return Sender(known, f"{where} ({default})")
    raise InvalidArgument(
        f"who sends? none of --from, --profile, {DEFAULT_NUMBER} and {DEFAULT_PROFILE} is given",
        hint="--from +15035550142, or dialpad config set profiles.work.from +15035550142 and --profile work",
    )


def _of_profile(config: Config, environ: Mapping[str, str], profile: str, region: str) -> str | None:
    name = variable(profile)
    if environ.get(name):
        return required(name, environ[name], region)
    kept = config.values.get(f"profiles.{profile}.from")
    return str(kept) if kept else None


def _unset(profile: str) -> InvalidArgument:
    from dialkit.config.table import is_name

    name = variable(profile)
    settable = is_name(profile)  # others the config does not take
    return InvalidArgument(
        f"the profile {profile[:40]!r} has no number: not in {name[:80]}, and not in the config",
        hint=f"dialpad config set profiles.{profile}.from +15035550142" if settable else "--profile work",
    )
