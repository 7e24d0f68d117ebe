"""Names that the parts of the seed share: ids of the document's examples, people's names, area codes."""

from __future__ import annotations

DOMAIN = "larkspur.example"
PORTLAND, SEATTLE = 5219384756201938, 5220495867312049
MARA, THEO, INES = 5391827364501928, 5402938475610293, 5413049586721304
CALL_CENTER, DEPARTMENT, ROOM = 5610293847561029, 5728391046572839, 5839201746583920
CALL_ROUTER = 6320187465928374

_GIVEN = """
Ada Aisha Anders Beatriz Bruno Callum Carla Chidi Dara Dmitri Elena Elif Emre Farid Fiona Gabriel
Greta Hana Hiro Imani Ivana Jonas Juno Kaito Kemi Leila Liam Lucia Malik Marta Mateo Mina Nadia Nils
Noor Olga Omar Paloma Pavel Quinn Rafael Ravi Rosa Sami Sofia Tariq Tomas Uma Vera Viktor Wanda Wen
Xenia Yara Yusuf Zofia
"""
_FAMILY = """
Abbott Adeyemi Alvarez Bakker Banerjee Brandt Castillo Chen Costa Dube Dvorak Eriksen Farouk Fischer
Fontaine Garcia Gupta Haddad Hoang Ibarra Ito Janssen Kaplan Kim Kowalski Laurent Lindgren Mbeki
Mendez Moreau Nakamura Novak Obi Olsen Park Petrov Quist Rahman Rossi Santos Sato Silva Tanaka Tembo
Ueda Varga Vasquez Weber Wu Yilmaz Zeman Zhang
"""
GIVEN, FAMILY = tuple(_GIVEN.split()), tuple(_FAMILY.split())
JOBS = (
    "Barista trainer",
    "Roaster",
    "Order desk agent",
    "Wholesale account manager",
    "Store manager",
    "Green coffee buyer",
    "Delivery planner",
    "Bookkeeper",
    "Equipment technician",
    "Support agent",
)

_REGION = ("503", "971", "458", "541", "206", "425", "253", "360", "509")


def area_codes() -> tuple[str, ...]:
    """Where the company's people have numbers: Oregon and Washington first, the rest from the end down.

    The customers' are best taken from the other end. Left out are 564, where numbers have fixed fates, and
    codes that are toll-free or for services.
    """
    left_out = {
        *_REGION,
        "564",
        *(f"{n}11" for n in range(2, 10)),
        *(f"{n}{k}{k}" for n in (8, 9) for k in range(10)),
    }
    others = (code for number in range(989, 200, -1) if (code := str(number)) not in left_out)
    return (*_REGION, *others)
