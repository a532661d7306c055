"""Compound aggregations in the catalogue: what they calculate, what prices them, what stays (spec 2)."""

from datetime import date
from decimal import Decimal

import pytest

from m3console.core.errors import StaleVersion
from m3console.core.links import reverse
from m3console.core.registry import Blocker, extensions
from plans import services
from plans.models import CompoundAggregation, CompoundInput, Pricing
from plans.services import InUse
from tests.plans.catalogue import (
    a_compound,
    a_plan,
    a_pricing,
    a_product,
    a_template,
    an_aggregation,
    bands,
    refused,
)

ONE = bands(("0", "0", "1"))


def a_price(compound, plan, **fields):
    wanted = {"cumulative": True, "bands": ONE, "start_date": date(2024, 1, 1), **fields}
    return services.create_pricing(
        organization=compound.organization, plan=plan, compound_aggregation=compound, **wanted
    )


@pytest.fixture
def compound(organization, aggregation):
    return a_compound(organization)


def named(compound):
    rows = CompoundInput.objects.filter(compound_aggregation=compound)
    return sorted(rows.values_list("aggregation__code", flat=True))


def test_a_compound_knows_what_it_calculates_with(organization, meter, compound):
    assert named(compound) == ["gb_sum"]
    an_aggregation(meter, "gb_max", method="MAX")
    changed = services.update_compound_aggregation(
        compound,
        version=1,
        calculation="aggregation.gb_max + customFields.base",
        custom_fields={"base": Decimal(5)},
    )
    assert named(changed) == ["gb_max"]
    assert (changed.version, changed.rounding, changed.evaluate_null_aggregations) == (2, "NONE", False)
    with pytest.raises(StaleVersion):
        services.update_compound_aggregation(compound, version=1, name="Other")


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        (
            {"calculation": "aggregation.gb_sum *"},
            "calculation",
            "Line 1, column 21: The calculation ends too early",
        ),
        ({"calculation": "aggregation.gone"}, "calculation", "There is no aggregation with the code “gone”"),
        ({"calculation": "gb_sum"}, "calculation", "“gb_sum” is neither aggregation.<code> nor customFields"),
        ({"calculation": "customFields.x"}, "calculation", "no custom field “x” of the compound aggregation"),
        ({"calculation": "aggregation.gb_sum > 1"}, "calculation", "The result is true or false"),
        ({"calculation": ""}, "calculation", "There is no calculation"),
        ({"code": "1"}, "code", "letters, digits"),
        ({"unit": ""}, "unit", "Unit is missing"),
        ({"quantity_per_unit": 0}, "quantity_per_unit", "more than 0"),
        ({"rounding": "MAYBE"}, "rounding", "not a valid choice"),
    ],
)
def test_a_compound_that_makes_no_sense_is_refused(organization, aggregation, fields, field, sentence):
    with refused(field, sentence):
        a_compound(organization, **fields)
    assert not CompoundAggregation.objects.exists()


def test_two_compounds_have_two_codes(organization, compound):
    with refused("code", "Another compound aggregation has the code “ratio” already"):
        a_compound(organization)


def test_aggregations_of_another_organization_are_not_known(make_organization, compound):
    with refused("calculation", "There is no aggregation with the code “gb_sum”"):
        a_compound(make_organization("other"))


def test_an_aggregation_that_is_calculated_with_stays_and_keeps_its_code(aggregation, compound):
    with pytest.raises(InUse, match="compound aggregation “Ratio”"):
        services.delete_aggregation(aggregation)
    with refused("code", "It keeps its code: compound aggregation “Ratio” calculates with it"):
        services.update_aggregation(aggregation, version=1, code="gb_total")
    services.delete_compound_aggregation(compound)
    services.update_aggregation(aggregation, version=1, code="gb_total")
    services.delete_aggregation(aggregation)


def test_a_pricing_is_of_an_aggregation_or_of_a_compound(organization, aggregation, compound, plan):
    pricing = a_price(compound, plan)
    assert (pricing.priced, pricing.aggregation) == (compound, None)
    a_pricing(aggregation, plan)
    both = {"aggregation": aggregation, "compound_aggregation": compound}
    for given in (both, {}):
        with refused("aggregation", "of exactly one"):
            services.create_pricing(
                organization=organization, plan=plan, start_date=pricing.start_date, cumulative=True,
                bands=ONE, **given,
            )  # fmt: skip
    with refused("start_date", "already has a pricing of Ratio"):
        a_price(compound, plan)
    with refused("tiers_span_plan", "“Ratio” is calculated"):
        services.update_pricing(pricing, version=1, tiers_span_plan=True)
    with pytest.raises(InUse, match="pricing on “Standard”"):
        services.delete_compound_aggregation(compound)
    services.delete_pricing(pricing)
    services.delete_compound_aggregation(compound)
    assert Pricing.objects.get().priced == aggregation


def test_a_compound_of_a_product_prices_that_products_plans_only(organization, product, aggregation):
    own = a_compound(organization, "own", product=product)
    other = a_product(organization, "other")
    elsewhere = a_plan(a_template(other, "elsewhere"), "elsewhere")
    with refused("aggregation", "Compound aggregation “Own” belongs to Storage"):
        a_price(own, elsewhere)
    shared = a_compound(organization, "shared")
    a_price(shared, elsewhere)
    with refused("product", "priced on “Elsewhere” of another product"):
        services.update_compound_aggregation(shared, version=1, product=product)
    with pytest.raises(InUse, match="Own"):
        services.delete_product(product)


def test_what_is_billed_keeps_its_calculation(organization, compound, monkeypatch):
    monkeypatch.setattr(
        extensions("plans.compoundaggregation"), "billed", [lambda pk: [Blocker("bill INV-1")]]
    )
    with refused("calculation", "The calculation cannot change any more: made with it: bill INV-1"):
        services.update_compound_aggregation(compound, version=1, calculation="aggregation.gb_sum * 3")
    with refused("evaluate_null_aggregations", "handling of null aggregations cannot change"):
        services.update_compound_aggregation(compound, version=1, evaluate_null_aggregations=True)
    services.update_compound_aggregation(compound, version=1, name="Renamed", rounding="UP")


def test_one_makes_changes_prices_and_deletes_a_compound_on_its_pages(
    organization, aggregation, plan, manager
):
    def url(act, **kwargs):
        return reverse(f"plans:compound_aggregation_{act}", organization=organization, **kwargs)

    sent = {
        "name": "Ratio", "code": "ratio", "calculation": "aggregation.gb_sum / 0", "quantity_per_unit": "1",
        "rounding": "NONE", "unit": "GB", "custom_fields-total": "0",
    }  # fmt: skip
    asked = {**sent, "sample-aggregation.gb_sum": "7"}
    tried = manager.post(f"{url('create')}?words", asked, headers={"HX-Request": "true"}).content.decode()
    assert "Line 1, column 20: This divides by zero." in tried
    good = {**asked, "calculation": "aggregation.gb_sum / 2"}
    assert (
        "3.5</strong>"
        in manager.post(
            f"{url('create')}?words=answer", good, headers={"HX-Request": "true"}
        ).content.decode()
    )
    blank = {**good, "calculation": "isnull(aggregation.gb_sum, 4)", "sample-aggregation.gb_sum": ""}
    for ticked, answer in (({}, "null: no value"), ({"evaluate_null_aggregations": "on"}, "4</strong>")):
        tried = manager.post(f"{url('create')}?words", blank | ticked, headers={"HX-Request": "true"})
        assert answer in tried.content.decode()
    refusal = manager.post(url("create"), {**sent, "calculation": "aggregation.gb"})
    assert refusal.status_code == 422
    assert "There is no aggregation with the code “gb”." in refusal.content.decode()
    made = manager.post(url("create"), good)
    compound = CompoundAggregation.objects.get()
    assert made.headers["Location"] == url("detail", pk=compound.pk)
    shown = manager.get(made.headers["Location"]).content.decode()
    assert "aggregation.gb_sum / 2" in shown
    assert (
        manager.post(url("edit", pk=compound.pk), {**good, "version": "1", "unit": "TB"}).status_code == 302
    )
    pricing = {
        "aggregation": str(compound.pk), "pricing_type": "TIERED", "start_date": "2024-01-01",
        "type": "DEBIT", "row-TOTAL_FORMS": "1", "row-INITIAL_FORMS": "0",
        "row-0-lower_limit": "0", "row-0-unit_price": "3",
    }  # fmt: skip
    create = reverse("plans:pricing_create", organization=organization, pk=plan.pk)
    assert manager.post(create, pricing).status_code == 302
    assert Pricing.objects.get().compound_aggregation == compound
    of_plan = manager.get(
        reverse("plans:plan_detail", organization=organization, pk=plan.pk)
    ).content.decode()
    assert "3.00 per TB" in of_plan
    assert "Ratio" in manager.get(reverse("plans:pricing_list", organization=organization)).content.decode()
    assert "3.00 per TB" in manager.get(url("detail", pk=compound.pk)).content.decode()
    blocked = manager.post(url("delete", pk=compound.pk))
    assert blocked.status_code == 422
    services.delete_pricing(Pricing.objects.get())
    assert manager.post(url("delete", pk=compound.pk)).status_code == 302
    assert not CompoundAggregation.objects.exists()
