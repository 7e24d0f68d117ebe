"""All old words, in one place. Read by the parser, by help, by completion and by dry runs.

Names lead to an operation or to a command of ours. Parameters become fields of their operation: by another
name, as several fields (``{}`` is the value given), or by a function of `dialkit.cli.words.changes`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    To = tuple[str, ...]


class Name:
    """An old name of a command: `group` and `name`, so ``message templates.list`` and ``templates.list``.

    `to` are the arguments that stand in its place: an operation's id or the words of a command, and flags
    that go with it. `given` holds other arguments for where a flag is in the line. `about` is one line for
    help.
    """

    __slots__ = ("about", "given", "group", "name", "to")

    def __init__(self, group: str, name: str, to: To, about: str, given: dict[str, To] | None = None) -> None:
        self.group, self.name, self.to, self.about = group, name, to, about
        self.given = given or {}


class By:
    """A parameter, or the default of a field, that the function `name` computes; `about` says what of.

    `many` where the parameter may be repeated, `switch` where it takes no value.
    """

    __slots__ = ("about", "many", "name", "switch")

    def __init__(self, name: str, about: str, *, many: bool = False, switch: bool = False) -> None:
        self.name, self.about, self.many, self.switch = name, about, many, switch


NAMES: tuple[Name, ...] = (
    Name("message", "templates.list", ("template", "list"), "texts kept on this machine"),
    Name("message", "templates.create", ("template", "create"), "keep a text to use again"),
    Name("message", "templates.get", ("template", "show"), "one text that is kept"),
    Name("message", "templates.update", ("template", "update"), "change a text that is kept"),
    Name("message", "templates.delete", ("template", "delete"), "forget a text that is kept"),
    Name("call", "recording.start", ("call", "recording", "start"), "record the call under way"),
    Name("call", "recording.stop", ("call", "recording", "stop"), "record it no longer"),
    Name(
        "departments",
        "departments.list",
        ("departments.listall",),
        "all departments, or with --office-id those of an office",
        {"--office-id": ("departments.list",)},
    ),
    Name(
        "callcenters",
        "callcenters.list",
        ("callcenters.listall",),
        "all call centers, or with --office-id those of an office",
        {"--office-id": ("callcenters.list",)},
    ),
    Name("companies", "companies.list", ("companies", "list"), "your company, and those of contacts"),
    Name("companies", "companies.create", ("companies", "create"), "keep a company's name on this machine"),
    Name("contacts", "imports.create", ("contact", "import"), "contacts from a CSV file"),
    Name(
        "subscriptions",
        "webhook_voicemail_event_subscription.create",
        (
            "webhook_call_event_subscription.create",
            "--call-states=voicemail",
            "--call-states=voicemail_uploaded",
        ),
        "have voicemails told to an endpoint",
    ),
)

# Of operations whose path begins so, the id by the name of the thing.
IDS: dict[str, str] = {
    "/api/v2/call/{id}": "call_id",
    "/api/v2/callcenters/{id}": "callcenter_id",
}

SENDER = {
    "from": By("kept", "the number that sends; it becomes --from-number"),
    "profile": By("kept", "the number of this profile becomes --from-number"),
    "allow_profile_mismatch": By("kept", "let --from differ from the profile's number", switch=True),
}

COLOR = By("color", "#RRGGBB; Dialpad keeps none, so it is kept on this machine")
SEND_TIME = By("send_time", "ISO 8601; without a zone, that of --timezone; it becomes --start-date")
EVENT_TYPES = By("direction", "sms_received, sms_sent or both; it becomes --direction", many=True)

# Operation -> old parameter -> the field it is, the fields it becomes, or a function.
PARAMETERS: dict[str, dict[str, str | dict[str, str] | By]] = {
    "bulk_messages.send": {"recipients": "to_numbers", **SENDER},
    "schedules.create": {"recipients": "to_numbers", "send_time": SEND_TIME, **SENDER},
    "schedules.update": {"send_time": SEND_TIME},
    "call.transfer_call": {"target_user_id": {"to.target_id": "{}", "to.target_type": "user"}},
    "call.initiate_ivr_call": {
        "ivr_id": By("ivr_owner", "callcenter:ID, department:ID, office:ID, or an alias of one: who owns it"),
    },
    "users.update": {"status": By("kept", "sets the status message, by users.update_status")},
    "dispositions.create": {"color": COLOR},
    "dispositions.update": {"color": COLOR},
    "webhook_sms_event_subscription.create": {"event_types": EVENT_TYPES},
    "webhook_sms_event_subscription.update": {"event_types": EVENT_TYPES},
}

# Operation -> field that need not be given -> what it is then.
DEFAULTS: dict[str, dict[str, By]] = {
    "bulk_messages.send": {
        "from_number": By("sender", "the number of --from, of --profile, or of the environment"),
    },
    "schedules.create": {
        "from_number": By("sender_if_any", "the number of --from, of --profile, or of the environment"),
    },
    "stats.create": {"export_type": By("export_type", "records for csat and dispositions, else stats")},
    "dispositions.create": {"office_id": By("primary_office", "the primary office")},
}

# Operation -> two numbers of which Dialpad takes the smaller first: days before today, the nearer day first.
# The reference writes them the other way round.
ORDERED: dict[str, tuple[str, str]] = {"stats.create": ("days_ago_start", "days_ago_end")}

# Operation -> fields that its answer has from this machine, and what they are.
SHOWN: dict[str, dict[str, str]] = {
    operation: {"color": "The colour kept on this machine, #RRGGBB; Dialpad keeps none."}
    for operation in ("dispositions.create", "dispositions.get", "dispositions.list", "dispositions.update")
}

# Operations that take more than their request, and the function of `dialkit.cli.words.steps` for each.
STEPS: dict[str, str] = {
    "dispositions.create": "colored",
    "dispositions.delete": "uncolored",
    "dispositions.get": "with_colors",
    "dispositions.list": "with_colors",
    "dispositions.update": "colored",
    "users.update": "with_status",
}
