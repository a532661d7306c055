"""Every form is answered the same way: refusals beside their field, a stale save with both versions."""

import ast
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.forms import AccountForm
from accounts.models import Account
from accounts.services import create_account, update_account
from m3console.core.entities import Entity
from m3console.core.errors import RuleViolation, StaleVersion
from m3console.core.exact import exact
from m3console.core.forms import form_page, posted

ROOT = Path(__file__).parent.parent.parent
VIEWS = [p for app in ("m3console", "accounts", "plans", "billing") for p in (ROOT / app).rglob("views/*.py")]


@pytest.fixture
def account(organization):
    return create_account(
        organization=organization, name="Ada", code="ada", email_address="a@a.example", currency="EUR"
    )


def answer(method="post", data=None, save=None, form=None, organization=None):
    request = getattr(RequestFactory(), method)("/here/", data or {})
    request.htmx, request.organization = False, organization
    form = form(posted(request))
    return form_page(request, form, save or (lambda: HttpResponse("saved")), context={"title": "T"})


def edit(account):
    return lambda data: AccountForm(data, entity=account, organization=account.organization)


def typed(account, **changes):
    form = AccountForm(entity=account, organization=account.organization)
    values = {field.html_name: field.value() for field in form}
    shown = {name: "" if value is None else str(value) for name, value in values.items()}
    return shown | {"parent_account": ""} | changes


def refuse(problem):
    def save():
        raise problem

    return save


def test_a_form_is_shown_then_saved(account):
    assert answer("get", form=edit(account)).status_code == 200
    assert answer(data=typed(account), form=edit(account)).content == b"saved"


def test_errors_and_refusals_answer_422_beside_their_field(account):
    bad = answer(data=typed(account, name=""), form=edit(account))
    assert (bad.status_code, set(bad.context_data["form"].errors)) == (422, {"name"})
    for named, shown in [("code", "code"), ("elsewhere", "__all__"), (None, "__all__")]:
        refused = answer(
            data=typed(account), form=edit(account), save=refuse(RuleViolation("No, because.", field=named))
        )
        assert refused.status_code == 422
        assert refused.context_data["form"].errors == {shown: ["No, because."]}


def test_a_form_without_the_version_that_it_read_is_refused(account):
    for version in ("", "0", "x"):
        refused = answer(data=typed(account, version=version), form=edit(account))
        assert (refused.status_code, set(refused.context_data["form"].errors)) == (422, {"version"})


def test_a_stale_save_answers_409_with_what_differs_and_takes_up_the_saved_version(account):
    update_account(account, version=1, currency="CHF", days_before_bill_due=7)
    stale = answer(
        data=typed(account, name="Mine"), form=edit(account), save=refuse(StaleVersion("Changed by X."))
    )
    assert stale.status_code == 409
    told, form = stale.context_data["conflict"], stale.context_data["form"]
    assert told["sentence"] == "Changed by X."
    assert {(row["label"], row["theirs"], row["yours"]) for row in told["rows"]} == {
        ("Name", "Ada", "Mine"),
        ("Currency", "CHF, Swiss Franc", "EUR, Euro"),
        ("Days before bill due", "7", ""),
    }
    assert form["name"].value() == "Mine"
    assert form["version"].value() == "2"


def test_a_conflict_with_a_deletion_has_nothing_to_compare(account):
    Account.everyone.filter(pk=account.pk).update(deleted_at=account.created_at)
    stale = answer(data=typed(account), form=edit(account), save=refuse(StaleVersion("Deleted by X.")))
    assert stale.status_code == 409
    assert stale.context_data["conflict"]["rows"] == []


def test_no_view_answers_a_stale_save_in_its_own_way():
    """form_page() is the one place, so nothing that was typed is ever lost."""
    assert VIEWS
    for path in VIEWS:
        for node in ast.walk(ast.parse(path.read_text())):
            caught = isinstance(node, ast.ExceptHandler) and node.type is not None
            assert not (caught and "StaleVersion" in ast.unparse(node.type)), path


def test_every_entity_has_a_recorded_history():
    ours = [model for model in apps.get_models() if issubclass(model, Entity)]
    assert Account in ours
    assert [model for model in ours if not hasattr(model, "pgh_event_model")] == []


@pytest.mark.parametrize("text", ["1", "-0.5", "+1e3", ".5", "5.", "1e-30", "9" * 40])
def test_exact_numbers_keep_every_digit(text):
    assert exact(text).compare_total(Decimal(text)) == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NaN",
        "Infinity",
        "-inf",
        "1e999",
        "1,5",
        "1_000",
        "٤٢",
        "0x10",
        "1e",
        "--1",
        " 1",
        "9" * 41,
        "sNaN",
    ],
)
def test_what_is_not_a_plain_number_is_refused(text):
    with pytest.raises(ValueError):
        exact(text)
