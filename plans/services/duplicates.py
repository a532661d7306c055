"""Duplicates of plans and plan templates: the same prices under another name (spec 2, Pricing)."""

from typing import Any, TypeVar

from m3console.core import entities
from m3console.core.audit import action
from m3console.core.entities import Entity
from plans.models import CounterPricing, Plan, PlanTemplate, Pricing
from plans.services.plans import plan_sentences, template_sentences
from plans.services.rows import created, held

E = TypeVar("E", Plan, PlanTemplate)
OF_THE_ROW = {field.name for field in Entity._meta.fields} - {"organization"}


def duplicate_plan(plan: Plan, *, name: str, code: str) -> Plan:
    """Another plan of the same template, with the plan's own charges, custom fields and pricings.

    Accounts stay where they are. Raises RuleViolation, as create_plan does.
    """
    with action("plan.duplicated"):
        source = held(plan)
        fields = {**_copied(source), "name": name, "code": code}
        twin = created(Plan, plan_sentences(code), **fields)
        _copy_pricings(source, plan=twin)
        return twin


def duplicate_plan_template(template: PlanTemplate, *, name: str, code: str | None = None) -> PlanTemplate:
    """Another template of the same product with the same terms, custom fields and pricings; without plans.

    Raises RuleViolation, as create_plan_template does.
    """
    with action("plan_template.duplicated"):
        source = held(template)
        fields = {**_copied(source), "name": name, "code": code or None}
        twin = created(PlanTemplate, template_sentences(code), **fields)
        _copy_pricings(source, plan_template=twin)
        return twin


def _copied(row: Any) -> dict[str, Any]:
    """What a row says, without what only tells this row from others."""
    names = {field.name for field in row._meta.concrete_fields if not field.generated} - OF_THE_ROW
    return {name: getattr(row, name) for name in names}


def _copy_pricings(source: Plan | PlanTemplate, **owner: Plan | PlanTemplate) -> None:
    """In the order of their creation; held, so that what they price stays until the copies price it too."""
    for model, pricings in ((Pricing, source.pricings), (CounterPricing, source.counter_pricings)):
        for pricing in pricings.select_for_update(no_key=True).order_by("id"):
            entities.create(model, **{**_copied(pricing), **owner})
