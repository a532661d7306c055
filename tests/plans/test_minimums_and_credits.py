"""Minimum spends, credits, tiers that span a plan and overage prices: kept, refused, shown (spec 2)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from m3console.core.links import reverse
from m3console.core.models import Organization
from plans import services
from plans.in_advance import minimum_spend_in_advance
from plans.models import Aggregation, BillsAs, Plan, Pricing
from plans.priced import with_priced
from tests.plans.catalogue import a_meter, a_plan, a_pricing, a_template, an_aggregation, bands, refused, rows

FIXED = bands(("0", "5", "1"))
ONE_BAND = rows({"lower_limit": "0", "fixed_price": "", "unit_price": "1"})


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def largest(organization: Organization) -> Aggregation:
    return an_aggregation(a_meter(organization, "cpu"), "gb_max", method="MAX")


def test_a_plan_without_a_minimum_of_its_own_has_its_templates(plan: Plan) -> None:
    services.update_plan_template(plan.plan_template, version=1, minimum_spend=Decimal(100))
    plan.refresh_from_db()
    assert plan.minimum == 100
    assert services.update_plan(plan, version=1, minimum_spend=Decimal(0)).minimum == 0


@pytest.mark.parametrize("amount", ["-1", "NaN"])
def test_a_minimum_is_zero_or_more(plan: Plan, aggregation: Aggregation, amount: str) -> None:
    wrong = {"minimum_spend": Decimal(amount)}
    for act in (
        lambda: a_template(plan.plan_template.product, None, **wrong),
        lambda: a_plan(plan.plan_template, "other", **wrong),
        lambda: a_pricing(aggregation, plan, **wrong),
    ):
        with refused("minimum_spend", "0 or more|number"):
            act()


def test_whether_a_minimum_is_billed_in_advance_is_inherited_from_above(
    organization: Organization, plan: Plan, aggregation: Aggregation
) -> None:
    flag = "minimum_spend_bill_in_advance"
    template, pricing = plan.plan_template, a_pricing(aggregation, plan)

    def found() -> tuple[bool, str]:
        said = minimum_spend_in_advance(organization, template, plan, pricing)
        return said.value, said.source

    assert found() == (False, "organization")
    for holder, source, value in (
        (organization, "organization", True),
        (template, "template", False),
        (plan, "plan", True),
        (pricing, "pricing", False),
    ):
        setattr(holder, flag, value)
        assert found() == (value, source)


def test_credits_may_have_negative_prices_and_charges_not(aggregation: Aggregation, plan: Plan) -> None:
    minus = bands(("0", "0", "-1"))
    credit = a_pricing(aggregation, plan, bands=minus, type=BillsAs.PRODUCT_CREDIT)
    with refused("bands", "negative price"):
        services.update_pricing(credit, version=1, type=BillsAs.DEBIT)
    with refused("type", "Bills as"):
        services.update_pricing(credit, version=1, type="DISCOUNT")


def test_a_credit_has_no_minimum(aggregation: Aggregation, plan: Plan) -> None:
    with refused("minimum_spend", "A credit has no minimum"):
        a_pricing(aggregation, plan, type=BillsAs.GLOBAL_CREDIT, minimum_spend=5)
    with pytest.raises(IntegrityError, match="pricing_credit_without_minimum"):
        Pricing.objects.filter(pk=a_pricing(aggregation, plan, minimum_spend=5).pk).update(
            type=BillsAs.GLOBAL_CREDIT
        )


def test_tiers_span_a_plan_only_where_they_can(
    aggregation: Aggregation, largest: Aggregation, plan: Plan
) -> None:
    with refused("tiers_span_plan", "only for Sum and Count.*gb_max.*Maximum"):
        a_pricing(largest, plan, tiers_span_plan=True)
    with refused("tiers_span_plan", "fixed prices"):
        a_pricing(aggregation, plan, tiers_span_plan=True, cumulative=False, bands=FIXED)
    spanning = a_pricing(aggregation, plan, tiers_span_plan=True, bands=FIXED)
    with refused("tiers_span_plan", "fixed prices"):
        services.update_pricing(spanning, version=1, cumulative=False)
    with pytest.raises(IntegrityError, match="pricing_spans_without_fixed_price"):
        Pricing.objects.filter(pk=spanning.pk).update(cumulative=False)


def test_volume_prices_may_span_a_plan(aggregation: Aggregation, plan: Plan) -> None:
    pricing = a_pricing(aggregation, plan, tiers_span_plan=True, cumulative=False)
    pricing.refresh_from_db()
    assert pricing.tiers_span_plan


def test_an_aggregation_whose_tiers_span_a_plan_keeps_adding_up(aggregation: Aggregation, plan: Plan) -> None:
    a_pricing(aggregation, plan, tiers_span_plan=True)
    with refused("method", "span the plan on “Standard”.*Sum and Count"):
        services.update_aggregation(aggregation, version=1, method="MAX")
    assert services.update_aggregation(aggregation, version=1, method="COUNT").method == "COUNT"


def test_overage_prices_are_for_cumulative_prices_of_each_period(
    manager: Client, aggregation: Aggregation, plan: Plan
) -> None:
    over = bands(("0", "0", "9"))
    for fields in ({"cumulative": False}, {"tiers_span_plan": True}):
        with refused("overage_bands", "cumulative"):
            a_pricing(aggregation, plan, overage_bands=over, **fields)
    with refused("overage_bands", "negative price"):
        a_pricing(aggregation, plan, overage_bands=bands(("0", "0", "-9")))
    with refused("overage_bands", "begins at 0"):
        a_pricing(aggregation, plan, overage_bands=bands(("1", "0", "9")))
    pricing = a_pricing(aggregation, plan, overage_bands=over)
    pricing.refresh_from_db()
    assert (pricing.overage_lower_limits, pricing.overage_unit_prices) == ([0], [9])
    page = text(manager.get(reverse("plans:pricing_detail", pk=pricing.pk)))
    assert "Overage prices" in page
    assert "9.00 per GB" in page
    assert services.update_pricing(pricing, version=1, overage_bands=()).overage_unit_prices == []


def test_a_plan_with_nothing_but_a_minimum_is_priced(plan: Plan) -> None:
    assert not with_priced(Plan.objects.all()).get().priced
    services.update_plan_template(plan.plan_template, version=1, minimum_spend=Decimal(1))
    assert with_priced(Plan.objects.all()).get().priced
    services.update_plan(plan, version=1, minimum_spend=Decimal(0))
    assert not with_priced(Plan.objects.all()).get().priced


def test_a_duplicate_keeps_minimum_and_terms(aggregation: Aggregation, plan: Plan) -> None:
    services.update_plan(plan, version=1, minimum_spend=Decimal(9), minimum_spend_bill_in_advance=False)
    a_pricing(aggregation, plan, tiers_span_plan=True, minimum_spend=3)
    twin = services.duplicate_plan(plan, name="Twin", code="twin")
    assert (twin.minimum_spend, twin.minimum_spend_bill_in_advance) == (9, False)
    copy = twin.pricings.get()
    assert (copy.tiers_span_plan, copy.minimum_spend) == (True, 3)


def test_the_forms_of_template_and_plan_say_what_is_inherited(manager: Client, plan: Plan) -> None:
    url = reverse("plans:plan_template_edit", pk=plan.plan_template_id)
    assert "As the organization: in arrears" in text(manager.get(url))
    template = plan.plan_template
    sent = {
        "name": template.name, "code": template.code or "", "currency": "USD", "bill_frequency": "MONTHLY",
        "bill_frequency_interval": "1", "standing_charge": "0", "version": "1", "minimum_spend": "250",
        "minimum_spend_description": "Commitment", "minimum_spend_bill_in_advance": "true",
    }  # fmt: skip
    manager.post(url, sent)
    template.refresh_from_db()
    assert (template.minimum_spend, template.minimum_spend_bill_in_advance) == (250, True)
    told = text(manager.get(reverse("plans:plan_edit", pk=plan.pk)))
    for words in (
        "Blank: the template’s, 250.00 USD. 0: none.",
        "“Commitment”",
        "As the template: in advance",
    ):
        assert words in told
    page = text(manager.get(reverse("plans:plan_detail", pk=plan.pk)))
    assert "from the template" in page
    assert "inherited from template" in page


def test_the_price_editor_saves_credits_tiers_and_minimums(
    manager: Client, aggregation: Aggregation, plan: Plan
) -> None:
    url = reverse("plans:pricing_create", pk=plan.pk)
    sent = {
        "aggregation": str(aggregation.pk), "pricing_type": "TIERED", "start_date": "2024-01-01",
        "end_date": "", "description": "", **ONE_BAND,
    }  # fmt: skip
    refusal = manager.post(url, {**sent, "bills_as": "GLOBAL_CREDIT", "minimum_spend": "5"})
    assert "A credit has no minimum spend" in refusal.text
    manager.post(
        url,
        {
            **sent,
            "tiers_span_plan": "on",
            "minimum_spend": "30",
            "minimum_spend_bill_in_advance": "false",
        },
    )
    pricing = Pricing.objects.get()
    assert (pricing.type, pricing.tiers_span_plan, pricing.minimum_spend) == ("DEBIT", True, 30)
    assert pricing.minimum_spend_bill_in_advance is False
    page = text(manager.get(reverse("plans:pricing_detail", pk=pricing.pk)))
    for words in ("span the plan", "30.00", "in arrears", "Charge"):
        assert words in page
    assert "Tiers span the plan, minimum 30.00" in text(manager.get(reverse("plans:plan_detail", pk=plan.pk)))


def test_the_attachment_page_shows_minimum_and_credits(
    manager: Client, aggregation: Aggregation, plan: Plan, attach: Any
) -> None:
    services.update_plan(plan, version=1, minimum_spend=Decimal(75))
    a_pricing(aggregation, plan, type=BillsAs.PRODUCT_CREDIT, start_date=date(2024, 1, 1))
    attachment = attach(plan)
    page = text(manager.get(reverse("plans:attachment_detail", pk=attachment.pk)))
    for words in ("Adjustments", "75.00", "Product credit"):
        assert words in page
