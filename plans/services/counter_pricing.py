"""Counter pricings: what a counter's level costs on a plan, or on all plans of a template."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import date
from decimal import Decimal
from typing import Any

from m3console.core.audit import action
from m3console.core.errors import RuleViolation
from m3console.core.models import Organization
from plans.models import Counter, CounterPricing, Plan, PlanTemplate, Product
from plans.services.bands import Band, columns, refuse_negative
from plans.services.prices import check_dates, check_owner, clash, held_owner
from plans.services.rows import check_known, created, gone, removed, updated

FLAGS = (
    "running_total_bill_in_advance", "pro_rate_running_total",
    "pro_rate_adjustment_debit", "pro_rate_adjustment_credit",
)  # fmt: skip
CHANGEABLE = frozenset({"start_date", "end_date", "cumulative", "bands", "description", *FLAGS})


def create_counter_pricing(
    *,
    organization: Organization,
    plan: Plan | None = None,
    plan_template: PlanTemplate | None = None,
    counter: Counter,
    start_date: date,
    end_date: date | None = None,
    cumulative: bool,
    bands: Sequence[Band],
    description: str = "",
    running_total_bill_in_advance: bool = True,
    pro_rate_running_total: bool = True,
    pro_rate_adjustment_debit: bool = True,
    pro_rate_adjustment_credit: bool = True,
) -> CounterPricing:
    """What a counter's level costs a whole period on a plan or a template, for [start_date, end_date).

    Raises RuleViolation; an overlap names the pricing in the way and what to do. Rules: spec 2, Counter.
    """
    check_owner(plan, plan_template)
    check_dates(start_date, end_date)
    with action("counter_pricing.created"):
        plan, plan_template = held_owner(organization, plan, plan_template)
        counter = _held_counter(organization, counter)
        template = plan.plan_template if plan else plan_template
        _check_product(counter, template.product if template else None)
        fields = {
            "organization": organization, "plan": plan, "plan_template": plan_template, "counter": counter,
            "start_date": start_date, "end_date": end_date, "cumulative": cumulative,
            "description": description, **_columns(bands),
            "running_total_bill_in_advance": running_total_bill_in_advance,
            "pro_rate_running_total": pro_rate_running_total,
            "pro_rate_adjustment_debit": pro_rate_adjustment_debit,
            "pro_rate_adjustment_credit": pro_rate_adjustment_credit,
        }  # fmt: skip
        with _naming_the_clash(CounterPricing(**fields)):
            return created(CounterPricing, _OVERLAP, **fields)


def update_counter_pricing(pricing: CounterPricing, *, version: int, **fields: Any) -> CounterPricing:
    """Change dates, bands, `cumulative`, description or flags; plan and counter stay.

    Raises RuleViolation, or StaleVersion if somebody else saved meanwhile.
    """
    check_known(fields, CHANGEABLE)
    if "bands" in fields:
        fields |= _columns(fields.pop("bands"))
    check_dates(fields.get("start_date", pricing.start_date), fields.get("end_date", pricing.end_date))
    draft = copy(pricing)
    for name, value in fields.items():
        setattr(draft, name, value)
    with action("counter_pricing.updated"), _naming_the_clash(draft):
        return updated(pricing, _OVERLAP, version=version, **fields)


def delete_counter_pricing(pricing: CounterPricing, *, version: int | None = None) -> None:
    """Delete a counter pricing that no bill was made with. Raises InUse with the bills, StaleVersion."""
    with action("counter_pricing.deleted"):
        removed(pricing, lambda row: [], version=version)


class _Overlaps(RuleViolation):
    """What the exclusion constraint says, before the pricing in the way is looked up."""


_OVERLAP = {
    "counter_pricing_once_at_a_time": _Overlaps("Another pricing of the same counter overlaps this one.")
}


@contextmanager
def _naming_the_clash(pricing: CounterPricing) -> Iterator[None]:
    """Answer the violation of the exclusion constraint with the pricing in the way and the fix."""
    try:
        yield
    except _Overlaps as overlap:
        other = CounterPricing.objects.overlapping(pricing).order_by("start_date").first()
        raise clash(pricing, other, str(pricing.counter)) if other else overlap from None


def _columns(bands: Sequence[Band]) -> dict[str, list[Decimal]]:
    """The bands as columns. Raises RuleViolation for what is not a list of bands, or a negative price."""
    found = columns(bands)
    refuse_negative(found["fixed_prices"], found["unit_prices"])
    return found


def _held_counter(organization: Organization, counter: Counter) -> Counter:
    rows = Counter.objects.select_related("product").select_for_update(no_key=True, of=("self",))
    row = rows.filter(pk=counter.pk, organization=organization).first()
    if row is None:
        raise gone(Counter, "counter")
    return row


def _check_product(counter: Counter, product: Product | None) -> None:
    if product and counter.product_id and counter.product_id != product.pk:
        raise RuleViolation(
            f"Counter “{counter}” belongs to {counter.product}, so it cannot price a plan of {product}.",
            field="counter",
        )
