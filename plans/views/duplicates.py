"""Pages that duplicate a plan or a plan template."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from m3console.core.forms import posted
from m3console.core.http import Request
from m3console.core.lists.keyset import capped_count
from plans import services
from plans.forms.plans import DuplicateForm
from plans.models import Plan, PlanTemplate
from plans.views.pages import KINDS, find, save_page


def plan_duplicate(request: Request, pk: UUID) -> HttpResponse:
    plan = find(request, Plan.objects.select_related("plan_template"), pk)
    form = DuplicateForm(posted(request), initial=_twin_of(plan))
    lead = f"A plan of {plan.plan_template} with the same charges and {_own_pricings(plan)}."
    return save_page(
        request,
        form,
        lambda: services.duplicate_plan(plan, **form.cleaned_data),
        model=Plan,
        context=_words(plan, f"{lead} Accounts stay on {plan}."),
    )


def plan_template_duplicate(request: Request, pk: UUID) -> HttpResponse:
    template = find(request, PlanTemplate.objects.select_related("product"), pk)
    form = DuplicateForm(posted(request), initial=_twin_of(template), code_required=False)
    lead = f"A plan template of {template.product} with the same terms and {_own_pricings(template)}."
    return save_page(
        request,
        form,
        lambda: services.duplicate_plan_template(template, **form.cleaned_data),
        model=PlanTemplate,
        context=_words(template, f"{lead} Its plans stay with {template}."),
    )


def _twin_of(entity: Plan | PlanTemplate) -> dict[str, str]:
    return {"name": f"{entity.name} copy"[:200], "code": f"{entity.code}-copy"[:80] if entity.code else ""}


def _own_pricings(owner: Plan | PlanTemplate) -> str:
    count = capped_count(owner.pricings.all())
    return (
        "its pricing"
        if count == "1"
        else f"its {count} pricings"
        if count != "0"
        else "no pricing of its own"
    )


def _words(entity: Plan | PlanTemplate, lead: str) -> dict[str, Any]:
    kind = KINDS[type(entity)]
    url = kind.url("detail", pk=entity.pk)
    return {
        "title": f"Duplicate {entity}",
        "lead": lead,
        "submit": f"Duplicate {kind.noun}",
        "cancel_url": url,
        "crumbs": [{"label": kind.plural, "url": kind.url("list")}, {"label": str(entity), "url": url}],
    }
