"""A script as people write it: many texts, each with a key of its own. `test_no_double` runs and kills it."""

from __future__ import annotations

import os
import sys

from dialkit.client import Dialpad, Policy
from dialkit.errors import DialkitError
from dialkit.messaging.send import Message, send
from dialkit.messaging.senders import Sender
from dialkit.store import Database


def main(count: int) -> None:
    policy = Policy(backoff=0.01, cap=0.05)
    sender = Sender("+15035550142", "script")
    with Database.of(os.environ) as database, Dialpad(policy=policy, read=1.0, limits=False) as client:
        print("ready", flush=True)
        for number in range(count):
            message = Message(f"text {number}", [f"+1415555{number % 100 + 100:04}"], sender)
            try:
                send(client, database, message, once=f"key {number}", again=True)
            except DialkitError as error:
                print(number, error.code, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
