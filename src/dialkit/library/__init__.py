"""All of dialkit as a library: the typed client, and what people do with it as calls.

    from dialkit import Dialpad

    with Dialpad() as dp:
        dp.users.list()                                   # an operation of the API
        dp.messages.send(to="+14155550123", text="Hi")    # a workflow: sender, checks, outbox

| module | is |
|---|---|
| `messages` | texts sent once, introductions, templates |
| `outbox` | what went out, and what became of it |
| `inbox` | texts and calls that came, from events that were kept |
| `contacts` | the resource, and: looked up, changed or made, brought in and taken out |
| `calls` | calls placed once, found, read |
| `stats` | the resource, and: reports from the question to their rows |
| `hooks` | subscriptions to texts, with their webhooks |
| `background` | the same for asyncio, in threads |

The command line calls the same functions of `messaging`, `directory`, `calls`, `reports` and `events`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit import client
from dialkit.client.base import Shared
from dialkit.client.lazily import lazily
from dialkit.client.resources import AsyncResources, Resources

if TYPE_CHECKING:
    from dialkit.library.background import AsyncCalls, AsyncHooks, AsyncInbox, AsyncMessages, AsyncOutbox
    from dialkit.library.background import AsyncContacts as AsyncDirectory
    from dialkit.library.background import AsyncStats as AsyncReports
    from dialkit.library.calls import Calls
    from dialkit.library.contacts import Contacts
    from dialkit.library.hooks import Hooks
    from dialkit.library.inbox import Inbox
    from dialkit.library.messages import Messages
    from dialkit.library.outbox import Outbox
    from dialkit.library.stats import Stats

__all__ = ["AsyncDialpad", "Dialpad"]


class Dialpad(Resources, client.Dialpad):
    __doc__ = client.Dialpad.__doc__

    @lazily
    def messages(self) -> Messages:
        """Texts, sent once: sender, checks, opt-outs, outbox."""
        from dialkit.library.messages import Messages

        return Messages(self)

    @lazily
    def outbox(self) -> Outbox:
        """What went out to people, and what became of it."""
        from dialkit.library.outbox import Outbox

        return Outbox(self)

    @lazily
    def inbox(self) -> Inbox:
        """Texts, calls and voicemails that came, from the events that were kept."""
        from dialkit.library.inbox import Inbox

        return Inbox(self)

    @lazily
    def contacts(self) -> Contacts:
        """Contacts: the operations, and looking up, changing or making, bringing in and taking out."""
        from dialkit.library.contacts import Contacts

        return Contacts(self)

    @lazily
    def calls(self) -> Calls:
        """Calls placed once, found, and read."""
        from dialkit.library.calls import Calls

        return Calls(self)

    @lazily
    def stats(self) -> Stats:
        """Statistics: the operations, and reports from the question to their rows."""
        from dialkit.library.stats import Stats

        return Stats(self)

    @lazily
    def hooks(self) -> Hooks:
        """Subscriptions to texts, with their webhooks."""
        from dialkit.library.hooks import Hooks

        return Hooks(self)


class AsyncDialpad(AsyncResources, client.AsyncDialpad):
    __doc__ = client.AsyncDialpad.__doc__

    @lazily
    def _blocking(self) -> Dialpad:
        """What workflows run on, in threads: a blocking client of the same settings."""
        from dialkit.library.background import Heeding

        shared = self._shared
        with shared.guard:
            shared.twin = shared.twin or Shared()
        twin = Dialpad(
            settings=self.settings,
            catalog=self.catalog,
            policy=self.policy,
            clock=Heeding(self.clock),
            limiter="shared" if self.limited else None,
            dry_run=self.dry_run,
            strict=self.strict,
        )
        twin._shared = shared.twin  # copies of this client share it, as they share the rest
        return twin

    @lazily
    def messages(self) -> AsyncMessages:
        """Texts, sent once: sender, checks, opt-outs, outbox."""
        from dialkit.library.background import AsyncMessages

        return AsyncMessages(self._blocking.messages)

    @lazily
    def outbox(self) -> AsyncOutbox:
        """What went out to people, and what became of it."""
        from dialkit.library.background import AsyncOutbox

        return AsyncOutbox(self._blocking.outbox)

    @lazily
    def inbox(self) -> AsyncInbox:
        """Texts, calls and voicemails that came, from the events that were kept."""
        from dialkit.library.background import AsyncInbox

        return AsyncInbox(self._blocking.inbox)

    @lazily
    def contacts(self) -> AsyncDirectory:
        """Contacts: the operations, and looking up, changing or making, bringing in and taking out."""
        from dialkit.library.background import AsyncContacts

        return AsyncContacts(self, self._blocking.contacts)

    @lazily
    def calls(self) -> AsyncCalls:
        """Calls placed once, found, and read."""
        from dialkit.library.background import AsyncCalls

        return AsyncCalls(self._blocking.calls)

    @lazily
    def stats(self) -> AsyncReports:
        """Statistics: the operations, and reports from the question to their rows."""
        from dialkit.library.background import AsyncStats

        return AsyncStats(self, self._blocking.stats)

    @lazily
    def hooks(self) -> AsyncHooks:
        """Subscriptions to texts, with their webhooks."""
        from dialkit.library.background import AsyncHooks

        return AsyncHooks(self._blocking.hooks)
