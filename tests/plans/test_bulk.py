"""Deleting many things of the catalogue at once: what is in use is refused, each by itself."""

import pytest

from m3console.core.models import Role
from m3console.core.permissions import ROLE_RIGHTS, Right
from plans.models import Meter, Product
from tests.core.bulk_pages import chosen, confirm, outcomes
from tests.plans.catalogue import a_meter, a_plan, a_product, a_template, an_aggregation

BASE = "/o/acme/"


def test_products_in_use_stay_with_what_they_hold_named(organization, sign_in):
    client, used, free = sign_in("catalogue"), a_product(organization), a_product(organization, "free")
    template = a_template(used)
    url = f"{BASE}products/many/delete/"
    done = confirm(client, url, client.post(url, chosen(everything=True)), typed_count="2")
    found = outcomes(done)
    assert found["free"] == ("done", "")
    assert found["Storage"][0] == "refused"
    assert f"/plan-templates/{template.pk}/" in done.content.decode()
    assert list(Product.objects.all()) == [used]
    assert not Product.objects.filter(pk=free.pk).exists()


@pytest.mark.parametrize("kind", ["products", "meters", "aggregations", "plan-templates", "plans"])
def test_each_list_deletes_what_nothing_uses(kind, organization, sign_in):
    template = a_template(a_product(organization), "used")
    make = {
        "products": lambda: a_product(organization, "alone"),
        "meters": lambda: a_meter(organization, "unused"),
        "aggregations": lambda: an_aggregation(a_meter(organization)),
        "plan-templates": lambda: a_template(template.product, "unused"),
        "plans": lambda: a_plan(template),
    }
    row = make[kind]()
    client, url = sign_in("catalogue"), f"{BASE}{kind}/many/delete/"
    listed = client.get(f"{BASE}{kind}/").context["listing"].bulk
    assert [act["url"] for act in listed.actions] == [f"{url}?"]
    done = confirm(client, url, client.post(url, chosen(row)), typed_count="1")
    assert outcomes(done) == {row.code: ("done", "")}
    assert not type(row).objects.filter(pk=row.pk).exists()


def test_lists_keep_their_filters_for_all_that_match(organization, sign_in):
    product = a_product(organization)
    own, _ = a_meter(organization, product=product), a_meter(organization, "global")
    client, url = sign_in("catalogue"), f"{BASE}meters/many/delete/?q=disk"
    confirm(client, url, client.post(url, chosen(everything=True)), typed_count="1")
    assert not Meter.objects.filter(pk=own.pk).exists()
    assert Meter.objects.get().code == "global"


@pytest.mark.parametrize("role", sorted(Role.values))
def test_who_may_not_change_the_catalogue_is_not_offered_to(role, organization, sign_in):
    client, product = sign_in(role), a_product(organization)
    offered = client.get(f"{BASE}products/").context["listing"].bulk.actions
    answer = client.post(f"{BASE}products/many/delete/", chosen(product))
    may = Right.CATALOGUE in ROLE_RIGHTS[role]
    assert bool(offered) == may
    assert answer.status_code == (200 if may else 403)
