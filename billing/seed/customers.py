"""Companies that do not exist: names, codes, addresses, currencies, and who belongs to whom."""

import random
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from faker import Faker

FAMILY = 12
"""Customers come in families of twelve: a parent, two to four children of it, and independent ones."""
FIRST = (
    "Alder", "Amber", "Arctic", "Atlas", "Aurora", "Beacon", "Birch", "Blue Fjord", "Brightwater", "Cedar",
    "Cobalt", "Coral", "Crescent", "Delta", "Drift", "Eastgate", "Ember", "Evergreen", "Falcon", "Fern",
    "Foxglove", "Glacier", "Granite", "Greyfriars", "Halcyon", "Harbour", "Hazel", "Heron", "Highland",
    "Horizon", "Indigo", "Ivory", "Juniper", "Kestrel", "Kingfisher", "Lakeside", "Lantern", "Larch",
    "Lighthouse", "Linden", "Lumen", "Maple", "Meadow", "Meridian", "Midland", "Moss", "Nimbus", "Nordvik",
    "Northwind", "Oakridge", "Opal", "Orchard", "Osprey", "Pebble", "Pine", "Polar", "Quarry", "Quill",
    "Raven", "Redwood", "Ridge", "Riverbend", "Rowan", "Saffron", "Sandbank", "Silver Birch", "Skylark",
    "Solstice", "Sparrow", "Spruce", "Starling", "Stonebridge", "Summit", "Swift", "Tamarack", "Thistle",
    "Tideway", "Timber", "Upland", "Vantage", "Verdant", "Vesper", "Walnut", "Westbrook", "Whitecap",
    "Willow", "Wren", "Yarrow", "Zenith", "Zephyr",
)  # fmt: skip
TRADES = (
    "Analytics", "Apparel", "Biotech", "Brewing", "Capital", "Catering", "Ceramics", "Chemicals", "Clinics",
    "Coffee", "Components", "Construction", "Couriers", "Dairy", "Design", "Diagnostics", "Education",
    "Electronics", "Energy", "Farms", "Fashion", "Films", "Foods", "Forestry", "Freight", "Furniture",
    "Games", "Genomics", "Glass", "Health", "Hotels", "Insurance", "Interiors", "Laboratories", "Lighting",
    "Logistics", "Machining", "Marine", "Materials", "Media", "Mobility", "Music", "Networks", "Optics",
    "Outdoor", "Packaging", "Paper", "Payments", "Pharma", "Press", "Properties", "Publishing", "Rail",
    "Research", "Retail", "Robotics", "Security", "Shipping", "Software", "Solar", "Sports", "Studios",
    "Systems", "Telecom", "Textiles", "Tools", "Travel", "Water",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Country:
    name: str
    locale: str
    currency: str | None
    forms: tuple[str, ...]
    branches: tuple[str, ...]


COUNTRIES = (
    Country("United States", "en_US", None, ("Inc.", "LLC", "Corp."), ("Austin", "Boston", "Denver", "Reno")),
    Country("United Kingdom", "en_GB", "GBP", ("Ltd", "plc"), ("Bristol", "Leeds", "Glasgow", "Cardiff")),
    Country("Germany", "de_DE", "EUR", ("GmbH", "AG"), ("Köln", "Leipzig", "München", "Kiel")),
    Country("Norway", "no_NO", "NOK", ("AS", "ASA"), ("Bergen", "Tromsø", "Bodø", "Ålesund")),
    Country("Sweden", "sv_SE", "SEK", ("AB",), ("Malmö", "Umeå", "Lund", "Örebro")),
    Country("Netherlands", "nl_NL", "EUR", ("B.V.",), ("Utrecht", "Delft", "Breda", "Leiden")),
    Country("Switzerland", "de_CH", "CHF", ("AG", "SA"), ("Zug", "Basel", "Lugano", "Chur")),
)
SHARES = (34, 18, 14, 10, 8, 9, 7)
LEFT_BY = 5
"""The last child of one in so many parents, from the first on, has left it."""
UNBILLABLE = 5
"""The number of the customer that is billed in a currency that nothing converts to."""


@dataclass(frozen=True, slots=True)
class Customer:
    """One made-up company. `parent` is the number of the customer that it belongs to, or, where it `left`,
    belonged to for a while."""

    number: int
    code: str
    name: str
    email_address: str
    country: Country
    parent: int | None
    is_parent: bool
    left: bool


@dataclass(frozen=True, slots=True)
class Address:
    street: str
    locality: str
    region: str
    post_code: str


def dice(seed: int, *what: object) -> random.Random:
    """The random numbers of one thing: always the same, whatever else is made up."""
    return random.Random(":".join(map(str, (seed, *what))))  # noqa: S311 (nothing secret)


def customer(seed: int, number: int) -> Customer:
    """The customer of a number, from 0; children are named after their parents."""
    head = number - number % FAMILY
    place = number - head
    children = dice(seed, head, "family").randint(2, 4)
    if 1 <= place <= children:
        name, country = _company(seed, head)
        branch = country.branches[place - 1]
        left = place == children and head // FAMILY % LEFT_BY == 0
        return _named(seed, number, f"{name} {branch}", country, parent=head, left=left)
    name, country = _company(seed, number)
    form = dice(seed, number, "form").choice(country.forms)
    return _named(seed, number, f"{name} {form}", country, is_parent=place == 0)


def _company(seed: int, number: int) -> tuple[str, Country]:
    roll = dice(seed, number, "company")
    country = roll.choices(COUNTRIES, SHARES)[0]
    return f"{roll.choice(FIRST)} {roll.choice(TRADES)}", country


def _named(
    seed: int,
    number: int,
    name: str,
    country: Country,
    *,
    parent: int | None = None,
    is_parent: bool = False,
    left: bool = False,
) -> Customer:
    slug = _slug(name)
    code = f"{slug}-{number}" if seed == 1 else f"{slug}-{seed}-{number}"
    return Customer(number, code, name, f"billing@{slug}.example", country, parent, is_parent, left)


def _slug(name: str) -> str:
    letters = {"ø": "o", "Ø": "O", "ß": "ss"}
    plain = unicodedata.normalize("NFKD", "".join(letters.get(c, c) for c in name))
    return re.sub(r"[^a-z]+", "-", plain.encode("ascii", "ignore").decode().lower()).strip("-")


def address(seed: int, of: Customer) -> Address:
    """Where a customer is billed to; no such house exists."""
    faker = _faker(of.country.locale)
    faker.seed_instance(f"{seed}:{of.number}:address")
    street = ", ".join(faker.street_address().split("\n"))
    region = faker.state() if of.country.name == "United States" else ""
    return Address(street, faker.city(), region, faker.postcode())


@cache
def _faker(locale: str) -> Faker:
    return Faker(locale)
