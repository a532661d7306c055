"""What an offer of the made-up organization is made of: products, meters, prices, plans."""

from collections.abc import Mapping
from dataclasses import dataclass

Bands = tuple[tuple[str, str, str], ...]
"""Lower limit, fixed price and unit price of each band."""


@dataclass(frozen=True, slots=True)
class Field:
    """A data field, and how its made-up values look: texts to choose from, or a usual size of numbers."""

    category: str
    code: str
    name: str
    unit: str = ""
    texts: tuple[str, ...] = ()
    usual: int = 0
    places: int = 0


@dataclass(frozen=True, slots=True)
class Derived:
    """A derived field."""

    category: str
    code: str
    name: str
    unit: str
    calculation: str


@dataclass(frozen=True, slots=True)
class MeterOffer:
    code: str
    name: str
    fields: tuple[Field, ...]
    shared: bool = False
    derived: tuple[Derived, ...] = ()


@dataclass(frozen=True, slots=True)
class AggregationOffer:
    code: str
    name: str
    target: str
    method: str
    unit: str
    per: int = 1
    rounding: str = "NONE"
    default: int | None = None
    segmented: tuple[str, ...] = ()
    segments: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CompoundOffer:
    """A compound aggregation."""

    code: str
    name: str
    calculation: str
    unit: str


@dataclass(frozen=True, slots=True)
class Price:
    """A price of an aggregation or compound; with `later`, other bands from the middle of the six months on.

    `minimum` is what it comes to at least in a period; with `spans_plan` bands count from the start.
    """

    aggregation: str
    cumulative: bool
    bands: Bands
    segment: Mapping[str, str] | None = None
    later: Bands = ()
    description: str = ""
    bills_as: str = "DEBIT"
    spans_plan: bool = False
    minimum: str = "0"


@dataclass(frozen=True, slots=True)
class CounterOffer:
    """A counter with what its level costs on the template and, where it differs, on plans by their code."""

    code: str
    name: str
    unit: str
    usual: int
    bands: Bands
    on_plans: tuple[tuple[str, Bands], ...] = ()


@dataclass(frozen=True, slots=True)
class PlanOffer:
    """A plan with what differs from its template: charges (None: the template's) and prices."""

    code: str
    name: str
    standing_charge: str | None = None
    prices: tuple[Price, ...] = ()
    minimum: str | None = None
    minimum_in_advance: bool | None = None


@dataclass(frozen=True, slots=True)
class TemplateOffer:
    """A further template of a product, with one plan: its standing charge, billed in another rhythm."""

    code: str
    name: str
    plan: str
    frequency: str
    interval: int
    standing_charge: str
    description: str
    every: int = 1
    offset: int = 0
    in_advance: bool | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A product with one meter, its plans, and the template that they are of. `foreign`: priced in euros.

    `further` are more templates, each with one plan at the offer's prices.
    """

    code: str
    name: str
    meter: MeterOffer
    aggregations: tuple[AggregationOffer, ...]
    prices: tuple[Price, ...]
    plans: tuple[PlanOffer, ...]
    standing_charge: str = "0"
    standing_charge_description: str = ""
    standing_charge_in_advance: bool | None = None
    interval: int = 1
    foreign: bool = False
    further: tuple[TemplateOffer, ...] = ()
    compounds: tuple[CompoundOffer, ...] = ()
    counter: CounterOffer | None = None
