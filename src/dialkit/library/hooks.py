"""``dp.hooks``: subscriptions to texts, with their webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from dialkit.library.workflow import Workflow, asking

if TYPE_CHECKING:
    from collections.abc import Iterator


class Hooks(Workflow):
    """Subscriptions to texts."""

    def create(
        self,
        *,
        url: str,
        direction: Literal["inbound", "outbound", "all"] = "all",
        target: tuple[str, int] | None = None,
        secret: str | None = None,
        status: bool = False,
    ) -> dict[str, Any]:
        """Have texts posted to an address. What says the same already is used again.

        Parameters:
            url: where to, https unless it is this machine.
            target: whose texts, such as ``("office", 5219384756201938)``; None is the company's.
            secret: what events are signed with (`dialkit.webhooks.unwrap` checks them).
            status: also when a text of yours is delivered, or fails.

        Returns the subscription in short. Where subscribing fails, a webhook made for it is deleted again.
        Raises `InvalidArgument`, `NotFound` for a target that is none, `PartialSuccess`. With ``dry_run`` it
        returns the requests.
        """
        from dialkit.events.hooks import texts as hooks

        asked = hooks.Asked(url, direction, target, secret, status, target_flag="target")
        hooks.check(asked)
        if self._client.dry_run:
            return hooks.requests(self._client, asked)  # type: ignore[return-value]  # Any, by with_options
        return hooks.create(self._client, asked)

    def list(self) -> Iterator[dict[str, Any]]:
        """The subscriptions in short: url, direction, target, enabled, orphaned."""
        from dialkit.events.hooks import texts as hooks

        return hooks.listed(asking(self._client))

    def delete(self, subscription_id: int, *, with_webhook: bool = False) -> dict[str, Any]:
        """Delete a subscription, and its webhook where that is asked for and nobody else uses it.

        With ``dry_run`` it returns the requests.
        """
        from dialkit.events.hooks import unhooking

        if self._client.dry_run:
            told: Any = unhooking.requests(asking(self._client), subscription_id, with_webhook=with_webhook)
            return told  # type: ignore[no-any-return]  # Any, by with_options
        return unhooking.delete(self._client, subscription_id, with_webhook=with_webhook)
