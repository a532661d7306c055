"""Custom fields: what the database keeps, what overrides what, ten of a type (spec 1, Custom fields)."""

import json
import threading
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.models import Account
from accounts.services import create_account, update_account
from m3console.core.custom_fields.definitions import (
    create_custom_field,
    delete_custom_field,
    overriding,
    overriding_in_words,
    update_custom_field,
)
from m3console.core.custom_fields.values import effective_custom_fields, entity_types, shown_custom_fields
from m3console.core.errors import RuleViolation, StaleVersion, constraint_of
from m3console.core.fields import CustomFieldsField
from m3console.core.models import CustomFieldDefinition, EntityType, Organization
from m3console.core.organizations import create_organization


@pytest.fixture
def define(organization):
    def made(name, default="", *, of=EntityType.ACCOUNT, number=False, within=None):
        return create_custom_field(
            organization=within or organization, entity_type=of, name=name,
            value_type="NUMBER" if number else "STRING", default_value=default,
        )  # fmt: skip

    return made


@pytest.fixture
def account(organization):
    return create_account(organization=organization, name="Ada", code="ada", email_address="a@a.example")


def test_every_type_that_exists_has_custom_fields_in_its_table():
    from django.apps import apps

    with_them = {
        model
        for model in apps.get_models()
        if any(isinstance(field, CustomFieldsField) for field in model._meta.fields)
        and not hasattr(model, "pgh_tracked_model")
    }
    from m3console.core.custom_fields.values import model_of

    assert {model_of(each) for each in entity_types()} == with_them
    assert len(with_them) >= 8
    for model in with_them:
        assert any(each.name.endswith("_custom_fields_valid") for each in model._meta.constraints), model


def test_an_own_value_overrides_the_organizations_and_others_stand_beside(organization, define):
    define("sla_hours", "24", number=True)
    define("segment", "smb")
    define("region")
    account = create_account(
        organization=organization, name="Ada", code="ada", email_address="a@a.example",
        custom_fields={"sla_hours": Decimal("8.50"), "note": "x", "aaa": Decimal(-3)},
    )  # fmt: skip
    account.refresh_from_db()
    assert account.custom_fields == {"sla_hours": Decimal("8.50"), "note": "x", "aaa": Decimal(-3)}
    assert str(account.custom_fields["sla_hours"]) == "8.50"
    assert effective_custom_fields(account) == {
        "sla_hours": Decimal("8.50"), "segment": "smb", "note": "x", "aaa": Decimal(-3),
    }  # fmt: skip
    assert [(one.name, one.value, one.own, one.overridden) for one in shown_custom_fields(account)] == [
        ("sla_hours", "8.50", True, "24"),
        ("segment", "smb", False, ""),
        ("aaa", "-3", True, ""),
        ("note", "x", True, ""),
    ]


def test_an_organizations_own_values_count_for_the_organization(organization, define):
    define("tier", "gold", of=EntityType.ORGANIZATION)
    define("other", "x")
    Organization.objects.filter(pk=organization.pk).update(custom_fields={"tier": "platinum"})
    organization.refresh_from_db()
    assert effective_custom_fields(organization) == {"tier": "platinum"}


@pytest.mark.parametrize(
    "stored",
    [
        "[]",
        "null",
        '"x"',
        '{"": {"text": "x"}}',
        '{"a": "x"}',
        '{"a": {"text": ""}}',
        '{"a": {"text": 5}}',
        '{"a": {"number": 5}}',
        '{"a": {"number": "NaN"}}',
        '{"a": {"number": "1e999"}}',
        '{"a": {"number": "٣"}}',
        '{"a": {"number": "1."}}',
        '{"a": {"number": "1", "text": "1"}}',
        '{"a": {"number": "1", "more": "1"}}',
        '{"a": {}}',
        '{"%s": {"text": "x"}}' % ("n" * 81),
        '{"a": {"text": "%s"}}' % ("x" * 1001),
        json.dumps({f"a{number}": {"text": "x"} for number in range(51)}),
    ],
)
def test_the_database_refuses_what_is_no_custom_field(account, stored):
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update accounts_account set custom_fields = %s where id = %s", [stored, account.pk])
    assert constraint_of(refused.value) == "account_custom_fields_valid"


def test_the_database_refuses_definitions_that_are_none(organization, define):
    define("segment")
    for wrong, constraint in [
        ({"position": 11}, "custom_field_ten_positions"),
        ({"position": 0}, "custom_field_ten_positions"),
        ({"name": "other"}, "custom_field_position_once"),
        ({"position": 2}, "custom_field_name_once"),
        ({"entity_type": "BILL"}, "custom_field_entity_type_known"),
        ({"position": 2, "name": "n", "value_type": "DATE"}, "custom_field_type_known"),
        ({"position": 2, "name": ""}, "custom_field_named"),
        (
            {"position": 2, "name": "n", "value_type": "NUMBER", "default_value": "NaN"},
            "custom_field_number_is_one",
        ),
    ]:
        fields = {"entity_type": "ACCOUNT", "name": "segment", "position": 1} | wrong
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            CustomFieldDefinition.objects.create(organization=organization, **fields)
        assert constraint_of(refused.value) == constraint


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (Decimal("NaN"), "at most 40 digits"),
        (Decimal("Infinity"), "at most 40 digits"),
        (Decimal("1e999"), "at most 40 digits"),
        (True, "neither a number nor a text"),
        (1.5, "neither a number nor a text"),
        (None, "neither a number nor a text"),
        ("", "1 to 1,000 characters"),
        ("x" * 1001, "1 to 1,000 characters"),
        ("a\x00b", "control character"),
        ("a\ud800b", "control character"),
        ("a\ufffdb", "could not be read"),
        ("a\u202eb", "changes the direction"),
    ],
)
def test_services_refuse_values_with_a_sentence(account, value, sentence):
    with pytest.raises(RuleViolation, match=sentence) as refused:
        update_account(account, version=1, custom_fields={"field": value})
    assert refused.value.field == "custom_fields"


@pytest.mark.parametrize("name", ["", "1st", "a b", "a.b", "x" * 81, "ada@example.com", "a\n", "<b>"])
def test_a_name_looks_like_a_code_since_calculations_write_it(account, define, name):
    with pytest.raises(RuleViolation):
        update_account(account, version=1, custom_fields={name: "x"})
    with pytest.raises(RuleViolation):
        define(name)
    with pytest.raises(ValidationError):
        CustomFieldsField().clean({name: "x"}, None)


@pytest.mark.parametrize("number", ["NaN", "1e999", "Infinity", "٣", "1,5", "12 €", "0x1f", "1_000"])
def test_a_default_of_a_number_is_an_exact_number(define, number):
    with pytest.raises(RuleViolation) as refused:
        define("sla", number, number=True)
    assert refused.value.field == "default_value"


def test_a_default_keeps_its_digits(define):
    assert define("rate", "1.50e2", number=True).default_value == "150"
    assert define("share", "0.3000000000000000000000000001", number=True).default == Decimal(
        "0.3000000000000000000000000001"
    )


def test_there_are_ten_of_a_type_and_a_place_becomes_free_again(define, make_organization):
    made = [define(f"field_{number}") for number in range(10)]
    with pytest.raises(RuleViolation, match="10 custom fields for the type account already"):
        define("eleventh")
    define("eleventh", of=EntityType.PLAN)
    define("eleventh", within=make_organization("other"))
    delete_custom_field(made[3])
    assert define("eleventh").position == 4


def test_a_name_is_used_once_of_a_type(define):
    define("segment")
    with pytest.raises(RuleViolation, match="a custom field segment for the type account already") as refused:
        define("segment")
    assert refused.value.field == "name"
    define("segment", of=EntityType.PLAN)
    other = define("other")
    with pytest.raises(RuleViolation, match="already"):
        update_custom_field(other, version=1, name="segment")


@pytest.mark.django_db(transaction=True)
def test_many_who_define_at_once_make_ten():
    organization = create_organization(slug="acme", name="Acme")
    start, refused = threading.Barrier(6), []

    def define(person):
        start.wait()
        try:
            for number in range(3):
                create_custom_field(
                    organization=organization, entity_type="ACCOUNT", name=f"f{person}_{number}",
                    value_type="STRING",
                )  # fmt: skip
        except RuleViolation as violation:
            refused.append(violation.message)
        finally:
            connection.close()

    people = [threading.Thread(target=define, args=[person]) for person in range(6)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    positions = CustomFieldDefinition.objects.values_list("position", flat=True)
    assert sorted(positions) == list(range(1, 11))
    assert refused
    assert all("which is the most" in message for message in refused)


def test_an_own_value_has_the_type_that_the_organization_gave_its_name(account, define):
    define("sla_hours", "24", number=True)
    define("segment", "smb")
    with pytest.raises(RuleViolation, match="sla_hours is a number in this organization") as refused:
        update_account(account, version=1, custom_fields={"sla_hours": "8"})
    assert refused.value.field == "custom_fields"
    with pytest.raises(RuleViolation, match="segment is a text"):
        update_account(account, version=1, custom_fields={"segment": Decimal(8)})


def test_a_definition_does_not_turn_values_that_are_there_into_nonsense(account, define):
    update_account(account, version=1, custom_fields={"sla_hours": "eight", "a__b": "c"})
    with pytest.raises(RuleViolation, match="sla_hours is a text on 1 account already") as refused:
        define("sla_hours", "24", number=True)
    assert refused.value.field == "value_type"
    with pytest.raises(RuleViolation, match="a__b is a text"):
        define("a__b", number=True)
    defined = define("sla_hours", "24")
    for change in ({"name": "sla"}, {"value_type": "NUMBER"}):
        with pytest.raises(RuleViolation, match="overridden by 1 account, so its name and type stay"):
            update_custom_field(defined, version=1, **change)
    assert update_custom_field(defined, version=1, default_value="twelve").version == 2


def test_it_is_said_how_many_override_and_deleting_leaves_their_values(account, define, make_organization):
    defined = define("segment", "smb")
    elsewhere = make_organization("other")
    create_account(
        organization=elsewhere, name="B", code="b", email_address="b@b.example",
        custom_fields={"segment": "x"},
    )  # fmt: skip
    assert overriding_in_words(overriding(defined), defined.entity_type) == ""
    update_account(account, version=1, custom_fields={"segment": "mid", "segments": "y"})
    assert overriding_in_words(overriding(defined), defined.entity_type) == "1 account"
    delete_custom_field(defined, version=1)
    assert effective_custom_fields(Account.objects.get(pk=account.pk)) == {"segment": "mid", "segments": "y"}


def test_stale_saves_of_definitions_are_refused(define):
    defined = define("segment", "smb")
    update_custom_field(defined, version=1, default_value="mid")
    with pytest.raises(StaleVersion, match="Changed by"):
        update_custom_field(defined, version=1, default_value="large")
    with pytest.raises(StaleVersion):
        delete_custom_field(defined, version=1)
    delete_custom_field(defined, version=2)
    with pytest.raises(StaleVersion, match="deleted"):
        update_custom_field(defined, version=2, default_value="x")


@pytest.mark.django_db(transaction=True)
def test_a_type_waits_for_own_values_that_are_being_saved(organization, define, account):
    saved, go_on = threading.Event(), threading.Event()

    def save():
        try:
            with transaction.atomic():
                update_account(account, version=1, custom_fields={"segment": "smb"})
                saved.set()
                go_on.wait(10)
        finally:
            connection.close()

    saving = threading.Thread(target=save)
    saving.start()
    assert saved.wait(10)
    threading.Timer(0.3, go_on.set).start()
    try:
        with pytest.raises(RuleViolation, match="segment is a text on 1 account already"):
            define("segment", "1", number=True)
    finally:
        go_on.set()
        saving.join()
