"""What calls of a coffee roaster are about: the words of each topic, and what an AI would make of them."""

from __future__ import annotations

from typing import NamedTuple


class Topic(NamedTuple):
    """One conversation: who says what (``us`` or ``them``), and its recap.

    `lines` may hold ``{us}``, the first name of who speaks for the company, and ``{count}``, a number.
    """

    lines: tuple[tuple[str, str], ...]
    moment: str
    category: str
    purpose: str
    summary: str
    action: str
    outcome: str
    label: str


TOPICS = (
    Topic(
        (
            ("us", "Larkspur Coffee, this is {us}. How can I help?"),
            ("them", "Hi, I'd like to raise our weekly order to {count} bags."),
            ("us", "Of course. The same house blend as before?"),
            ("them", "Yes please, and could you send the new wholesale prices?"),
            ("us", "I'll send them this afternoon. Anything else?"),
            ("them", "No, that's all. Thank you."),
        ),
        "purchase_intent",
        "Orders",
        "The customer wants to raise the weekly order to {count} bags.",
        "The weekly order goes up to {count} bags of house blend, and new prices were asked for.",
        "Send the new wholesale price list.",
        "Order placed",
        "wholesale",
    ),
    Topic(
        (
            ("us", "Larkspur Coffee, {us} speaking."),
            ("them", "Our delivery should have come this morning, and nothing is here."),
            ("us", "I'm sorry about that. Let me see where the van is."),
            ("them", "We have beans for {count} more hours at the most."),
            ("us", "It left the roastery late; it will be with you before two."),
            ("them", "All right, I'll wait for it."),
        ),
        "delivery_problem",
        "Delivery",
        "A delivery did not come when it should have.",
        "The morning delivery is late; it was promised before two o'clock.",
        "Check with the driver that the delivery arrived.",
        "Delivery traced",
        "follow-up",
    ),
    Topic(
        (
            ("us", "Larkspur Coffee, this is {us}."),
            ("them", "The last {count} bags taste burnt. My customers send cups back."),
            ("us", "That should not happen. Can you read me the roast date?"),
            ("them", "It says the twenty-fourth of February."),
            ("us", "I'll have them picked up and replaced at no cost."),
            ("them", "Thank you, I appreciate it."),
        ),
        "complaint",
        "Complaints",
        "The customer complains about {count} bags that taste burnt.",
        "A batch roasted on 24 February tastes burnt; {count} bags are to be replaced at no cost.",
        "Arrange the pickup of the faulty bags.",
        "Replacement agreed",
        "complaint",
    ),
    Topic(
        (
            ("us", "Good morning, Larkspur Coffee, {us} here."),
            ("them", "I have a question about the invoice of last month."),
            ("us", "Which number does it have?"),
            ("them", "It ends in {count}. I think one grinder was charged twice."),
            ("us", "You are right, I'll correct it and send a new one."),
            ("them", "Great, thanks."),
        ),
        "billing_question",
        "Billing",
        "The customer asks about an invoice with a grinder charged twice.",
        "One grinder stands twice on last month's invoice; a corrected one will be sent.",
        "Send the corrected invoice.",
        "Invoice corrected",
        "follow-up",
    ),
    Topic(
        (
            ("us", "Larkspur Coffee, {us} speaking, how can I help?"),
            ("them", "Our espresso machine loses pressure after {count} shots."),
            ("us", "Have you changed the filter this year?"),
            ("them", "I don't think so."),
            ("us", "Then let's begin with that. A technician can come on Tuesday."),
            ("them", "Tuesday is fine."),
        ),
        "technical_issue",
        "Equipment",
        "An espresso machine loses pressure.",
        "The machine loses pressure after {count} shots; a technician comes on Tuesday for the filter.",
        "Book the technician for Tuesday.",
        "Visit booked",
        "follow-up",
    ),
    Topic(
        (
            ("us", "Larkspur Coffee, this is {us}."),
            ("them", "Do you still teach the cupping class for {count} people?"),
            ("us", "We do, on the first Saturday of the month."),
            ("them", "What does it cost for a group?"),
            ("us", "I'll write you an offer today."),
            ("them", "Perfect."),
        ),
        "product_question",
        "Classes",
        "The caller asks about a cupping class for {count} people.",
        "A group of {count} is interested in the cupping class; an offer was promised for today.",
        "Write an offer for the cupping class.",
        "Offer promised",
        "wholesale",
    ),
)
VOICEMAILS = (
    "Hi, it's about our order for next week. Please call me back when you have a minute.",
    "Hello, I tried to reach you about the invoice. I'm in until five.",
    "Good morning, could somebody tell me when the delivery arrives? Thank you.",
    "Hi there, I'd like to know whether the new roast can be had in small bags.",
)
