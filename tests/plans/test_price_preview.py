"""The price editor shows the curve, and warns without keeping anybody from saving."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from m3console.core.links import reverse
from m3console.core.models import Organization
from plans.models import Aggregation, Plan, Pricing
from tests.plans.catalogue import a_pricing, bands, rows

CLIFF = ({"lower_limit": "0", "unit_price": "10"}, {"lower_limit": "15", "unit_price": "5"})


@pytest.fixture
def editor(manager: Client, plan: Plan) -> Any:
    """Post the form of a new pricing; keywords replace its fields."""

    def post(*band: dict[str, str], query: str = "?words", htmx: bool = True, **fields: Any) -> str:
        url = reverse("plans:pricing_create", pk=plan.pk) + query
        sent = {"pricing_type": "VOLUME", "start_date": "2026-06-09", **rows(*(band or CLIFF)), **fields}
        headers = {"HX-Request": "true"} if htmx else {}
        answer = manager.post(url, sent, headers=headers, follow=True)
        assert answer.status_code == 200, answer.content
        return " ".join(answer.content.decode().split())

    return post


def test_typing_bands_draws_the_curve_with_its_table_and_warns_of_the_cliff(editor: Any) -> None:
    text = editor()
    assert "At 15 → 16 units the bill drops from 150.00 to 80.00. 16 to 29 cost less than 15." in text
    assert "With Tiered, 16 would cost 155.00." in text
    assert "M214.0 18.0" in text or "L214.0 18.0" in text
    assert '<td class="num">80.00</td>' in text


def test_the_preview_button_shows_the_same_without_scripts(editor: Any) -> None:
    text = editor(query="", htmx=False, rows="show")
    assert "the bill drops from 150.00 to 80.00" in text
    assert not Pricing.objects.exists()


def test_parts_of_units_count_where_units_are_not_rounded(editor: Any, aggregation: Aggregation) -> None:
    given = ({"lower_limit": "0", "unit_price": "10"}, {"lower_limit": "15", "unit_price": "9.9"})
    assert "drops" not in editor(*given)
    sentence = "Just above 15 units the bill drops from 150.00 to 148.50."
    assert sentence in editor(*given, aggregation=str(aggregation.pk))


def test_nothing_is_drawn_while_the_bands_make_no_sense(editor: Any) -> None:
    assert "Bands begin at 0 and rise" in editor({"lower_limit": "0", "unit_price": "NaN"})
    assert "Bands begin at 0 and rise" in editor({"lower_limit": "0", "unit_price": "-1"})


def test_days_without_a_price_are_told_with_the_field_that_mends_them(
    editor: Any, aggregation: Aggregation, plan: Plan
) -> None:
    a_pricing(aggregation, plan, start_date=date(2026, 1, 1), end_date=date(2026, 6, 1))
    text = editor(aggregation=str(aggregation.pk))
    assert "No price 1 – 8 Jun 2026: usage of gb_sum on these 8 days is not billed." in text
    assert '<a href="#id_start_date">Start on 1 Jun 2026</a>' in text
    assert "No price" not in editor(aggregation=str(aggregation.pk), start_date="2026-06-01")


def test_a_templates_price_fills_the_gap_of_its_plan(
    editor: Any, aggregation: Aggregation, plan: Plan
) -> None:
    a_pricing(aggregation, plan, start_date=date(2026, 1, 1), end_date=date(2026, 6, 1))
    a_pricing(aggregation, plan_template=plan.plan_template, start_date=date(2026, 1, 1))
    assert "No price" not in editor(aggregation=str(aggregation.pk))


def test_an_unpriced_default_segment_is_told_until_it_is_priced(
    editor: Any, segmented: Aggregation, plan: Plan
) -> None:
    def text(segment: str) -> str:
        return editor(query="", htmx=False, rows="show", aggregation=str(segmented.pk), segment=segment)

    sentence = "“Everything else” of gb_by_region has no price here"
    assert sentence in text('{"region":"eu"}')
    assert sentence not in text("{}")
    a_pricing(segmented, plan_template=plan.plan_template, segment={})
    assert sentence not in text('{"region":"eu"}')


def test_a_missing_rate_is_told_before_a_bill_fails_for_it(
    editor: Any, organization: Organization, plan: Plan, attach: Any
) -> None:
    def text() -> str:
        return editor(query="", htmx=False, rows="show")

    assert "There is no rate" not in text()
    account = attach(plan).account
    account.currency = "GBP"
    account.save()
    assert "There is no rate from USD to GBP: bills in GBP fail until it is added." in text()
    organization.conversions.create(from_currency="USD", to_currency="GBP", multiplier=2)
    assert "There is no rate" not in text()
    organization.currency = "EUR"
    organization.save()
    assert "There is no rate from USD to EUR" in text()


def test_warnings_do_not_keep_from_saving_and_the_new_row_is_marked(
    editor: Any, aggregation: Aggregation, plan: Plan
) -> None:
    a_pricing(
        aggregation,
        plan,
        start_date=date(2026, 1, 1),
        end_date=date(2026, 6, 1),
        bands=bands(("0", "0", "1")),
    )
    text = editor(query="", htmx=False, aggregation=str(aggregation.pk))
    assert Pricing.objects.count() == 2
    assert "<h1> Standard </h1>" in text
    assert text.count("saved now") == 1
