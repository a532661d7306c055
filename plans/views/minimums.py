"""Minimum spends as facts of a page: how much, and whether in advance, each with where it comes from."""

from typing import Any

from m3console.core.templatetags.console import amount, money
from plans.in_advance import minimum_spend_in_advance
from plans.models import Plan, PlanTemplate, Pricing

Row = tuple[str, Any, str]
"""Label, value, hint."""


def minimum_rows(holder: Pricing | Plan | PlanTemplate) -> list[Row]:
    """The minimum spend of a template, a plan or a pricing; how it is billed only where there is one."""
    template = _template_of(holder)
    spend, source = holder.minimum_spend, ""
    described = holder.minimum_spend_description
    if isinstance(holder, Plan):
        has = amount(template.minimum_spend, template.currency)
        source = f"inherited from template {template}" if spend is None else f"template has {has}"
        spend, described = holder.minimum, described or template.minimum_spend_description
    if not spend:
        return [("Minimum spend", "None", source if template.minimum_spend else "")]
    return [
        ("Minimum spend", money(spend, template.currency), source),
        ("Minimum description", described, ""),
        ("Minimum billed", *_billed(holder)),
    ]


def _template_of(holder: Pricing | Plan | PlanTemplate) -> PlanTemplate:
    owner = holder.owner if isinstance(holder, Pricing) else holder
    return owner.plan_template if isinstance(owner, Plan) else owner


def _billed(holder: Pricing | Plan | PlanTemplate) -> tuple[str, str]:
    """When the minimum is billed, and who says so unless the row itself does."""
    template = _template_of(holder)
    owner = holder.owner if isinstance(holder, Pricing) else holder
    plan = owner if isinstance(owner, Plan) else None
    pricing = holder if isinstance(holder, Pricing) else None
    found = minimum_spend_in_advance(holder.organization, template, plan, pricing)
    own = "pricing" if pricing else "plan" if plan else "template"
    return found.in_words, "" if found.source == own else found.origin
