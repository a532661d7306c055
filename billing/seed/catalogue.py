"""Makes what is on offer: products to prices, and the rates between currencies."""

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from billing.seed.calendar import Span
from billing.seed.custom_fields import OwnValues, define_custom_fields
from billing.seed.offers import OFFERS
from billing.seed.shapes import Bands, Offer, Price, TemplateOffer
from m3console.core.models import Currency, CurrencyConversion, Organization
from plans.models import Aggregation, CompoundAggregation, Counter, Meter, Plan, PlanTemplate, Product
from plans.services import (
    create_aggregation,
    create_compound_aggregation,
    create_counter,
    create_counter_pricing,
    create_meter,
    create_plan,
    create_plan_template,
    create_pricing,
    create_product,
)

PRICED_SINCE = date(2020, 1, 1)
FOREIGN = "EUR"
# What one of each is worth in dollars. Nothing converts to AUD, so that a bill in it fails and says why.
IN_DOLLARS = {
    "USD": Decimal(1), "EUR": Decimal("1.08"), "GBP": Decimal("1.27"), "CHF": Decimal("1.12"),
    "SEK": Decimal("0.095"), "NOK": Decimal("0.092"), "DKK": Decimal("0.145"), "JPY": Decimal("0.0067"),
    "CAD": Decimal("0.73"),
}  # fmt: skip
WITHOUT_RATE = "AUD"


def missing_plans(organization: Organization) -> list[str]:
    """The codes of plans on offer that the organization has not."""
    codes = [plan.code for offer in OFFERS for plan in offer.plans]
    codes += [each.code for offer in OFFERS for each in offer.further]
    known = set(Plan.objects.filter(organization=organization, code__in=codes).values_list("code", flat=True))
    return [code for code in codes if code not in known]


def make_catalogue(organization: Organization, span: Span) -> None:
    """Everything on offer. Raises RuleViolation if a code is taken. The caller has opened an action."""
    _convert(organization)
    define_custom_fields(organization)
    for offer in OFFERS:
        _Maker(organization, span, offer).make()


def billing_currencies(organization: Organization) -> set[str]:
    """The currencies that something can be billed in."""
    codes = Currency.objects.filter(organization=organization, archived=False).values_list("code", flat=True)
    return set(codes)


def _convert(organization: Organization) -> None:
    """Rates from the two pricing currencies to all others, where the organization has none of its own."""
    known = billing_currencies(organization)
    priced_in = {organization.currency, _foreign(organization, known)}
    worth = {organization.currency: Decimal(1)} | IN_DOLLARS
    CurrencyConversion.objects.bulk_create(
        [
            CurrencyConversion(
                organization=organization,
                from_currency=source,
                to_currency=target,
                multiplier=(worth[source] / worth[target]).quantize(Decimal("0.000001")).normalize(),
            )
            for source in sorted(priced_in)
            for target in sorted(known & worth.keys())
            if source != target
        ],
        ignore_conflicts=True,
    )


def _foreign(organization: Organization, known: set[str]) -> str:
    return FOREIGN if FOREIGN in known else organization.currency


class _Maker:
    """One offer on its way into the catalogue."""

    def __init__(self, organization: Organization, span: Span, offer: Offer) -> None:
        self._organization, self._span, self._offer = organization, span, offer
        self._aggregations: dict[str, Aggregation] = {}
        self._compounds: dict[str, CompoundAggregation] = {}
        self._own_values = OwnValues(organization)

    def make(self) -> None:
        offer = self._offer
        product = create_product(organization=self._organization, name=offer.name, code=offer.code)
        meter = self._meter(product)
        for each in offer.aggregations:
            self._aggregations[each.code] = create_aggregation(
                organization=self._organization, name=each.name, code=each.code, meter=meter,
                target_field=each.target, method=each.method, quantity_per_unit=each.per,
                rounding=each.rounding, unit=each.unit,
                default_value=None if each.default is None else Decimal(each.default),
                segmented_fields=each.segmented, segments=each.segments, product=product,
            )  # fmt: skip
        for compound in offer.compounds:
            self._compounds[compound.code] = create_compound_aggregation(
                organization=self._organization, product=product, **asdict(compound)
            )
        template = self._template(product)
        self._price(offer.prices, plan_template=template)
        counter = self._counter(product, template)
        for each_plan in offer.plans:
            own, least = each_plan.standing_charge, each_plan.minimum
            plan = create_plan(
                organization=self._organization, plan_template=template, name=each_plan.name,
                code=each_plan.code, standing_charge=None if own is None else Decimal(own),
                minimum_spend=None if least is None else Decimal(least),
                minimum_spend_bill_in_advance=each_plan.minimum_in_advance,
                custom_fields={} if own is None else self._own_values.of_plan(),
            )  # fmt: skip
            self._price(each_plan.prices, plan=plan)
            for code, bands in offer.counter.on_plans if offer.counter else ():
                if counter and code == plan.code:
                    self._count(counter, bands, plan=plan)
        for further in offer.further:
            self._further(product, further)

    def _counter(self, product: Product, template: PlanTemplate) -> Counter | None:
        offer = self._offer.counter
        if offer is None:
            return None
        counter = create_counter(
            organization=self._organization,
            name=offer.name,
            code=offer.code,
            unit=offer.unit,
            product=product,
        )
        self._count(counter, offer.bands, plan_template=template)
        return counter

    def _count(self, counter: Counter, bands: Bands, **owner: Any) -> None:
        create_counter_pricing(
            organization=self._organization,
            counter=counter,
            start_date=PRICED_SINCE,
            cumulative=True,
            bands=_decimals(bands),
            **owner,
        )

    def _meter(self, product: Product) -> Meter:
        offer = self._offer.meter
        return create_meter(
            organization=self._organization,
            name=offer.name,
            code=offer.code,
            product=None if offer.shared else product,
            data_fields=[
                {"category": field.category, "code": field.code, "name": field.name, "unit": field.unit}
                for field in offer.fields
            ],
            derived_fields=[asdict(field) for field in offer.derived],
        )

    def _template(self, product: Product) -> PlanTemplate:
        offer, currency = self._offer, self._organization.currency
        if offer.foreign:
            currency = _foreign(self._organization, billing_currencies(self._organization))
        return create_plan_template(
            organization=self._organization,
            product=product,
            name=f"{offer.name}, {'quarterly' if offer.interval == 3 else 'monthly'}",
            code=f"{offer.code}-template",
            currency=currency,
            bill_frequency_interval=offer.interval,
            standing_charge=Decimal(offer.standing_charge),
            standing_charge_description=offer.standing_charge_description,
            standing_charge_bill_in_advance=offer.standing_charge_in_advance,
        )

    def _further(self, product: Product, offer: TemplateOffer) -> None:
        template = create_plan_template(
            organization=self._organization,
            product=product,
            name=offer.name,
            code=f"{offer.code}-template",
            currency=self._organization.currency,
            bill_frequency=offer.frequency,
            bill_frequency_interval=offer.interval,
            standing_charge=Decimal(offer.standing_charge),
            standing_charge_description=offer.description,
            standing_charge_interval=offer.every,
            standing_charge_offset=offer.offset,
            standing_charge_bill_in_advance=offer.in_advance,
        )
        create_plan(organization=self._organization, plan_template=template, name=offer.plan, code=offer.code)
        self._price(self._offer.prices, plan_template=template)

    def _price(self, prices: tuple[Price, ...], **owner: Any) -> None:
        for price in prices:
            change = self._span.price_change if price.later else None
            self._one_price(price, price.bands, PRICED_SINCE, change, **owner)
            if change:
                self._one_price(price, price.later, change, None, **owner)

    def _one_price(self, price: Price, bands: Bands, start: date, end: date | None, **owner: Any) -> None:
        create_pricing(
            organization=self._organization,
            aggregation=self._aggregations.get(price.aggregation),
            compound_aggregation=self._compounds.get(price.aggregation),
            start_date=start,
            end_date=end,
            segment=price.segment,
            cumulative=price.cumulative,
            bands=_decimals(bands),
            description=price.description,
            type=price.bills_as,
            tiers_span_plan=price.spans_plan,
            minimum_spend=Decimal(price.minimum),
            **owner,
        )


def _decimals(bands: Bands) -> list[tuple[Decimal, Decimal, Decimal]]:
    return [(Decimal(lower), Decimal(fixed), Decimal(unit)) for lower, fixed, unit in bands]
