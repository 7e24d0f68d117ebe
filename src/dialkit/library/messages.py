"""``dp.messages``: texts as people send them, each to the outbox before it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.client import types
from dialkit.client.model import UNSET, Unset, decode
from dialkit.errors import InvalidArgument
from dialkit.library.workflow import Workflow, config_of, database_of, tell, texts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from dialkit.client.model import Strings
    from dialkit.messaging.send import Message


class Sent(types.SMS, kw_only=True):
    """A text that Dialpad accepted; delivery may be pending.

    Attributes:
        status: as `message_status`, in the reference's word.
        sender_source: where the sender came from, such as ``--from`` or a profile.
        sender_note: what was noticed about the sender.
        parts: one for each ten recipients, where there were more.
    """

    status: str | None | Unset = UNSET
    sender_source: str | None | Unset = UNSET
    sender_note: str | None | Unset = UNSET
    parts: list[types.SMS] | Unset = UNSET


class Messages(Workflow):
    """Texts, sent once."""

    def send(
        self,
        *,
        to: str | Strings,
        text: str,
        sender: str | None = None,
        profile: str | None = None,
        allow_profile_mismatch: bool = False,
        infer_country_code: bool = False,
        media: str | PathLike[str] | None = None,
        once: str | None = None,
        again: bool = False,
    ) -> Sent:
        """Send a text. It is written to the outbox before it leaves, and never sent twice.

        Parameters:
            to: one number or several, in E.164, or as at home where the config has a region; more than ten
                are sent as several requests.
            text: what is said, up to 1600 characters.
            sender: the number that sends, before `profile`, ``DIALPAD_DEFAULT_FROM_NUMBER`` and
                ``DIALPAD_DEFAULT_PROFILE``.
            profile: the sender by its name in the config or in ``DIALPAD_PROFILE_<NAME>_FROM``.
            allow_profile_mismatch: let `sender` win over the number of `profile`.
            infer_country_code: read national formats though no region is set: those of the US.
            media: the path of a picture, at most 500 KiB.
            once: a key of your own: the same key again gives the first result, and sends nothing.
            again: send although the same was sent within ten minutes.

        Raises `InvalidArgument` for what cannot be sent, `Refused` for who opted out (STOP), `Conflict` for a
        likely repeat, `OutcomeUnknown` where the answer was lost, `PartialSuccess` where a later part failed,
        `UpstreamError` where it was not delivered. With ``dry_run`` it returns what would be sent.
        """
        from dialkit.messaging import send

        message = self._message(
            to=to,
            text=text,
            sender=sender,
            profile=profile,
            allow_profile_mismatch=allow_profile_mismatch,
            infer_country_code=infer_country_code,
            media=media,
        )
        client = self._client
        with database_of(client) as database:
            if client.dry_run:
                return send.dry_run(client, database, message, tell=tell)  # type: ignore[return-value]  # Any
            answer = send.send(client, database, message, once=once, again=again, tell=tell)
        return decode(Sent, answer, name="messages.send")

    def preview(self, *, to: str | Strings, text: str, **more: Any) -> dict[str, Any]:
        """How a text would travel, without a socket: sender, encoding, segments, what forced UCS-2.

        Takes what `send` takes, but for `once` and `again`; raises as it does.
        """
        from dialkit.messaging.send import preview

        return preview(self._message(to=to, text=text, **more))

    def introduce(
        self,
        *,
        prospect: str,
        reference: str,
        confirm_share: bool,
        names: Mapping[str, str | None] | None = None,
        texts: Mapping[str, str | None] | None = None,
        sender: str | None = None,
        profile: str | None = None,
        resume: str | None = None,
        again: bool = False,
    ) -> dict[str, Any]:
        """Introduce two people: each gets the other's number, the prospect first.

        Parameters:
            confirm_share: that both agreed to it; without it nothing is sent.
            names, texts: by ``"prospect"`` and ``"reference"``; ours where none are given.
            resume: the id of an introduction whose second text is missing: only that is sent.

        Returns ``{"mode", "id", "legs"}``. Raises as `send` does; `PartialSuccess` where the second fails.
        """
        from dialkit.errors import Refused
        from dialkit.messaging import intro

        if not confirm_share:
            raise Refused(
                "an introduction gives each the other's number; that is not confirmed, and nothing was sent",
                hint="where both agreed: confirm_share=True",
            )
        client = self._client
        plan = intro.compose(
            config_of(client),
            prospect,
            reference,
            names=names,
            texts=texts,
            sender=sender,
            profile=profile,
            tell=tell,
        )
        with database_of(client) as database:
            if client.dry_run:
                return intro.dry_run(client, database, plan, tell=tell)
            return intro.send(client, database, plan, resume=resume, again=again, tell=tell)

    def render(self, template: str, **variables: str) -> str:
        """The text of a kept template, its ``{fields}`` filled in. Raises `NotFound`, `InvalidArgument`."""
        from dialkit.messaging import templates

        with database_of(self._client) as database:
            return templates.render(database, template, variables)

    def _message(
        self, *, to: str | Strings, text: str, media: str | PathLike[str] | None = None, **more: Any
    ) -> Message:
        import os

        from dialkit.messaging.compose import compose

        if not isinstance(text, str):
            raise InvalidArgument(f"text: {text!r} is no text", hint='write it like text="…"')
        return compose(
            config_of(self._client),
            to=[to] if isinstance(to, str) else texts("to", to),
            text=text,
            media=None if media is None else os.fspath(media),
            tell=tell,
            **more,
        )
