"""Having texts told to a URL: a webhook and a subscription, made together or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.errors import (
    DialkitError,
    InvalidArgument,
    OutcomeUnknown,
    PartialSuccess,
    UpstreamError,
)
from dialkit.events.hooks import endpoints
from dialkit.events.hooks.addresses import check_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dialkit.client import Dialpad, Request

    Row = dict[str, Any]

CREATE = "webhook_sms_event_subscription.create"
LIST = "webhook_sms_event_subscription.list"
DIRECTIONS = ("all", "inbound", "outbound")
# The words of the older reference, and what Dialpad calls the same.
EVENT_TYPES = {"sms_received": "inbound", "sms_sent": "outbound"}


class Asked(NamedTuple):
    """What to subscribe to: texts of a target (kind, id) or of the company, one way or both.

    `status`: also what becomes of texts that were sent. `internal`: also texts between colleagues.
    """

    url: str
    direction: str
    target: tuple[str, int] | None = None
    secret: str | None = None
    status: bool = False
    internal: bool = False
    target_flag: str = "--target-id"


def direction_of(event_types: Sequence[str], direction: str | None = None) -> str:
    """The direction that the older names of events mean: both, in any order, are ``all``.

    Raises `InvalidArgument` for other names, for none, and where `direction` says otherwise.
    """
    strange = [name for name in event_types if name not in EVENT_TYPES]
    if strange or not event_types:
        raise InvalidArgument(
            f"--event-types: {strange[0][:40]!r} is none" if strange else "--event-types is empty",
            hint=f"of {' and '.join(EVENT_TYPES)}, one or both",
        )
    ways = {EVENT_TYPES[name] for name in event_types}
    found = ways.pop() if len(ways) == 1 else "all"
    if direction is not None and direction != found:
        raise InvalidArgument(
            f"--event-types {', '.join(event_types)} means --direction {found}, not {direction}",
            hint="leave out --event-types: --direction is what Dialpad takes",
        )
    return found


def check(asked: Asked) -> None:
    """Raises `InvalidArgument` for what cannot be right, before anything is asked."""
    check_url(asked.url)
    if asked.direction not in DIRECTIONS:
        raise InvalidArgument(
            f"--direction: {asked.direction[:40]!r} is none", hint="one of " + ", ".join(DIRECTIONS)
        )
    if asked.secret is not None:
        endpoints.check_secret(asked.secret)


def requests(client: Dialpad, asked: Asked) -> list[Request]:
    """What would be sent where nothing is there yet; the second names the webhook of the first as 0."""
    return [_hook(client, asked), _subscription(client, asked, 0)]


def create(client: Dialpad, asked: Asked, *, fresh: bool = False) -> Row:
    """Subscribe; the subscription as `shown`, with what was made, and what of before was used.

    A webhook with the same address and the same secret is used again, and so is a subscription that says the
    same; `fresh` makes a new webhook all the same, for a new secret. Where subscribing fails, a webhook that
    was made for it is deleted again.

    Raises `PartialSuccess` where that fails too, and what the client raises.
    """
    check(asked)
    if asked.target:
        endpoints.check_target(client, *asked.target, asked.target_flag)
    there = endpoints.with_url(client, asked.url)
    hook = None if fresh else next((one for one in there if endpoints.signing(one) == asked.secret), None)
    others = [one for one in there if one is not hook]
    made = hook is None
    if hook is not None:
        row = next((row for row in client.items(LIST) if _says(row, int(hook["id"]), asked)), None)
        if row is not None:
            return {**shown(row), "made": [], "used": ["webhook", "subscription"]}
    else:
        try:
            hook = client.send(_hook(client, asked)).record()
        except OutcomeUnknown as error:
            error.hint = _again(fresh)
            raise
    hook_id = int(hook["id"])
    try:
        row = client.send(_subscription(client, asked, hook_id)).record()
    except (OutcomeUnknown, UpstreamError) as error:  # it may have been made all the same
        row = _there(client, hook_id, asked)
        if row is None:
            if isinstance(error, OutcomeUnknown):  # the webhook stays, for it may be subscribed
                error.message += f"; its webhook is {hook_id}"
                error.hint = _again(fresh, hook_id)
            else:
                error.hint = "dialpad webhook sms list shows what is there; try again later"
                if made:
                    _take_back(client, hook_id, error)
            raise
    except DialkitError as error:
        if made:
            _take_back(client, hook_id, error)
        raise
    row.setdefault("webhook", hook)
    told = {**shown(row), "made": ["webhook", "subscription"] if made else ["subscription"]}
    told["used"] = [] if made else ["webhook"]
    if others:
        told["same_url"] = [str(other["id"]) for other in others]
    return told


def listed(client: Dialpad) -> Iterator[Row]:
    """The subscriptions to texts, each as `shown`."""
    return map(shown, client.items(LIST))


def shown(row: Row) -> Row:
    """A subscription in short, without its secret: where, which way, whose texts, and whether it is at work.

    `orphaned`: its webhook is gone, so nobody is told.
    """
    hook, socket = row.get("webhook") or {}, row.get("websocket") or {}
    target = f"{row.get('target_type')}:{row['target_id']}" if row.get("target_id") else "company"
    return {
        "id": str(row.get("id")),
        "url": hook.get("hook_url") or ("(websocket)" if socket else None),
        "direction": row.get("direction"),
        "target": target,
        "enabled": bool(row.get("enabled", True)),
        "orphaned": endpoints.named(row) is None,
        "status": bool(row.get("status", False)),
        "signed": endpoints.signing(hook or socket) is not None,
        "webhook_id": str(hook["id"]) if hook.get("id") else None,
    }


def _there(client: Dialpad, hook_id: int, asked: Asked) -> Row | None:
    """The subscription, if it is there after all; None also where that cannot be seen."""
    try:
        return next((row for row in client.items(LIST) if _says(row, hook_id, asked)), None)
    except DialkitError:
        return None


def _again(fresh: bool, hook_id: int | None = None) -> str:
    """What to do where nobody knows whether something was made."""
    if not fresh:
        return "the same line again does no harm: what was made is found, and used again"
    if hook_id is not None:  # nobody was shown its secret
        return f"take back what was made, then try again: dialpad webhooks delete {hook_id}"
    return "see whether it was made: dialpad webhooks list --all --fields id,hook_url"


def _take_back(client: Dialpad, hook_id: int, error: DialkitError) -> None:
    """Delete the webhook again. Raises `PartialSuccess` where that fails."""
    try:
        client.request("webhooks.delete", {"id": hook_id})
    except DialkitError as second:
        raise PartialSuccess(
            f"subscribing failed: {error.message}; and deleting the webhook {hook_id}, made for it, failed: "
            f"{second.message}",
            done={"webhook_id": str(hook_id)},
            operation=CREATE,
            hint=f"dialpad webhooks delete {hook_id}",
        ) from error
    error.message += "; the webhook made for it was deleted again"


def _hook(client: Dialpad, asked: Asked) -> Request:
    more = {"secret": asked.secret} if asked.secret is not None else {}
    return client.prepare("webhooks.create", {"hook_url": asked.url, **more})


def _subscription(client: Dialpad, asked: Asked, hook_id: int) -> Request:
    body: Row = {"direction": asked.direction, "endpoint_id": hook_id}
    if asked.target:
        body |= {"target_type": asked.target[0], "target_id": asked.target[1]}
    body |= {"status": True} if asked.status else {}
    body |= {"include_internal": True} if asked.internal else {}
    return client.prepare(CREATE, body)


def _says(row: Row, hook_id: int, asked: Asked) -> bool:
    """Whether a subscription says what is asked for already."""
    target = (row.get("target_type"), int(row["target_id"])) if row.get("target_id") else None
    return (
        endpoints.named(row) == hook_id
        and row.get("direction") == asked.direction
        and target == asked.target
        and bool(row.get("enabled", True))
        and bool(row.get("status")) == asked.status
        and bool(row.get("include_internal")) == asked.internal
    )
