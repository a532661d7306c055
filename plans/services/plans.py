"""Plan templates and plans."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from m3console.core.audit import action
from m3console.core.billed import refuse_billed
from m3console.core.errors import RuleViolation
from m3console.core.fields import CustomValues
from m3console.core.models import Currency, Organization
from m3console.core.registry import Blocker
from m3console.core.text import days_in_words
from plans.models import AccountPlan, BillFrequency, Plan, PlanTemplate, Product
from plans.services.rows import (
    Sentences,
    blocking,
    check_known,
    code_taken,
    created,
    held,
    removed,
    updated,
)

LONGEST_INTERVAL, LONGEST_OFFSET = 365, 364
FIXED = {
    "currency": "currency",
    "bill_frequency": "bill frequency",
    "bill_frequency_interval": "frequency interval",
}
PLAN_FIELDS = frozenset({
    "name", "code", "standing_charge", "standing_charge_description", "standing_charge_bill_in_advance",
    "minimum_spend", "minimum_spend_description", "minimum_spend_bill_in_advance", "custom_fields",
})  # fmt: skip
TEMPLATE_FIELDS = PLAN_FIELDS | FIXED.keys() | {"standing_charge_interval", "standing_charge_offset"}


def create_plan_template(
    *,
    organization: Organization,
    product: Product,
    name: str,
    code: str | None = None,
    currency: str,
    bill_frequency: str = BillFrequency.MONTHLY,
    bill_frequency_interval: int = 1,
    standing_charge: Decimal | int = 0,
    standing_charge_description: str = "",
    standing_charge_interval: int = 1,
    standing_charge_offset: int = 0,
    standing_charge_bill_in_advance: bool | None = None,
    minimum_spend: Decimal | int = 0,
    minimum_spend_description: str = "",
    minimum_spend_bill_in_advance: bool | None = None,
    custom_fields: CustomValues | None = None,
) -> PlanTemplate:
    """A template for the plans of a product; its charges are in its currency, the pricing currency, and blank
    in-advance flags are the organization's.

    Raises RuleViolation. Rules: spec 2, Plan template.
    """
    with action("plan_template.created"):
        product = held(product, organization, field="product")
        _check_currency(organization, currency)
        _check_frequency(bill_frequency, bill_frequency_interval)
        _check_turns(standing_charge_interval, standing_charge_offset)
        return created(
            PlanTemplate, template_sentences(code), organization=organization, product=product, name=name,
            code=code or None, currency=currency, bill_frequency=bill_frequency,
            bill_frequency_interval=bill_frequency_interval, standing_charge=Decimal(standing_charge),
            standing_charge_description=standing_charge_description,
            standing_charge_interval=standing_charge_interval, standing_charge_offset=standing_charge_offset,
            standing_charge_bill_in_advance=standing_charge_bill_in_advance,
            minimum_spend=Decimal(minimum_spend), minimum_spend_description=minimum_spend_description,
            minimum_spend_bill_in_advance=minimum_spend_bill_in_advance, custom_fields=custom_fields or {},
        )  # fmt: skip


def update_plan_template(template: PlanTemplate, *, version: int, **fields: Any) -> PlanTemplate:
    """Change anything but the product; once a bill was made by it, currency, frequency and interval stay.

    Raises RuleViolation, or StaleVersion if somebody else saved meanwhile.
    """
    check_known(fields, TEMPLATE_FIELDS)
    if "code" in fields:
        fields["code"] = fields["code"] or None
    with action("plan_template.updated"):
        before = held(template)
        after = {name: getattr(before, name) for name in TEMPLATE_FIELDS} | fields
        _check_frequency(after["bill_frequency"], after["bill_frequency_interval"])
        _check_turns(after["standing_charge_interval"], after["standing_charge_offset"])
        _check_template_use(before, after)
        # After the configuration, which whoever changes a currency holds before its row.
        if after["currency"] != before.currency:
            _check_currency(before.organization, after["currency"])
        return updated(before, template_sentences(after["code"]), version=version, **fields)


def create_plan(
    *,
    organization: Organization,
    plan_template: PlanTemplate,
    name: str,
    code: str,
    standing_charge: Decimal | None = None,
    standing_charge_description: str = "",
    standing_charge_bill_in_advance: bool | None = None,
    minimum_spend: Decimal | None = None,
    minimum_spend_description: str = "",
    minimum_spend_bill_in_advance: bool | None = None,
    custom_fields: CustomValues | None = None,
) -> Plan:
    """A plan of a template; what is None or blank of its charges is the template's.

    Raises RuleViolation. Rules: spec 2, Plan.
    """
    with action("plan.created"):
        return created(
            Plan,
            plan_sentences(code),
            organization=organization,
            plan_template=held(plan_template, organization, field="plan_template"),
            name=name,
            code=code,
            standing_charge=standing_charge,
            standing_charge_description=standing_charge_description,
            standing_charge_bill_in_advance=standing_charge_bill_in_advance,
            minimum_spend=minimum_spend,
            minimum_spend_description=minimum_spend_description,
            minimum_spend_bill_in_advance=minimum_spend_bill_in_advance,
            custom_fields=custom_fields or {},
        )


def update_plan(plan: Plan, *, version: int, **fields: Any) -> Plan:
    """Change anything but the template. Raises RuleViolation, or StaleVersion if somebody saved meanwhile."""
    check_known(fields, PLAN_FIELDS)
    with action("plan.updated"):
        return updated(plan, plan_sentences(fields.get("code", plan.code)), version=version, **fields)


def delete_plan_template(template: PlanTemplate, *, version: int | None = None) -> None:
    """Delete a template without plans, and its pricings. Raises InUse with its plans, StaleVersion."""
    with action("plan_template.deleted"):
        removed(template, template_blockers, version=version, parts=_prices)


def template_blockers(template: PlanTemplate) -> list[Blocker]:
    """The template's plans."""
    return blocking(Plan.objects.filter(plan_template=template).order_by("id"), "plans:plan_detail")


def delete_plan(plan: Plan, *, version: int | None = None) -> None:
    """Delete a plan that is not attached, and its pricings. Raises InUse with the accounts, StaleVersion."""
    with action("plan.deleted"):
        removed(plan, plan_blockers, version=version, parts=_prices)


def _prices(owner: Plan | PlanTemplate) -> list[QuerySet[Any]]:
    """What goes with a plan or template: the pricings of its own."""
    return [owner.pricings.all(), owner.counter_pricings.all()]


def plan_blockers(plan: Plan) -> list[Blocker]:
    """The accounts that the plan is attached to, now, later or until some day."""
    return blocking(
        AccountPlan.objects.filter(plan=plan).select_related("account").order_by("id"),
        "plans:attachment_detail",
        label=lambda row: f"attached to “{row.account}” {days_in_words(row.start_date, row.end_date)}",
    )


def _negative(field: str) -> RuleViolation:
    return RuleViolation(f"The {field.replace('_', ' ')} must be 0 or more.", field=field)


def template_sentences(code: str | None) -> Sentences:
    """What the constraints of a template mean to a person."""
    return {
        "template_code_once": code_taken(PlanTemplate, code),
        "template_standing_charge_not_negative": _negative("standing_charge"),
        "template_minimum_spend_not_negative": _negative("minimum_spend"),
    }


def plan_sentences(code: str) -> Sentences:
    """What the constraints of a plan mean to a person."""
    return {
        "plan_code_once": code_taken(Plan, code),
        "plan_standing_charge_not_negative": _negative("standing_charge"),
        "plan_minimum_spend_not_negative": _negative("minimum_spend"),
    }


def _check_currency(organization: Organization, code: str) -> None:
    """The currency exists and is in use; its row is held, since templates refer to it by code."""
    rows = Currency.objects.select_for_update(no_key=True).filter(organization=organization, code=code)
    currency = rows.first()
    if currency is None or currency.archived:
        state = "archived" if currency else "not among the organization’s currencies"
        raise RuleViolation(f"Currency “{code}” is {state}.", field="currency")


def _check_frequency(frequency: str, interval: int) -> None:
    if frequency not in BillFrequency.values:
        raise RuleViolation(f"There is no bill frequency {frequency}.", field="bill_frequency")
    if not 1 <= interval <= LONGEST_INTERVAL:
        raise RuleViolation(
            f"The frequency interval is from 1 to {LONGEST_INTERVAL}.", field="bill_frequency_interval"
        )


def _check_turns(interval: int, offset: int) -> None:
    if not 1 <= interval <= LONGEST_INTERVAL:
        raise RuleViolation(
            f"The standing charge’s interval is from 1 to {LONGEST_INTERVAL}.",
            field="standing_charge_interval",
        )
    if not 0 <= offset <= LONGEST_OFFSET:
        raise RuleViolation(
            f"The standing charge’s offset is from 0 to {LONGEST_OFFSET}.", field="standing_charge_offset"
        )


def _check_template_use(before: PlanTemplate, after: dict[str, Any]) -> None:
    """Currency, frequency and interval stay once bills were made by them (spec 7)."""
    for name, label in FIXED.items():
        if getattr(before, name) != after[name]:
            what, kind = f"The {label}", "plans.plantemplate"
            refuse_billed(what, kind, before.pk, organization=before.organization_id, field=name)
