"""The world: all tables, a supply of ids, the present moment, and what is due."""

from __future__ import annotations

import heapq
import time
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from dialkit.sandbox.switches import SWITCHES
from dialkit.sandbox.wire import Refusal, iso
from dialkit.sandbox.world.table import Table, Watch
from dialkit.sandbox.world.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox.world.table import Record

    Held = dict[str, Any]

# Ids lie above those of the document's examples, below 2^53, and have 16 digits, as the service's own. They
# are steps through that range by a prime that does not divide its size, so none comes twice.
LEAST_ID, COUNT_IDS, STEP = 6_950_000_000_000_000, 2_050_000_000_000_000, 1_296_034_117_398_991


class World:
    """A company and all that it has. Empty when made; `dialkit.sandbox.seed` fills it.

    The same `seed` gives the same ids in the same order. `real` tells real time, in seconds since 1970.
    """

    clock: Table
    counters: Table
    switches: Table
    jobs: Table
    keys: Table
    events: Table
    deliveries: Table
    companies: Table
    offices: Table
    users: Table
    deleted_users: Table
    devices: Table
    deskphones: Table
    rooms: Table
    numbers: Table
    tags: Table
    blocked_numbers: Table
    fax_lines: Table
    e911: Table
    pins: Table
    app_settings: Table
    call_centers: Table
    departments: Table
    operators: Table
    duties: Table
    duty_log: Table
    coaching_teams: Table
    coaching_members: Table
    agent_groups: Table
    call_routers: Table
    channels: Table
    channel_members: Table
    policies: Table
    assignments: Table
    custom_ivrs: Table
    dispositions: Table
    call_labels: Table
    scorecards: Table
    contacts: Table
    texts: Table
    bulk_messages: Table
    schedules: Table
    opt_outs: Table
    faxes: Table
    digital_sessions: Table
    calls: Table
    callbacks: Table
    voicemails: Table
    recordings: Table
    transcripts: Table
    recaps: Table
    screen_pops: Table
    recording_links: Table
    review_links: Table
    meetings: Table
    grades: Table
    call_dispositions: Table
    conference_meetings: Table
    conference_rooms: Table
    webhooks: Table
    websockets: Table
    subscriptions: Table
    schedule_reports: Table
    stats: Table
    score_exports: Table
    oauth_apps: Table
    oauth_codes: Table
    oauth_refreshes: Table
    oauth_toggles: Table

    def __init__(self, seed: int = 1, real: Callable[[], float] = time.time) -> None:
        self.seed, self.real = seed, real
        self.watch = Watch()
        self.tables = {name: Table(name, kind, self.watch) for name, kind in TABLES.items()}
        for name, table in self.tables.items():
            setattr(self, name, table)
        self.url = ""  # where the sandbox answers, for addresses in answers; known once it listens
        self.pinned: float | None = None  # the present moment, while a request or a job runs
        self.outbox: list[int] = []  # deliveries to be attempted now; the courier empties it
        self._due: list[tuple[float, int]] = []
        self._offset = int.from_bytes(blake2b(str(seed).encode(), digest_size=6).digest(), "big") % COUNT_IDS

    def table(self, name: str) -> Table:
        """The table of that name, such as ``users``."""
        return self.tables[name]

    # -- numbers that follow from the seed

    def count(self, name: str) -> int:
        """The next number of a counter: 1, 2, …"""
        last = self.counters.find(name)
        value = int(last["value"]) + 1 if last else 1
        self.counters.put({"id": name, "value": value})
        return value

    def new_id(self) -> int:
        """An id nobody has."""
        while True:
            fresh = LEAST_ID + (self._offset + self.count("ids") * STEP) % COUNT_IDS
            if f"id {fresh}" not in self.counters:  # a world from a file brings ids of its own
                return fresh

    def reserve_id(self, number: int) -> None:
        """Never give out this id: a record that came from elsewhere has it."""
        if LEAST_ID <= number < LEAST_ID + COUNT_IDS:
            self.counters.put({"id": f"id {number}", "value": 1})

    def draw(self, most: int, *about: object) -> int:
        """A number from 0 to below `most` that follows from the seed and from what it is about."""
        text = "\x1f".join(map(str, (self.seed, *about)))
        return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") % most

    # -- time

    @property
    def now(self) -> float:
        """The present moment, in seconds since 1970: the same for all of a request or a job."""
        return self.pinned if self.pinned is not None else self.clock_time()

    def clock_time(self) -> float:
        """What the clock shows."""
        clock = self.clock.find("clock") or {}
        frozen: float | None = clock.get("frozen_at")
        return frozen if frozen is not None else self.real() + float(clock.get("offset", 0.0))

    def set_clock(self, moment: float | None = None, *, frozen: bool | None = None) -> None:
        """Set the clock to a moment, or stop it or let it run; what is left out stays as it is."""
        clock = self.clock.find("clock") or {}
        moment = self.clock_time() if moment is None else moment
        frozen = clock.get("frozen_at") is not None if frozen is None else frozen
        if frozen:
            self.clock.put({"id": "clock", "frozen_at": moment, "offset": 0.0})
        else:
            self.clock.put({"id": "clock", "frozen_at": None, "offset": moment - self.real()})

    @property
    def frozen(self) -> bool:
        """Whether the clock stands still."""
        return (self.clock.find("clock") or {}).get("frozen_at") is not None

    def stamp(self, moment: float | None = None) -> str:
        """A moment, the present one if none is given, as answers spell it."""
        return iso(self.now if moment is None else moment)

    def milliseconds(self, moment: float | None = None) -> int:
        """A moment as events spell it: milliseconds since 1970."""
        return int((self.now if moment is None else moment) * 1000)

    # -- what is due

    def later(self, seconds: float, what: str, **given: Any) -> int:
        """Have a job done in a while: `what` names it in the tables of jobs, `given` are JSON values.

        Its id, for `cancel`.
        """
        return self.at(self.now + seconds, what, **given)

    def at(self, moment: float, what: str, **given: Any) -> int:
        """Have a job done at a moment; one that has passed means at once, after what runs now."""
        number = self.count("jobs")
        self.jobs.put({"id": number, "due": moment, "what": what, "given": given})
        heapq.heappush(self._due, (moment, number))
        return number

    def cancel(self, job_id: int | None) -> None:
        """Have a job not done; one that was done, or None, does no harm."""
        if job_id is not None and job_id in self.jobs:
            self.jobs.remove(job_id)

    def next_due(self) -> float | None:
        """When the next job is due."""
        while self._due and self._due[0][1] not in self.jobs:
            heapq.heappop(self._due)
        return self._due[0][0] if self._due else None

    def take_due(self) -> Record:
        """The job that is due next, taken out."""
        _, number = heapq.heappop(self._due)
        return self.jobs.remove(number)

    # -- copies

    def hold(self) -> Held:
        """All of it, to keep: cheap, for records are shared and never changed in place."""
        return {name: table.lend() for name, table in self.tables.items()}

    def restore(self, held: Held) -> None:
        """Be again what was held."""
        for name, table in self.tables.items():
            table.take_back(held[name])
        self.rewind()

    def rewind(self) -> None:
        """Order anew what is due, after tables were filled from elsewhere."""
        self._due = [(job["due"], job["id"]) for job in self.jobs]
        heapq.heapify(self._due)

    # -- what nearly everybody asks

    @property
    def company_id(self) -> int:
        """The id of the one company there is. Raises `Refusal` 404 in an empty world."""
        return int(self.company["id"])

    @property
    def company(self) -> Record:
        """The one company there is. Raises `Refusal` 404 in an empty world."""
        for company in self.companies:
            return company
        raise Refusal(404, "This world has no company.")

    @property
    def primary_office(self) -> Record:
        """The company's primary office. Raises `Refusal` 404 where there is none."""
        for office in self.offices:
            if office.get("is_primary_office"):
                return office
        raise Refusal(404, "The company has no primary office.")

    def switch(self, name: str) -> str:
        """How a behaviour that can be chosen is chosen; see `dialkit.sandbox.switches`."""
        chosen = self.switches.find(name)
        return str(chosen["value"]) if chosen else SWITCHES[name].choices[0]
