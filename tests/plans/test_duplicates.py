"""A duplicate has the same prices under another name; accounts stay where they are (spec 2, Pricing)."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.test import Client

from m3console.core.links import reverse
from plans import services
from plans.models import AccountPlan, Aggregation, Plan, PlanTemplate, Pricing
from plans.priced import with_priced
from tests.plans.catalogue import a_plan, a_pricing, a_template, bands, refused

PRICE = ("aggregation_id", "segment", "start_date", "end_date", "cumulative", "lower_limits", "unit_prices")


def prices(owner: Plan | PlanTemplate) -> list[Any]:
    return sorted(map(str, owner.pricings.values_list(*PRICE)))


def test_a_plan_is_duplicated_with_its_own_prices_past_and_coming(
    segmented: Aggregation, plan: Plan, attach: Any
) -> None:
    services.update_plan(plan, version=1, standing_charge=Decimal(7), standing_charge_description="Fee")
    a_pricing(segmented, plan, segment={"region": "eu"}, end_date=date(2024, 6, 1))
    a_pricing(segmented, plan, segment={}, start_date=date(2030, 1, 1), bands=bands(("0", "0", "9")))
    a_pricing(segmented, plan_template=plan.plan_template, segment={"region": "*"})
    attach(plan)
    twin = services.duplicate_plan(plan, name="Twin", code="twin")
    assert (twin.plan_template, twin.standing_charge, twin.standing_charge_description, twin.version) == (
        plan.plan_template, 7, "Fee", 1,
    )  # fmt: skip
    assert prices(twin) == prices(plan)
    assert len(prices(twin)) == 2
    assert AccountPlan.objects.get().plan == plan
    services.delete_pricing(Pricing.objects.filter(plan=twin).first())
    assert len(prices(plan)) == 2


def test_a_template_is_duplicated_with_terms_and_prices_and_without_plans(
    aggregation: Aggregation, plan: Plan
) -> None:
    template = services.update_plan_template(plan.plan_template, version=1, bill_frequency_interval=3)
    a_pricing(aggregation, plan_template=template)
    twin = services.duplicate_plan_template(template, name="Twin", code="")
    assert (twin.code, twin.bill_frequency_interval, twin.product) == (None, 3, template.product)
    assert prices(twin) == prices(template)
    assert not twin.plans.exists()


def test_a_duplicate_needs_a_code_of_its_own(plan: Plan) -> None:
    with refused("code", "Another plan has the code “standard”"):
        services.duplicate_plan(plan, name="Twin", code="standard")
    assert Plan.objects.count() == 1


def test_the_page_asks_for_name_and_code_and_leads_to_the_duplicate(
    manager: Client, aggregation: Aggregation, plan: Plan
) -> None:
    a_pricing(aggregation, plan)
    url = reverse("plans:plan_duplicate", pk=plan.pk)
    shown = manager.get(url).content.decode()
    assert 'value="Standard copy"' in shown
    assert 'value="standard-copy"' in shown
    assert "its pricing. Accounts stay on Standard." in shown
    answer = manager.post(url, {"name": "Twin", "code": "standard"})
    assert answer.status_code == 422
    assert "Another plan has the code" in answer.content.decode()
    answer = manager.post(url, {"name": "Twin", "code": "twin"}, follow=True)
    assert "Plan “Twin” created." in answer.content.decode()
    template = reverse("plans:plan_template_duplicate", pk=plan.plan_template_id)
    manager.post(template, {"name": "Other", "code": ""})
    assert set(PlanTemplate.objects.values_list("name", flat=True)) == {"monthly", "Other"}


def test_who_may_only_look_is_offered_no_duplicate(sign_in: Any, plan: Plan) -> None:
    client = sign_in("viewer")
    assert "Duplicate" not in client.get(reverse("plans:plan_detail", pk=plan.pk)).content.decode()
    assert client.get(reverse("plans:plan_duplicate", pk=plan.pk)).status_code == 403


def test_a_plan_is_priced_by_its_own_or_its_templates_prices(
    manager: Client, aggregation: Aggregation, plan: Plan
) -> None:
    def badge(of: Plan) -> str:
        text = manager.get(reverse("plans:plan_detail", pk=of.pk)).content.decode()
        return "unpriced" if '<span class="tag">unpriced</span>' in text else "priced"

    other = a_plan(a_template(plan.plan_template.product, "charged", standing_charge=Decimal(5)), "charged")
    free = a_plan(other.plan_template, "free", standing_charge=Decimal(0))
    assert [badge(plan), badge(other), badge(free)] == ["unpriced", "priced", "unpriced"]
    a_pricing(aggregation, plan_template=plan.plan_template)
    assert badge(plan) == "priced"
    listed = {row.code: row.priced for row in with_priced(Plan.objects.all())}
    assert listed == {"standard": True, "charged": True, "free": False}
    templates = {row.code: row.priced for row in with_priced(PlanTemplate.objects.all())}
    assert templates == {"monthly": True, "charged": True}
