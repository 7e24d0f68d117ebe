"""``dp.calls``: calls placed once, found, and read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.errors import InvalidArgument
from dialkit.library.workflow import Workflow, asking, config_of, database_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

MINUTE = 60_000  # ms


class Calls(Workflow):
    """Calls, as people make and look for them."""

    def make(
        self,
        *,
        to: str,
        sender: str | None = None,
        user_id: int | None = None,
        text: str | None = None,
        once: str | None = None,
        again: bool = False,
        **more: Any,
    ) -> dict[str, Any]:
        """Have a user's devices ring, and call a number once they answer.

        Parameters:
            to: whom to call, in E.164, or as at home where the config has a region.
            sender: the number that is shown, and where `user_id` is left out, whose devices ring.
            user_id: whose devices ring.
            text: what is spoken; a field that integrators report and Dialpad's document does not have.
            once: a key of your own: the same key again calls nobody, and gives the first result.
            again: call although the same call was placed within ten minutes.
            more: further fields of the operation ``call.call``.

        Returns the answer with ``call_id`` and ``status``. Raises `Conflict` for a likely repeat,
        `OutcomeUnknown` where nobody knows whether it was placed. With ``dry_run`` it returns the `Request`.
        """
        from dialkit.calls import making
        from dialkit.client.phones import region_of, required

        client, config = self._client, config_of(self._client)
        region = region_of(config)
        params = {"phone_number": required("to", to, region), **more}
        if sender is not None:
            params["outbound_caller_id"] = number = required("sender", sender, region)
            if user_id is None:
                user_id = making.mapped_user(config.environ, number) or making.owner(asking(client), number)
        if user_id is None:
            raise InvalidArgument(making.NEEDED, hint="sender='+15035550143', or user_id=…")
        params["user_id"] = user_id
        request = client.prepare("call.call", params, body=making.spoken(text) if text is not None else None)
        if client.dry_run:
            return request  # type: ignore[return-value]  # a copy by with_options(dry_run=True) is Any
        with database_of(client) as database:
            return making.make(client, database, request, once=once, again=again)

    def list(
        self,
        *,
        hours: float = 24,
        number: str | None = None,
        user: str | int | None = None,
        missed: bool = False,
    ) -> Iterator[dict[str, Any]]:
        """Calls of the last hours that ended, the newest first, each with `outcome` and `started`.

        Parameters:
            number: only calls with this number.
            user: only calls of a user, by id, e-mail address, or ``"me"``.
            missed: only calls that nobody answered.
        """
        from dialkit.calls import listing, span
        from dialkit.client.phones import region_of, required

        if not hours > 0:
            raise InvalidArgument(f"hours is {hours!r}", hint="give hours, such as hours=24")
        client = asking(self._client)
        region = region_of(config_of(client))
        wanted = listing.Wanted(
            None if number is None else required("number", number, region),
            None if user is None else ("user", listing.user_id(client, str(user))),
            missed,
        )
        when = span.last(client.clock.now(), hours * 60 * MINUTE)
        return listing.list_calls(client, when, wanted)

    def transcript(self, call_id: int) -> dict[str, Any]:
        """The transcript, its lines in the order they were said: ``{"call_id", "lines"}``."""
        from dialkit.calls import transcript

        return transcript.read(asking(self._client), call_id)

    def recap(
        self, call_id: int, *, style: Literal["short", "medium", "long", "bullet"] | None = None
    ) -> dict[str, Any]:
        """The recap as Dialpad gives it, its summary in a `style`."""
        from dialkit.calls import recap

        return recap.read(asking(self._client), call_id, style)
