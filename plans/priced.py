"""Which plans and templates have a price (spec 2, Pricing): a pricing, a standing charge, a minimum spend."""

from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from plans.models import Plan, PlanTemplate, Pricing


def with_priced(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Plans or templates with `priced`; a plan is also priced by its template."""
    if rows.model is PlanTemplate:
        own = Exists(Pricing.objects.filter(plan_template=OuterRef("pk")))
        return _annotated(rows, Q(own) | Q(standing_charge__gt=0) | Q(minimum_spend__gt=0))
    assert rows.model is Plan
    own = Exists(Pricing.objects.filter(plan=OuterRef("pk")))
    inherited = Exists(Pricing.objects.filter(plan_template=OuterRef("plan_template")))
    charged = _own_or_inherited("standing_charge") | _own_or_inherited("minimum_spend")
    return _annotated(rows, Q(own) | Q(inherited) | charged)


def _own_or_inherited(name: str) -> Q:
    """Whether a plan's amount, or its template's in place of none, is more than 0."""
    return Q(**{f"{name}__gt": 0}) | Q(**{name: None, f"plan_template__{name}__gt": 0})


def _annotated(rows: QuerySet[Any], priced: Q) -> QuerySet[Any]:
    annotated: QuerySet[Any] = rows.annotate(priced=ExpressionWrapper(priced, BooleanField()))
    return annotated
