"""A user's code with every kind of call: mypy --strict and pyright take it. It is read, never run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any, assert_type

from dialkit import AsyncDialpad, Dialpad
from dialkit.client import Policy, Request, Retry
from dialkit.client.model import UNSET, Model, Unset
from dialkit.client.paging import AsyncPages, Page, Pages
from dialkit.client.resource import RawResponse
from dialkit.client.response import Response
from dialkit.client.types.company import Company
from dialkit.client.types.contacts import Contact
from dialkit.client.types.message import Schedule
from dialkit.client.types.shared import CallCenter, Room, User
from dialkit.client.types.sms import SMS
from dialkit.errors import APIError, DialkitError, NotFound, OutcomeUnknown, PartialSuccess
from dialkit.events import App, DeadLetter
from dialkit.webhooks import AnyEvent, CallEvent, ContactEvent, Event, SmsEvent


def told(retry: Retry) -> None:
    assert_type(retry.delay, float)
    assert_type(retry.request.name, str)


def make() -> Dialpad:
    return Dialpad(
        "key", base_url="http://127.0.0.1:1", max_retries=2, timeout=5, on_retry=told, limiter=None
    )


def objects(dp: Dialpad) -> None:
    me = dp.users.get(id="me")
    assert_type(me, User)
    assert_type(me.first_name, str | None | Unset)
    assert_type(me.id, int | None | Unset)
    assert_type(me.extra, dict[str, Any])
    assert_type(me.to_dict(), dict[str, Any])
    if me.id:
        again = dp.users.get(id=me.id)
        assert_type(again.date_added, datetime | None | Unset)
        if again.date_added:
            assert_type(again.date_added.year, int)
    if me.first_name is UNSET:
        return
    assert_type(me.first_name, str | None)
    everything: list[Model] = [me, dp.company.get()]
    print(everything, dp.calllabels.list().to_list())


def writes(dp: Dialpad) -> None:
    text = dp.sms.send(to_numbers=["+14155550123"], text="Your order is ready.", user_id=5)
    assert_type(text, SMS)
    dp.sms.send(to_numbers=("+14155550123",), media=b"GIF89a", user_id=5, infer_country_code=None)
    made = dp.contacts.create(first_name="Ines", last_name="Okafor", emails=["ines@larkspur.example"])
    if made.id:
        dp.contacts.update(id=made.id, job_title=None)
    assert_type(dp.call.hangup(id=1), None)
    dp.digital.sessions(start_date=datetime.now(UTC), end_date="2026-03-05T17:20:00Z")


def within(dp: Dialpad) -> None:
    assert_type(dp.users.caller_id.set(id=5, caller_id="+15035550142").primary_phone, str | None | Unset)
    center = dp.callcenters.get(id=7)
    assert_type(center, CallCenter)
    if center.alerts:
        assert_type(center.alerts.cc_service_level, int | None | Unset)
        dp.callcenters.update(id=7, alerts=center.alerts)
    dp.callcenters.update(
        id=7,
        alerts={"cc_service_level": 90},
        advanced_settings={"auto_call_recording": {"call_recording_inbound": True}},
    )


def lists(dp: Dialpad) -> Iterator[str]:
    users = dp.users.list(state="active", company_admin=True)
    assert_type(users, Pages[User])
    for user in users:
        assert_type(user, User)
        if user.display_name:
            yield user.display_name
    for page in users.pages():
        assert_type(page, Page[User])
        assert_type(page.items, list[User])
        assert_type(page.cursor, str | None)
    assert_type(users.first(), User | None)
    assert_type(users.to_list(max_items=5), list[User])
    assert_type(dp.message.schedules.list().to_list(), list[Schedule])
    for operator in dp.callcenters.operators.list(id=7):
        assert_type(operator, User | Room)
    for label in dp.calllabels.list():
        assert_type(label, str)


def raw(dp: Dialpad) -> None:
    answer = dp.users.with_raw_response.get(id="me")
    assert_type(answer, RawResponse[User])
    assert_type(answer.parse(), User)
    assert_type((answer.status, answer.attempts, answer.elapsed), tuple[int, int, float])
    assert_type(answer.content, bytes)
    assert_type(answer.headers["content-type"], str)
    assert_type(dp.users.with_raw_response.list(state="all").parse(), list[User])
    assert_type(dp.call.with_raw_response.hangup(id=1).parse(), None)
    assert_type(dp.users.caller_id.with_raw_response.get(id=5).status, int)


def options(dp: Dialpad) -> Request:
    assert_type(
        dp.with_options(max_retries=0, timeout=0.5, limiter=None, strict=True, on_retry=told), Dialpad
    )
    assert_type(dp.with_options(limiter="shared").users.get(id="me"), User)
    assert_type(Dialpad(policy=Policy(max_wait=0), dry_run=True), Dialpad)
    request: Request = dp.with_options(dry_run=True).users.delete(id=5)
    return request


def shown_or_sent(dp: Dialpad, dry_run: bool) -> None:
    dp.with_options(dry_run=dry_run, timeout=5).sms.send(to_numbers=["+14155550123"], text="hi")


class Shop(Dialpad):
    """A client with a name."""

    def __init__(self, name: str) -> None:
        super().__init__(account=name, connect=2.0)
        self.name = name


def subclassed(shop: Shop) -> str:
    assert_type(shop.users.get(id="me"), User)
    return shop.with_options(timeout=3).name


def workflows(dp: Dialpad) -> None:
    sent = dp.messages.send(to="+14155550123", text="hi", once="order-1")
    assert_type(sent.status, str | None | Unset)
    assert_type([row.action for row in dp.contacts.upsert(first_name="Ines")], list[str])
    assert_type([entry.id for entry in dp.outbox.list(state="unknown")], list[int])
    assert_type(dp.stats.run("calls", group_by="date").rows, list[dict[str, Any]])
    for call in dp.calls.list(hours=2, user="me"):
        assert_type(call, dict[str, Any])
    assert_type(dp.contacts.list(), Pages[Contact])


def by_id(dp: Dialpad) -> None:
    assert_type(dp.request("users.get", {"id": "me"}), Response)
    assert_type(dp.get("/api/v2/new", limit=10), Response)
    assert_type(dp.ask("PATCH", "/api/v2/new", body={"enable": True}), Response)
    assert_type(dp.prepare("sms.send", {"text": "x"}), Request)
    assert_type(dp.send(dp.prepare_raw("GET", "/api/v2/new")), Response)
    for page in dp.pages("users.list"):
        assert_type(page, list[Any])


def mistakes(dp: Dialpad) -> str | None:
    try:
        dp.users.list().to_list()
    except NotFound as error:
        assert_type(error.status, int | None)
        return error.hint
    except PartialSuccess as error:
        return error.cursor
    except OutcomeUnknown as error:
        return error.operation
    except APIError as error:
        return error.text
    except DialkitError as error:
        return str(error)
    return None


def context() -> User:
    with Dialpad() as dp:
        assert_type(dp, Dialpad)
        return dp.users.get(id="me")


async def asynchronous() -> None:
    async with AsyncDialpad("key") as dp:
        assert_type(dp, AsyncDialpad)
        assert_type(await dp.users.get(id="me"), User)
        assert_type(await dp.call.hangup(id=1), None)
        assert_type(dp.users.list(), AsyncPages[User])
        async for user in dp.users.list(state="active"):
            assert_type(user, User)
        async for page in dp.users.list().pages():
            assert_type(page, Page[User])
        assert_type(await dp.users.list().first(), User | None)
        assert_type(await dp.users.list().to_list(max_items=5), list[User])
        answer = await dp.users.with_raw_response.get(id="me")
        assert_type(answer, RawResponse[User])
        listed = await dp.users.with_raw_response.list()
        assert_type(listed.parse(), list[User])
        assert_type(await dp.with_options(timeout=5).request("users.get", {"id": "me"}), Response)
        assert_type(await dp.get("/api/v2/new"), Response)
        request: Request = await dp.with_options(dry_run=True).users.delete(id=5)
        assert_type(await dp.send(request), Response)
        sent = await dp.messages.send(to=["+14155550123"], text="hi", once="order-1")
        assert_type(sent.status, str | None | Unset)
        assert_type((await dp.contacts.upsert(first_name="Ines"))[0].action, str)
        assert_type(await dp.calls.list(hours=2), list[dict[str, Any]])
        assert_type((await dp.inbox.threads())[0].unread, int)


async def several(dp: AsyncDialpad) -> None:
    async with asyncio.TaskGroup() as group:
        one = group.create_task(dp.users.get(id="me"))
        two = group.create_task(dp.messages.preview(to="+14155550123", text="hi"))
    assert_type((one.result(), two.result()), tuple[User, dict[str, Any]])
    async with asyncio.timeout(5):
        assert_type(await asyncio.gather(dp.users.get(id=1), dp.company.get()), tuple[User, Company])


async def names(dp: AsyncDialpad) -> AsyncIterator[str]:
    async for room in dp.rooms.list():
        if room.name:
            yield room.name


def handlers(app: App) -> None:
    @app.on("sms.received")
    def reply(event: SmsEvent) -> None:
        assert_type(event.text, str | None | Unset)

    @app.on("call.hangup", "call.missed", within=5, at_once=2, called="bill")
    async def bill(event: CallEvent) -> bool:
        return event.state == "hangup"

    @app.on("contact.*")
    @app.on("contact.deleted", called="twice")
    def contact(event: ContactEvent) -> None:
        print(event.contact)

    @app.on("*")
    def log(event: Event) -> None:
        print(event.at)

    @app.on("sms.sent", "fax")
    def outbound(event: AnyEvent) -> None:
        if isinstance(event, SmsEvent):
            print(event.to_number)

    reply(SmsEvent(text="a function stays what it is"))
    print(bill, contact, log, outbound)
    for dead in app.dead_letters():
        assert_type(dead, DeadLetter)
        app.retry(dead.id)
    assert_type(app.run_pending(), int)
    with app:
        pass


async def serving(app: App) -> None:
    async with app.lifespan():
        print(app.asgi, app.wsgi)
