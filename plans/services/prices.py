"""What pricings of every kind share: where they stand, their days, and what is in their way."""

from datetime import date

from m3console.core.errors import RuleViolation
from m3console.core.models import Organization
from m3console.core.text import day_in_words, days_in_words
from plans.models import CounterPricing, Plan, PlanTemplate, Pricing
from plans.services.rows import gone


def check_owner(plan: Plan | None, template: PlanTemplate | None) -> None:
    if (plan is None) == (template is None):
        raise RuleViolation(
            "A pricing stands on a plan or on a template, on exactly one of them.", field="plan"
        )


def held_owner(
    organization: Organization, plan: Plan | None, template: PlanTemplate | None
) -> tuple[Plan | None, PlanTemplate | None]:
    """The plan or the template, kept as it is until the transaction ends."""
    if plan:
        plans = Plan.objects.select_related("plan_template__product")
        rows = plans.select_for_update(no_key=True, of=("self",))
        plan = rows.filter(pk=plan.pk, organization=organization).first()
        if plan is None:
            raise gone(Plan, "plan")
    if template:
        templates = PlanTemplate.objects.select_related("product")
        held = templates.select_for_update(no_key=True, of=("self",))
        template = held.filter(pk=template.pk, organization=organization).first()
        if template is None:
            raise gone(PlanTemplate, "plan_template")
    return plan, template


def check_dates(start_date: date, end_date: date | None) -> None:
    if end_date is not None and end_date <= start_date:
        raise RuleViolation("The end date must be after the start date.", field="end_date")


def clash(pricing: Pricing | CounterPricing, other: Pricing | CounterPricing, priced: str) -> RuleViolation:
    """The sentence of an overlap: which pricing is in the way, and how to make room."""
    known = f"“{pricing.owner}” already has a pricing of {priced}"
    taken = f"{known} {days_in_words(other.start_date, other.end_date)}."
    if other.start_date < pricing.start_date:
        return RuleViolation(
            f"{taken} End that one on {day_in_words(pricing.start_date)} first.", field="start_date"
        )
    if pricing.start_date < other.start_date:
        return RuleViolation(
            f"{taken} End this one on {day_in_words(other.start_date)} at the latest.", field="end_date"
        )
    return RuleViolation(f"{taken} Edit that one, or choose another start.", field="start_date")
