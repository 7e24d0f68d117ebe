"""What listening needs at Dialpad: a websocket and the subscriptions asked for; made, renewed, taken down.

What is about to be made is in the store first. A websocket has no name, so it is made with a secret of its
own, whose SHA-256 is in the store: that tells it from others', should nobody have written down its id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.errors import (
    DialkitError,
    InvalidArgument,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    UpstreamError,
)
from dialkit.events.hooks import endpoints
from dialkit.store import listeners, presence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import ExitStack

    from dialkit.client import Dialpad, Request
    from dialkit.store import Database
    from dialkit.store.database import Row

# Kind -> what a subscription to it says. Contacts take one for those of the company, and one for users' own.
KINDS: dict[str, tuple[dict[str, Any], ...]] = {
    "sms": ({"direction": "all", "status": True},),
    "call": ({"call_states": ["all"]},),
    "contact": ({"contact_type": "shared"}, {"contact_type": "local"}),
    "agent_status": ({"agent_type": "callcenter"},),
    "change_log": ({},),
    "fax": ({"direction": "all", "status": True},),
    "channel": ({"direction": "all"},),
}
TARGETED = ("sms", "call", "fax")  # the others are the company's, but for channels, each of which is named


class Wanted(NamedTuple):
    """What to be told of.

    `kinds`: keys of `KINDS`. `targets`: whose texts, calls and faxes, as (kind, id); none: the company's.
    `channels`: which channels. `internal`: also texts between colleagues. `states`: of calls.
    """

    kinds: tuple[str, ...] = ("sms", "call")
    targets: tuple[tuple[str, int], ...] = ()
    channels: tuple[int, ...] = ()
    internal: bool = False
    states: tuple[str, ...] = ("all",)


class Place(NamedTuple):
    """Where events come: the row in the store, the websocket, where to connect, the secret that signs.

    `held` keeps the row this process's until it is closed.
    """

    listener_id: int
    websocket_id: int
    url: str
    secret: str
    held: ExitStack

    def __repr__(self) -> str:  # neither the secret nor the URL, which holds a token
        return f"Place(listener_id={self.listener_id}, websocket_id={self.websocket_id})"


def check(client: Dialpad, wanted: Wanted) -> None:
    """Raises `InvalidArgument` for what does not go together, `NotFound` for a target that there is not."""
    for kind in wanted.kinds:
        if kind not in KINDS:
            raise InvalidArgument(f"{kind[:40]!r} is no kind of event", hint="one of " + ", ".join(KINDS))
    if wanted.targets and not any(kind in TARGETED for kind in wanted.kinds):
        raise InvalidArgument(
            f"--target: only {', '.join(TARGETED)} can be of a target",
            hint="leave it out: it is the company's",
        )
    for kind, target_id in wanted.targets:
        endpoints.check_target(client, kind, target_id, f"--target {kind}:{target_id}")


def requests(client: Dialpad, wanted: Wanted, *, secret: bool = False) -> list[Request]:
    """What would be sent, for a dry run; the websocket's id, not known yet, is 0. `secret`: one is given."""
    made = [client.prepare("websockets.create", {"secret": "***"})]
    if secret:
        made.append(client.prepare("websockets.update", {"id": 0, "secret": "***"}))
    return [*made, *(client.prepare(operation, body) for operation, body in _bodies(wanted, 0))]


def establish(client: Dialpad, database: Database, wanted: Wanted, secret: str | None = None) -> Place:
    """Make the websocket and the subscriptions; where any of it fails, what was made is taken down again.

    Parameters:
        wanted: what to be told of; see `check`.
        secret: signs the events; None has one made up.

    Raises what the client raises.
    """
    from contextlib import ExitStack
    from hashlib import sha256

    birth = endpoints.secret()
    mark = sha256(birth.encode()).hexdigest()
    held = ExitStack()
    held.callback(presence.Presence(database.folder, mark).close, left=False)
    listener_id = listeners.add(database, client.settings.owner, mark, client.clock.now(), held)
    made: dict[str, Any] = {}
    try:
        made = client.request("websockets.create", {"secret": birth}).json()
        websocket_id = int(made["id"])
        listeners.made(database, listener_id, str(websocket_id))
        if secret is not None:
            client.request("websockets.update", {"id": websocket_id, "secret": secret})
        subscriptions: list[tuple[str, str]] = []
        for operation, body in _bodies(wanted, websocket_id):
            row = client.request(operation, body).json()
            subscriptions.append((operation.replace(".create", ".delete"), str(row["id"])))
            listeners.subscribed(database, listener_id, subscriptions)
    except BaseException as error:
        try:
            if not made and _made_nothing(error):
                listeners.remove(database, listener_id)
            elif (row := listeners.get(database, listener_id)) is not None:
                take_down(client, database, row, thorough=True)
        except DialkitError as second:
            if isinstance(error, DialkitError):
                error.message += f"; and taking down what was made failed: {second.message}"
                error.hint = error.hint or "the next dialpad listen takes it down"
        held.close()
        raise
    return Place(listener_id, websocket_id, str(made["websocket_url"]), secret or birth, held)


def renewed(client: Dialpad, place: Place) -> str:
    """A new URL of the websocket, good for an hour. Raises `NotFound` where the websocket is gone."""
    return str(client.request("websockets.get", {"id": place.websocket_id}).json()["websocket_url"])


def take_down(client: Dialpad, database: Database, row: Row, *, thorough: bool = False) -> int:
    """Delete what a run made: subscriptions first, since they cannot be found once the websocket is gone.

    `thorough` also looks for what was made and not written down. How many things were deleted; what is gone
    already is no failure. Raises what the client raises, and then the row stays.
    """
    websocket_id = row["websocket_id"] or (_by_mark(client, row["mark"]) if thorough else None)
    subscriptions = listeners.subscriptions_of(row)
    if thorough and websocket_id:
        known = {number for _, number in subscriptions}
        subscriptions += [one for one in _subscribed(client, int(websocket_id)) if one[1] not in known]
    gone = sum(_delete(client, operation, number) for operation, number in subscriptions)
    if websocket_id:
        gone += _delete(client, "websockets.delete", websocket_id)
    listeners.remove(database, row["id"])
    return gone


def sweep(client: Dialpad, database: Database, tell: Callable[[str], None]) -> None:
    """Take down what runs of this account left behind that were killed; never what is another's.

    Says what it did, and from when nothing was received. What fails is said, and tried at the next start.
    """
    for row in listeners.of_account(database, client.settings.owner):
        with listeners.hold(database, row["id"]) as alone:
            if not alone or listeners.get(database, row["id"]) is None:
                continue  # it runs, or another one has just done this
            if presence.here(database.folder, row["mark"]):
                continue  # it runs, and lost what it held with its connection to PostgreSQL
            try:
                gone = take_down(client, database, row, thorough=True)
            except DialkitError as error:
                tell(f"warning: what an earlier run left behind could not be taken down: {error.message}")
                continue
        if gone:
            tell(
                f"note: an earlier run ended without taking down what it had made ({gone} things); it is done"
            )
        if row["websocket_id"]:  # else it never heard anything
            from dialkit.events.listening.gaps import told

            tell(told(row["heard_at"] or row["started_at"], client.clock.now()))


def _bodies(wanted: Wanted, endpoint_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The subscriptions, each as an operation and what it is given."""
    for kind in dict.fromkeys(wanted.kinds):
        whose: list[dict[str, Any]] = [{}]
        if kind == "channel":
            whose = [{"target_id": channel} for channel in wanted.channels]
        elif kind in TARGETED and wanted.targets:
            whose = [{"target_type": name, "target_id": number} for name, number in wanted.targets]
        more: dict[str, Any] = {"include_internal": True} if kind == "sms" and wanted.internal else {}
        more |= {"call_states": list(wanted.states)} if kind == "call" else {}
        for body in KINDS[kind]:
            for target in whose:
                yield (
                    f"webhook_{kind}_event_subscription.create",
                    {**body, **more, **target, "endpoint_id": endpoint_id},
                )


def _made_nothing(error: BaseException) -> bool:
    return isinstance(error, DialkitError) and not isinstance(error, OutcomeUnknown | UpstreamError)


def _by_mark(client: Dialpad, mark: str) -> str | None:
    """The websocket that was made with the secret of that SHA-256."""
    from hashlib import sha256

    for row in client.items("websockets.list"):
        secret = endpoints.signing(row)
        if secret is not None and sha256(secret.encode()).hexdigest() == mark:
            return str(row["id"])
    return None


def _subscribed(client: Dialpad, websocket_id: int) -> Iterator[tuple[str, str]]:
    for operation in endpoints.USERS.values():
        try:
            for row in client.items(operation):
                if endpoints.named(row) == websocket_id:
                    yield operation.replace(".list", ".delete"), str(row["id"])
        except PermissionDenied:  # then it cannot have made one
            continue


def _delete(client: Dialpad, operation: str, number: str) -> int:
    try:
        client.request(operation, {"id": int(number)})
    except NotFound:
        return 0
    return 1
