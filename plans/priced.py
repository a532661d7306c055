"""Which plans and templates have a price (spec 2, Pricing): a pricing or a standing charge."""

from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from plans.models import Plan, PlanTemplate, Pricing


def with_priced(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Plans or templates with `priced`; a plan is also priced by its template."""
    if rows.model is PlanTemplate:
        own = Exists(Pricing.objects.filter(plan_template=OuterRef("pk")))
        return _annotated(rows, Q(own) | Q(standing_charge__gt=0))
    assert rows.model is Plan
    own = Exists(Pricing.objects.filter(plan=OuterRef("pk")))
    inherited = Exists(Pricing.objects.filter(plan_template=OuterRef("plan_template")))
    charged = Q(standing_charge__gt=0) | Q(standing_charge=None, plan_template__standing_charge__gt=0)
    return _annotated(rows, Q(own) | Q(inherited) | charged)


def _annotated(rows: QuerySet[Any], priced: Q) -> QuerySet[Any]:
    annotated: QuerySet[Any] = rows.annotate(priced=ExpressionWrapper(priced, BooleanField()))
    return annotated
