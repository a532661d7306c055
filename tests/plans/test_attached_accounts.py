"""Where things of the catalogue are used: accounts of a plan, links and counts, refusals of deletion."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from m3console.core.links import reverse
from m3console.core.models import Organization
from plans.models import Aggregation, Plan
from tests.plans.catalogue import a_meter, a_plan, a_pricing, a_product, an_aggregation

JAN, JUN, DEC = date(2024, 1, 1), date(2024, 6, 1), date(2024, 12, 1)


@pytest.fixture
def attached(plan: Plan, attach: Any, on: Any) -> list[Any]:
    """On 1 June 2024: one that has ended today, one that runs, one that is to come."""
    on(JUN)
    rows = [attach(plan, start_date=JAN, end_date=JUN), attach(plan, start_date=JAN)]
    return [*rows, attach(plan, start_date=DEC)]


def listed(manager: Client, url: str) -> list[str]:
    rows = list(manager.get(url + ("&" if "?" in url else "?") + "format=csv"))
    return [line.split(",")[0] for line in b"".join(rows).decode().splitlines()[1:]]


@pytest.mark.parametrize(
    ("query", "accounts"),
    [
        ("", ["Account 2", "Account 1", "Account 0"]),
        ("?status=ACTIVE", ["Account 1"]),
        ("?status=PENDING", ["Account 2"]),
        ("?status=INACTIVE", ["Account 0"]),
        ("?q=account-1", ["Account 1"]),
    ],
)
def test_a_plans_accounts_are_listed_by_status_and_search(
    manager: Client, plan: Plan, attached: Any, query: str, accounts: list[str]
) -> None:
    url = reverse("plans:plan_accounts", pk=plan.pk)
    assert listed(manager, url + query) == accounts
    assert (
        listed(manager, reverse("plans:plan_template_accounts", pk=plan.plan_template_id) + query) == accounts
    )


def test_a_template_lists_the_accounts_of_all_its_plans_and_a_plan_its_own(
    manager: Client, plan: Plan, attached: Any, attach: Any
) -> None:
    other = a_plan(plan.plan_template, "other")
    attach(other)
    assert len(listed(manager, reverse("plans:plan_template_accounts", pk=plan.plan_template_id))) == 4
    assert listed(manager, reverse("plans:plan_accounts", pk=other.pk)) == ["Account 3"]


def test_the_page_links_account_and_attachment_and_says_the_last_day(
    manager: Client, plan: Plan, attached: Any
) -> None:
    text = manager.get(reverse("plans:plan_accounts", pk=plan.pk)).content.decode()
    for one in attached:
        assert reverse("plans:attachment_detail", pk=one.pk) in text
        assert reverse("accounts:account_detail", pk=one.account_id) in text
    assert "1 Jan – 31 May 2024" in text


def test_the_page_of_a_plan_counts_them_with_links(manager: Client, plan: Plan, attached: Any) -> None:
    text = " ".join(manager.get(reverse("plans:plan_detail", pk=plan.pk)).content.decode().split())
    url = reverse("plans:plan_accounts", pk=plan.pk)
    for query, count in (("", 3), ("?status=ACTIVE", 1), ("?status=PENDING", 1)):
        assert f'<a href="{url}{query}">{count}<span' in text


def test_lists_and_pages_ask_as_often_for_many_as_for_few(
    manager: Client, plan: Plan, attach: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        attach(plan)
    for url in (
        reverse("plans:plan_accounts", pk=plan.pk),
        reverse("plans:plan_template_accounts", pk=plan.plan_template_id),
    ):
        with django_assert_max_num_queries(8):
            manager.get(url)
    for url in (
        reverse("plans:plan_detail", pk=plan.pk),
        reverse("plans:plan_template_detail", pk=plan.plan_template_id),
    ):
        with django_assert_max_num_queries(25):
            manager.get(url)


def test_a_plan_says_when_its_prices_hold_and_what_is_not_priced(
    manager: Client, plan: Plan, segmented: Aggregation, on: Any
) -> None:
    on(JUN)
    a_pricing(segmented, plan, segment={"region": "eu"}, start_date=JAN, end_date=date(2024, 3, 1))
    a_pricing(segmented, plan, segment={"region": "eu"}, start_date=date(2024, 4, 1), end_date=JUN)
    a_pricing(segmented, plan, segment={"region": "*"}, start_date=DEC)
    url = reverse("plans:plan_detail", pk=plan.pk)

    def text(when: str = "") -> str:
        return manager.get(f"{url}?when={when}").content.decode()

    assert "No price 1 – 31 Mar 2024, region eu." in text()
    assert "Everything else has no price" in text()
    assert ("No pricing like that" in text("active"), "region any" in text("pending")) == (True, True)
    assert "region any" not in text("ended")
    assert "region eu" in text("ended")


def used(manager: Client, kind: str, pk: Any) -> str:
    text = " ".join(manager.get(reverse(f"plans:{kind}_detail", pk=pk)).content.decode().split())
    return text.partition('id="used"')[2].partition("</section>")[0]


def test_what_is_used_says_where_and_what_is_not_says_that_it_can_go(
    manager: Client, things: dict[str, Any], organization: Organization
) -> None:
    meter, aggregation, product = things["meter"], things["aggregation"], things["product"]
    panel = used(manager, "aggregation", aggregation.pk)
    for key, count in (("pricing", 2), ("plan", 1), ("plan_template", 1)):
        url = reverse(f"plans:{key}_list") + f"?aggregation={aggregation.pk}"
        assert f'<a href="{url}">{count}<span' in panel
        assert len(listed(manager, url)) == count
    assert "In use" in panel
    pricings = reverse("plans:pricing_list") + f"?meter={meter.pk}"
    assert f'<a href="{pricings}">2<span' in used(manager, "meter", meter.pk)
    assert len(listed(manager, pricings)) == 2
    assert f'<a href="{reverse("plans:plan_list")}?product={product.pk}">1<' in used(
        manager, "product", product.pk
    )
    lone = a_product(organization, "lone")
    assert "Nothing uses it" in used(manager, "product", lone.pk)
    alone = an_aggregation(a_meter(organization, "unused"), "unused")
    assert "Nothing uses it" in used(manager, "aggregation", alone.pk)


@pytest.mark.parametrize("kind", ["product", "meter", "aggregation", "plan_template", "plan"])
def test_a_refused_deletion_lists_where_it_is_used_with_links(
    manager: Client, things: dict[str, Any], attach: Any, kind: str
) -> None:
    attachment = attach(things["plan"])
    where = {
        "product": [("meter", things["meter"]), ("plan_template", things["plan_template"])],
        "meter": [("aggregation", things["aggregation"])],
        "aggregation": [("pricing", things["pricing"])],
        "plan_template": [("plan", things["plan"])],
        "plan": [("attachment", attachment)],
    }
    answer = manager.post(reverse(f"plans:{kind}_delete", pk=things[kind].pk))
    assert answer.status_code == 422
    for each, row in where[kind]:
        assert reverse(f"plans:{each}_detail", pk=row.pk) in answer.content.decode()
    assert type(things[kind]).objects.filter(pk=things[kind].pk).exists()
