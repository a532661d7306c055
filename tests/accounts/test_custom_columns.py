"""Custom fields of many accounts: columns customFields.<name> of a file, and Edit fields (spec 1)."""

from decimal import Decimal

import pytest

from accounts.models import Account
from m3console.core.custom_fields.definitions import create_custom_field, update_custom_field
from m3console.core.errors import RuleViolation
from m3console.core.models import CustomFieldDefinition
from tests.accounts.pages import BASE, text
from tests.accounts.test_importing import applied, counts, prepare, problems, rows  # noqa: F401
from tests.core.bulk_pages import chosen, confirm, outcomes

EDIT = f"{BASE}many/edit/"
KEEP = {"currency": "unchanged"}


@pytest.fixture
def define(organization):
    def defined(name, value_type="STRING", default=""):
        return create_custom_field(
            organization=organization,
            entity_type="ACCOUNT",
            name=name,
            value_type=value_type,
            default_value=default,
        )

    return defined


def own(code):
    return Account.objects.get(code=code).custom_fields


def test_a_file_sets_own_values_takes_blank_ones_away_and_leaves_the_rest(prepare, make_account, define):  # noqa: F811
    define("hours", "NUMBER", "8")
    make_account("known", custom_fields={"hours": Decimal(4), "segment": "smb", "note": "kept"})
    make_account("parent")
    made = prepare(
        "Code,Name,Email address,Parent account,customFields.hours,customfields.segment",
        "known,Known,billing@customer.example,,12.50,",
        "new,New,a@new.example,,8,mid",
        "child,Child,a@new.example,parent,,mid",
    )
    assert counts(made) == (2, 1, 0, 0)
    assert rows(made)[2].changes == [
        ["customFields.hours", "4", "12.50"],
        ["customFields.segment", "smb", ""],
    ]
    applied(made)
    assert own("known") == {"hours": Decimal("12.50"), "note": "kept"}
    assert own("new") == {"hours": Decimal(8), "segment": "mid"}
    assert own("child") == {"segment": "mid"}
    again = prepare("Code,customFields.hours", "known,12.50", "new,8")
    assert counts(again) == (0, 0, 2, 0)


@pytest.mark.parametrize(
    ("cell", "sentence"), [("eight", "“eight” is not a number"), ("1e99", "at most 40 digits")]
)
def test_a_number_is_wanted_where_the_organization_has_one(prepare, make_account, define, cell, sentence):  # noqa: F811
    define("hours", "NUMBER")
    make_account("known")
    [[column, said]] = problems(prepare("Code,customFields.hours", f"known,{cell}"))[2]
    assert (column, sentence in said) == ("customFields.hours", True)


def test_a_type_that_changed_since_the_preview_imports_nothing(prepare, make_account, define):  # noqa: F811
    made_of, _ = define("hours"), make_account("known")
    made = prepare("Code,customFields.hours", "known,many")
    update_custom_field(made_of, version=1, name="hours", value_type="NUMBER", default_value="")
    with pytest.raises(RuleViolation, match="Line 2: “many” is not a number"):
        applied(made)
    assert own("known") == {}


def test_a_column_that_names_no_possible_field_is_refused(prepare):  # noqa: F811
    for name in ("customFields.", "customFields.a b"):
        with pytest.raises(RuleViolation, match="names no custom field"):
            prepare(f"Code,{name}", "known,x")
    with pytest.raises(RuleViolation, match=r"two columns “customFields\.a”"):
        prepare("Code,customFields.a,CustomFields.a", "known,x,y")


def test_what_looks_personal_in_one_is_warned_of(prepare, make_account):  # noqa: F811
    make_account("known")
    made = prepare("Code,customFields.contact", "known,ada@person.example")
    assert rows(made)[2].warnings == [["customFields.contact", "an email address"]]


def test_the_template_and_the_page_name_the_organizations_fields(operator, define):
    define("segment")
    assert text(operator.get(f"{BASE}import/template/")).strip().endswith(",customFields.segment")
    assert "customFields.segment" in text(operator.get(f"{BASE}import/"))


def test_edit_fields_sets_and_clears_own_values_of_many(operator, make_account, define):
    define("hours", "NUMBER", "8")
    define("segment")
    first = make_account("first", custom_fields={"segment": "smb", "note": "kept"})
    second = make_account("second", custom_fields={"hours": Decimal(24)})
    sent = KEEP | {"custom_0": "24", "clear_custom_1": "on"}
    done = confirm(operator, EDIT, operator.post(EDIT, chosen(first, second)), **sent)
    assert outcomes(done) == {"First": ("done", ""), "Second": ("unchanged", "")}
    assert own("first") == {"note": "kept", "hours": Decimal(24)}


def test_edit_fields_refuses_what_is_no_number_and_asks_about_what_looks_personal(
    operator, make_account, define
):
    define("hours", "NUMBER")
    define("contact")
    asked = operator.post(EDIT, chosen(make_account("first")))
    again = confirm(operator, EDIT, asked, **KEEP, custom_0="many", custom_1="ada@person.example")
    assert again.status_code == 422
    assert "“many” is not a number" in text(again)
    assert "Custom field contact looks like an email address" in text(again)
    assert own("first") == {}
    assert CustomFieldDefinition.objects.count() == 2
