"""What the price editor says while one types: the curve, the days, and what to look out for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, Inexact
from typing import Any

from billing.engine.curves import Cliff, cheaper_to, cliffs, cost
from billing.engine.money import money
from billing.engine.types import Band
from m3console.core.models import Currency
from m3console.core.templatetags.console import period_text, spelled
from m3console.core.text import day_in_words
from plans.conversions import missing_conversions
from plans.forms.bands import PriceForm
from plans.forms.pricing import PricingForm
from plans.models import CompoundAggregation, Plan, Priceable, Pricing
from plans.price_chart import Spell, price_chart
from plans.price_periods import Period, gaps, timeline
from plans.pricing_types import SHAPES, PricingType
from plans.segments import segment_key
from plans.views.pricing_rows import on_owner
from plans.wording import AnyPricing, bands_of, price_text, type_of_pricing

NAMED = 3
OTHERS = 100
DEFAULT = segment_key({})
Gap = Callable[[date, date], str]


@dataclass(frozen=True, slots=True)
class Note:
    """A warning that does not keep anybody from saving; `fix` may be a link to the field that mends it."""

    text: str
    fix: str = ""
    url: str = ""


def preview(form: PricingForm) -> dict[str, Any]:
    """Curve, timeline and warnings of what is typed, as far as it makes sense."""
    aggregation = form.chosen
    return previewed(
        form, _others(form), lambda start, end: gap_text(aggregation, start, end) if aggregation else ""
    )


def previewed(form: PriceForm, others: Sequence[AnyPricing], gap: Gap) -> dict[str, Any]:
    """The same of any price, given the other prices of the same that hold on the same plan or template.

    `gap` says what days without a price mean, empty for nothing.
    """
    spell = _spelling(form)
    bands = [Band(*band) for band in form.bands_so_far]
    return {
        "chart": _chart(form, bands, spell),
        "curve_notes": list(_cliff_notes(form, bands, spell)),
        "timeline": _timeline(form, others),
        "gap_notes": list(_gap_notes(form, others, gap)),
    }


def lasting_notes(form: PricingForm) -> list[Note]:
    """Warnings that typing bands and days does not change."""
    return [*_default_note(form), *conversion_notes(form.owner)]


def _spelling(form: PriceForm) -> Spell:
    """An amount as bills round it; one that may not be rounded is told in full."""
    currency = Currency.objects.filter(
        organization=form.template.organization_id, code=form.template.currency
    ).first()
    places, mode = (currency.max_decimal_places, currency.rounding_mode) if currency else (2, "HALF_UP")

    def spell(amount: Decimal) -> str:
        try:
            return spelled(money(amount, places, mode), places)
        except Inexact:
            return spelled(amount, places)

    return spell


def _chart(form: PriceForm, bands: list[Band], spell: Spell) -> Any:
    if not bands:
        return None
    cumulative, currency = SHAPES[form.kind].cumulative, form.template.currency
    return price_chart(bands, cumulative, whole=form.whole, unit=form.unit, currency=currency, spell=spell)


def _cliff_notes(form: PriceForm, bands: list[Band], spell: Spell) -> Iterator[Note]:
    if not bands or form.is_credit:
        return  # where a credit falls, no bill does
    found = cliffs(bands, SHAPES[form.kind].cumulative, whole=form.whole)
    for cliff in found[:NAMED]:
        yield Note(_cliff_text(cliff, bands, form.kind, spell))
    if len(found) > NAMED:
        yield Note(f"It drops in {len(found) - NAMED} more places.")


def _cliff_text(cliff: Cliff, bands: list[Band], kind: PricingType, spell: Spell) -> str:
    below, above = cliff.below, cliff.above
    units, fall = spelled(below.units), f"the bill drops from {spell(below.amount)} to {spell(above.amount)}."
    if above.units == below.units:
        return f"Just above {units} units {fall}"
    first = spelled(above.units)
    to = cheaper_to(cliff, bands, SHAPES[kind].cumulative)
    cheaper = "more" if to is None else first if to == above.units else f"{first} to {spelled(to)}"
    costs = "costs" if to == above.units else "cost"
    text = f"At {units} → {first} units {fall} {cheaper.capitalize()} {costs} less than {units}."
    if kind is not PricingType.VOLUME:
        return text
    return f"{text} With Tiered, {first} would cost {spell(cost(above.units, bands, True))}."


def _others(form: PricingForm) -> list[Pricing]:
    """The other prices of the same aggregation and segment that hold on the same plan or template."""
    key, aggregation = form.segment_so_far, form.chosen
    if aggregation is None or key is None:
        return []
    rows = on_owner(form.owner).filter(**_of(aggregation), segment_key=key)
    if isinstance(form.entity, Pricing):
        rows = rows.exclude(pk=form.entity.pk)
    return list(rows.select_related("aggregation", "compound_aggregation").order_by("-start_date")[:OTHERS])


def _of(priced: Priceable) -> dict[str, Priceable]:
    return {"compound_aggregation" if isinstance(priced, CompoundAggregation) else "aggregation": priced}


def _timeline(form: PriceForm, others: Sequence[AnyPricing]) -> Any:
    if not others or form.days_so_far is None:
        return None
    start, end = form.days_so_far
    inherited = isinstance(form.owner, Plan)
    periods = [
        Period(each.start_date, each.end_date, _label(each), row=int(inherited and each.plan_id is None))
        for each in others
    ]
    return timeline([*periods, Period(start, end, "this one", is_this=True)])


def _label(pricing: AnyPricing) -> str:
    return price_text(type_of_pricing(pricing), bands_of(pricing), "")


def _gap_notes(form: PriceForm, others: Sequence[AnyPricing], gap: Gap) -> Iterator[Note]:
    if form.days_so_far is None:
        return
    days = [(each.start_date, each.end_date) for each in others]
    found = gaps([*days, form.days_so_far])
    this_start, this_end = form.days_so_far
    for start, end in found[:NAMED]:
        fix = ("", "")
        if end == this_start:
            fix = (f"Start on {day_in_words(start)}", "#id_start_date")
        elif start == this_end:
            fix = (f"End on {day_in_words(end)}", "#id_end_date")
        if text := gap(start, end):
            yield Note(text, *fix)


def gap_text(aggregation: Priceable, start: date, end: date) -> str:
    """What days without a price mean."""
    days = (end - start).days
    of = "this day" if days == 1 else f"these {days:,} days"
    return f"No price {period_text(start, end)}: usage of {aggregation} on {of} is not billed."


def _default_note(form: PricingForm) -> Iterator[Note]:
    aggregation, key = form.chosen, form.segment_so_far
    if aggregation is None or {} not in aggregation.segments or key == DEFAULT:
        return
    if not on_owner(form.owner).filter(**_of(aggregation), segment_key=DEFAULT).exists():
        yield Note(default_text(aggregation))


def default_text(aggregation: Priceable) -> str:
    """What it means that the default segment has no price."""
    return (
        f"“Everything else” of {aggregation} has no price here: usage that no other segment takes is not"
        " billed."
    )


def conversion_notes(owner: Any) -> Iterator[Note]:
    """The rates that bills will need and that are not there, before a bill fails for it."""
    template = owner.plan_template if isinstance(owner, Plan) else owner
    for code in missing_conversions(owner):
        yield Note(
            f"There is no rate from {template.currency} to {code}: bills in {code} fail until it is added."
        )
