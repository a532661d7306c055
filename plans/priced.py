"""Which plans and templates have a price (spec 2, Pricing): of anything, or a charge or minimum."""

from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When

from plans.models import CounterPricing, Plan, PlanTemplate, Pricing


def with_priced(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Plans or templates with `priced`; a plan is also priced by its template."""
    if rows.model is PlanTemplate:
        own = _priced(plan_template=OuterRef("pk"))
        return _annotated(rows, own | Q(standing_charge__gt=0) | Q(minimum_spend__gt=0))
    assert rows.model is Plan
    own = _priced(plan=OuterRef("pk"))
    inherited = _priced(plan_template=OuterRef("plan_template"))
    charged = _own_or_inherited("standing_charge") | _own_or_inherited("minimum_spend")
    return _annotated(rows, own | inherited | charged)


def is_priced(plan: Plan) -> bool:
    """Whether the plan or its template has a price of anything."""
    return with_priced(Plan.objects.filter(pk=plan.pk)).filter(priced=True).exists()


def _priced(**owner: OuterRef) -> Q:
    return Q(Exists(Pricing.objects.filter(**owner))) | Q(Exists(CounterPricing.objects.filter(**owner)))


def _own_or_inherited(name: str) -> Q:
    """Whether a plan's amount, or its template's in place of none, is more than 0."""
    return Q(**{f"{name}__gt": 0}) | Q(**{name: None, f"plan_template__{name}__gt": 0})


def _annotated(rows: QuerySet[Any], priced: Q) -> QuerySet[Any]:
    # A case, since without a minimum the condition may be null, which is no no.
    known = Case(When(priced, then=Value(True)), default=Value(False), output_field=BooleanField())
    annotated: QuerySet[Any] = rows.annotate(priced=known)
    return annotated
