"""The catalogue's pages: what they show, whom they let change, how many queries they take."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from m3console.core.links import reverse
from m3console.core.models import Organization
from plans import services
from plans.models import CounterPricing, Pricing, Product
from tests.plans.catalogue import (
    KINDS,
    a_counter,
    a_counter_pricing,
    a_meter,
    a_plan,
    a_pricing,
    a_product,
    a_template,
    an_aggregation,
    bands,
    listed_as,
    rows,
)


@pytest.mark.parametrize("key", KINDS)
def test_a_list_shows_finds_and_exports(key: str, things: dict[str, Any], manager: Client) -> None:
    url = reverse(f"plans:{key}_list")
    one = things[key]
    name = listed_as(one)
    for query in ("", f"?q={name[:3]}", f"?q={one.pk}", "?sort=-name", "?sort=code"):
        assert name in manager.get(url + query).text
    assert f"No {one._meta.verbose_name} matches" in manager.get(f"{url}?q=nothing+like+it").text
    csv = b"".join(manager.get(f"{url}?format=csv").streaming_content).decode()
    assert name in csv
    assert "<" not in csv


@pytest.mark.parametrize(
    ("key", "query", "found"),
    [
        ("meter", "product={product}", {"Disk"}),
        ("meter", "product=global", {"Api"}),
        ("aggregation", "meter={meter}", {"gb_sum"}),
        ("aggregation", "product=global&meter={meter}", {"gb_sum"}),
        ("plan_template", "product={product}", {"monthly"}),
        ("plan", "product={product}&plan_template={plan_template}", {"Standard"}),
        ("pricing", "plan={plan}", {"gb_sum"}),
        ("pricing", "plan_template={plan_template}", {"gb_sum"}),
        ("pricing", "aggregation={aggregation}&q=nothing", set()),
        ("counter", "product={product}", {"Seats"}),
        ("counter", "product=global", set()),
        ("counter_pricing", "plan={plan}", {"Seats"}),
        ("counter_pricing", "plan_template={plan_template}", set()),
        ("plan", "counter={counter}", {"Standard"}),
        ("meter", "product=no-uuid", set()),
    ],
)
def test_lists_are_filtered(
    key: str, query: str, found: set[str], things: dict[str, Any], manager: Client,
    organization: Organization, django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    a_meter(organization, "api")
    filled = query.format(**{name: thing.pk for name, thing in things.items()})
    with django_assert_max_num_queries(8):
        answer = manager.get(f"{reverse(f'plans:{key}_list')}?{filled}")
    rows = [row.record for row in answer.context["listing"].table.rows]
    assert {listed_as(row) for row in rows} == found


@pytest.mark.parametrize("key", KINDS)
def test_every_page_of_an_entity_opens_for_a_viewer_without_ways_to_change(
    key: str, things: dict[str, Any], sign_in: Any
) -> None:
    viewer = sign_in("viewer")
    edit = reverse(f"plans:{key}_edit", pk=things[key].pk)
    for act in ("detail", "history"):
        answer = viewer.get(reverse(f"plans:{key}_{act}", pk=things[key].pk))
        assert answer.status_code == 200
        assert edit not in answer.text
        assert "/create/" not in answer.text


@pytest.mark.parametrize("role", ["viewer", "operator", "approver"])
def test_only_catalogue_managers_and_administrators_change_the_catalogue(
    role: str, things: dict[str, Any], sign_in: Any
) -> None:
    client = sign_in(role)
    for key in KINDS:
        for act in ("edit", "delete"):
            assert client.post(reverse(f"plans:{key}_{act}", pk=things[key].pk)).status_code == 403
    assert client.post(reverse("plans:product_create"), {"name": "x", "code": "x"}).status_code == 403
    assert Product.objects.count() == 1


@pytest.mark.parametrize("key", KINDS)
def test_another_organizations_things_are_not_found(
    key: str, make_organization: Any, things: dict[str, Any], sign_in: Any
) -> None:
    other = make_organization("other")
    client = sign_in("administrator", within=other)
    for act in ("detail", "edit", "delete", "history"):
        url = reverse(f"plans:{key}_{act}", organization=other, pk=things[key].pk)
        assert client.get(url).status_code == 404


def test_a_product_is_made_changed_and_deleted_in_the_browser(
    manager: Client, organization: Organization
) -> None:
    answer = manager.post(reverse("plans:product_create"), {"name": "Storage", "code": "storage"})
    product = Product.objects.get()
    assert answer["Location"] == reverse("plans:product_detail", pk=product.pk)
    manager.post(
        reverse("plans:product_edit", pk=product.pk), {"name": "Disks", "code": "storage", "version": "1"}
    )
    answer = manager.post(reverse("plans:product_delete", pk=product.pk), follow=True)
    assert "Product “Disks” deleted." in answer.text
    assert not Product.objects.exists()


def test_a_refusal_stands_beside_its_field_and_what_was_typed_stays(
    manager: Client, organization: Organization
) -> None:
    a_product(organization)
    answer = manager.post(reverse("plans:product_create"), {"name": "Another", "code": "storage"})
    assert answer.status_code == 422
    assert "Another product has the code “storage” already." in answer.text
    assert 'value="Another"' in answer.text


def test_a_stale_save_shows_both_versions(manager: Client, organization: Organization) -> None:
    product = a_product(organization)
    services.update_product(product, version=1, name="Theirs")
    answer = manager.post(
        reverse("plans:product_edit", pk=product.pk), {"name": "Mine", "code": "storage", "version": "1"}
    )
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert "Mine" in answer.text
    product.refresh_from_db()
    assert product.name == "Theirs"


def test_a_stale_save_compares_rows_too(manager: Client, things: dict[str, Any]) -> None:
    pricing = things["pricing"]
    services.update_pricing(pricing, version=1, bands=bands(("0", "0", "0.2")))
    sent = {
        "pricing_type": "TIERED", "start_date": "2024-01-01", "version": "1",
        **rows({"lower_limit": "0", "unit_price": "0.3"}, {"lower_limit": "9", "unit_price": "0.1"}),
    }  # fmt: skip
    answer = manager.post(reverse("plans:pricing_edit", pk=pricing.pk), sent)
    assert answer.status_code == 409
    assert "<td>0 0.2</td><td>0 0.3; 9 0.1</td>" in answer.text
    assert 'name="version" value="2"' in answer.text
    assert 'value="0.3"' in answer.text


def test_deleting_what_is_used_lists_where_with_links(manager: Client, things: dict[str, Any]) -> None:
    expected = {
        "product": ("meter", "plan_template"),
        "meter": ("aggregation",),
        "aggregation": ("pricing",),
        "counter": ("counter_pricing",),
        "plan_template": ("plan",),
    }
    for key, users in expected.items():
        url = reverse(f"plans:{key}_delete", pk=things[key].pk)
        for answer in (manager.get(url), manager.post(url)):
            for user in users:
                assert reverse(f"plans:{user}_detail", pk=things[user].pk) in answer.text
        assert answer.status_code == 422
        things[key].refresh_from_db()


def test_an_attached_plan_is_not_deleted_and_names_its_accounts(
    manager: Client, things: dict[str, Any], attach: Any
) -> None:
    attachment = attach(things["plan"])
    answer = manager.post(reverse("plans:plan_delete", pk=things["plan"].pk))
    assert reverse("plans:attachment_detail", pk=attachment.pk) in answer.text
    assert "Attached to “Account 0” from 1 Jan 2024" in answer.text


def test_a_plan_takes_its_pricings_along(manager: Client, things: dict[str, Any]) -> None:
    assert "Its own pricings (2)" in manager.get(reverse("plans:plan_delete", pk=things["plan"].pk)).text
    manager.post(reverse("plans:plan_delete", pk=things["plan"].pk))
    assert list(Pricing.objects.values_list("plan", flat=True)) == [None]
    assert not CounterPricing.objects.exists()


def test_a_plan_shows_what_it_inherits_and_what_it_replaces(
    manager: Client, organization: Organization, on: Any
) -> None:
    on(date(2024, 6, 15))
    template = a_template(a_product(organization), standing_charge=Decimal(39))
    plan = a_plan(template, standing_charge=Decimal(49))
    stored, egress = (an_aggregation(a_meter(organization, code), code) for code in ("stored", "egress"))
    a_pricing(stored, plan_template=template)
    a_pricing(egress, plan_template=template, bands=bands(("0", "0", "0"), ("1000", "0", "0.07")))
    a_pricing(stored, plan, start_date=date(2024, 6, 1), end_date=date(2024, 7, 1))
    page = manager.get(reverse("plans:plan_detail", pk=plan.pk)).text
    assert "0 to 1,000 free, then 0.07 per GB" in page
    assert page.count("from template") == 2  # one row of stored, and the heading of egress
    assert "replaced 1 – 30 Jun 2024" in page
    assert "template has 39.00" in page
    services.update_plan(plan, version=1, standing_charge=None)
    Pricing.objects.filter(plan=plan).delete()
    page = manager.get(reverse("plans:plan_detail", pk=plan.pk)).text
    assert "inherited from template monthly" in page
    assert page.count('<span class="tag">from template</span>') == 1  # of the panel


def test_the_history_of_a_plan_tells_of_its_pricings(manager: Client, things: dict[str, Any]) -> None:
    page = manager.get(reverse("plans:plan_history", pk=things["plan"].pk)).text
    assert "Created plan" in page
    assert "Created pricing" in page
    assert "Created counter pricing" in page


def more_of_everything(organization: Organization, count: int) -> None:
    for n in range(count):
        product = a_product(organization, f"p{n}")
        meter = a_meter(organization, f"m{n}", product=product)
        aggregation = an_aggregation(meter, f"a{n}", segmented_fields=["region"], segments=[{}])
        template = a_template(product, f"t{n}")
        plan = a_plan(template, f"plan{n}")
        a_pricing(aggregation, plan, segment={})
        a_counter_pricing(a_counter(organization, f"c{n}", product=product), plan)


@pytest.mark.parametrize("key", KINDS)
def test_pages_take_few_queries_however_many_rows(
    key: str,
    things: dict[str, Any],
    manager: Client,
    organization: Organization,
    django_assert_max_num_queries: Any,
) -> None:
    more_of_everything(organization, 12)
    pages = {reverse(f"plans:{key}_list"): 8}
    pages |= {
        reverse(f"plans:{key}_{act}", pk=things[key].pk): 25
        for act in ("detail", "edit", "delete", "history")
    }
    for url, most in pages.items():
        with django_assert_max_num_queries(most):
            assert manager.get(url).status_code == 200
