"""A user's code with slips in it: mypy --strict and pyright must refuse the marked lines, and no others."""

from __future__ import annotations

from datetime import datetime

from dialkit import AsyncDialpad, Dialpad
from dialkit.client.types.shared import User
from dialkit.events import App
from dialkit.webhooks import CallEvent, Event, SmsEvent, unwrap


def names(dp: Dialpad) -> None:
    dp.user.get(id=1)  # wrong: no such resource
    dp.users.fetch(id=1)  # wrong: no such method
    dp.users.list().all()  # wrong: no such method of a list
    print(dp.users.get(id=1).firstname)  # wrong: no such field
    dp.users.get(ident=1)  # wrong: no such parameter
    dp.users.get(1)  # wrong: parameters are given by name
    dp.users.get()  # wrong: a required parameter is missing
    dp.with_options(retries=1)  # wrong: no such option
    Dialpad(api_key=5)  # wrong: the key is a text
    Dialpad(max_retry=1)  # wrong: no such option
    Dialpad(base_url="http://127.0.0.1:1", acount="main")  # wrong: no such option
    AsyncDialpad(company_id="5")  # wrong: this id is a number


def values(dp: Dialpad) -> None:
    dp.users.get(id=1.5)  # wrong: an id is a number or its digits
    dp.users.get(id=None)  # wrong: null is no id
    dp.users.list(state="gone")  # wrong: not a word that Dialpad knows
    dp.users.list(company_admin="yes")  # wrong: a text is no truth
    dp.sms.send(to_numbers="+14155550123", text="hi")  # wrong: a text is no list of texts
    dp.sms.send(to_numbers=[14155550123], text="hi")  # wrong: numbers are texts
    dp.sms.send(to_numbers=["+14155550123"], text=b"hi")  # wrong: bytes are no text
    dp.sms.send(to_numbers=["+14155550123"], user_id="5")  # wrong: this id travels as a number
    dp.users.update(id=1, admin_office_ids=["1"])  # wrong: ids in a list of numbers
    dp.users.update(id=1, presence_status={"mesage": "x"})  # wrong: a key that is none
    dp.callcenters.update(id=7, alerts={"cc_service_level": "90"})  # wrong: a level is a number
    dp.callcenters.update(id=7, alerts=dp.users.get(id=1))  # wrong: a user is no set of alerts
    dp.digital.sessions(start_date=0, end_date=datetime.now())  # wrong: a date is no number
    dp.with_options(limiter="mine")  # wrong: there is one limiter
    dp.with_options(timeout="5")  # wrong: seconds are a number


def workflows(dp: Dialpad) -> None:
    dp.messages.send(to=14155550123, text="hi")  # wrong: numbers are texts
    dp.messages.send(to="+14155550123", text="hi", sendr="+15035550142")  # wrong: no such parameter
    dp.outbox.list(state="lost")  # wrong: no such state
    dp.contacts.upsert(first_name="Ines", scope="mine")  # wrong: no such scope
    dp.stats.run("cals")  # wrong: no such report
    dp.calls.recap(1, style="tiny")  # wrong: no such style


def answers(dp: Dialpad) -> None:
    user = dp.users.get(id="me")
    print(user.first_name.upper())  # wrong: it may be null, or unset
    print(user.id + 1)  # wrong: it may be null, or unset
    name: str = dp.users.get(id=1).display_name  # wrong: it may be null, or unset
    print(name, dp.call.hangup(id=1).id)  # wrong: nothing comes back
    first: User = dp.users.list().first()  # wrong: there may be none
    print(first, dp.users.list()[0])  # wrong: pages are no sequence
    text: str = dp.users.with_raw_response.get(id=1).parse()  # wrong: a user comes back
    print(text, dp.users.get(id=1)["id"])  # wrong: fields are attributes
    for operator in dp.callcenters.operators.list(id=7):
        if not isinstance(operator, User):
            print(operator.email)  # wrong: the other kind, a room, has none


async def asynchronous(dp: AsyncDialpad) -> None:
    print(dp.users.get(id="me").first_name)  # wrong: not awaited
    for _ in dp.users.list():  # wrong: `async for`
        pass
    await dp.users.list()  # wrong: a list is iterated, not awaited
    with dp:  # wrong: `async with`
        pass
    print((dp.messages.send(to="+14155550123", text="hi")).status)  # wrong: not awaited
    await dp.messages.send(to="+14155550123", txt="hi")  # wrong: no such parameter


def hook(body: bytes) -> None:
    unwrap(body)  # wrong: a secret, or None
    unwrap({"text": "hi"}, secret=None)  # wrong: parsed already


def without_asyncio(dp: Dialpad) -> None:
    async def inner() -> None:
        await dp.users.get(id="me")  # wrong: a user cannot be awaited

    print(inner)


def handlers(app: App) -> None:
    @app.on("sms.received")  # wrong: a text is no call
    def reply(event: CallEvent) -> None:
        print(event)

    @app.on("sms.recieved")  # wrong: no such name
    def misspelt(event: SmsEvent) -> None:
        print(event)

    @app.on("sms.received", "call.hangup")  # wrong: it may be a call
    def either(event: SmsEvent) -> None:
        print(event)

    @app.on("fax", wthin=5)  # wrong: no such option
    def late(event: Event) -> None:
        print(event)

    print(reply, misspelt, either, late, App())  # wrong: secrets, or None
    app.dead_letters()[0].id = 3  # wrong: what is there is not changed
