"""Acts by browser, admin, command and raw SQL are all in the history, and whose they were."""

import io
from collections.abc import Callable, Iterator
from urllib.parse import urljoin

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.models import Account
from m3console.core.models import Membership, Organization
from plans.models import AccountPlan, DataField, Product
from tests.browser.pages import pages
from tests.everything import filled
from tests.forms_in_pages import forms_in

EDITED = {
    "accounts:account_edit": ("Updated account", {"purchase_order_number": "PO-77"}),
    "plans:product_edit": ("Updated product", {"name": "Renamed"}),
    "plans:meter_edit": ("Updated meter", {"name": "Renamed"}),
    "plans:aggregation_edit": ("Updated aggregation", {"name": "Renamed"}),
    "plans:counter_edit": ("Updated counter", {"name": "Renamed"}),
    "plans:counter_adjustment_edit": ("Updated counter adjustment", {"value": "7"}),
    "plans:plan_template_edit": ("Updated plan template", {"name": "Renamed"}),
    "plans:plan_edit": ("Updated plan", {"name": "Renamed"}),
    "plans:attachment_edit": ("Updated plan attachment", {"code": "renamed"}),
    "core:organization_edit": ("Updated organization", {"name": "Renamed"}),
    "core:currency_edit": ("Updated currency", {"name": "Renamed"}),
    "core:custom_field_edit": ("Updated custom field", {"default_value": "7"}),
    "accounts:child_remove": ("Removed child account", {}),
}
CREATED = {
    "accounts:account_create": (
        "Created account",
        {"name": "New", "code": "new", "email_address": "new@new.example"},
    ),
    "plans:product_create": ("Created product", {"name": "New", "code": "new"}),
    "plans:counter_create": ("Created counter", {"name": "New", "code": "new", "unit": "seat"}),
    "plans:plan_template_create": ("Created plan template", {"name": "New", "standing_charge": "5"}),
    "plans:plan_create": ("Created plan", {"name": "New", "code": "new"}),
    "plans:plan_duplicate": ("Duplicated plan", {"name": "Copy", "code": "copy"}),
    "plans:plan_template_duplicate": ("Duplicated plan template", {"name": "Copy", "code": "copy"}),
    "core:currency_create": ("Created currency", {"name": "Tokens", "code": "TOK"}),
    "core:custom_field_create": ("Created custom field", {"name": "region"}),
    "billing:run_billing": ("Created job", {"bill_date": "2026-06-01"}),
}
pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def client(organization: Organization, sign_in) -> Iterator[Client]:
    """An administrator's browser, in an organization with a little of everything."""
    client = sign_in("administrator")
    with filled(organization, organization.memberships.get()):
        yield client


class Acts:
    """Does things in an organization and remembers of each whether the history tells it."""

    def __init__(self, client: Client, organization: Organization, name: str) -> None:
        self.client, self.organization, self.name = client, organization, name
        self.done: list[str] = []

    def told(self, sentence: str, source: str, actor: str) -> None:
        page = self.client.get(f"/o/{self.organization.slug}/history/")
        events = [event for day in page.context["days"] for event in day.events]
        found = [(each.sentence, each.source, each.actor) for each in events[:3]]
        assert (sentence, source, actor) in found, (sentence, found)
        self.done.append(sentence)

    def submit(self, path: str, sentence: str, **changed: str) -> None:
        """Fill in the form of a page and post it, and once more where it asks for a confirmation.

        Of something new, a choice that is not made is the first one there is.
        """
        [form, *_] = _forms(self.client.get(path).content.decode(), path)
        if path.endswith("/create/"):
            first = {name: offered[0] for name, offered in form.offered.items() if form.values[name] == [""]}
            changed = first | changed
        answer = self.client.post(path, form.sent(**changed))
        if answer.status_code == 422:
            [form, *_] = _forms(answer.content.decode(), path)
            answer = self.client.post(path, form.sent(**changed, confirmed="on"))
        assert answer.status_code == 302, (path, answer.context["form"].errors)
        self.told(sentence, "console", self.name)

    def in_sql(self, sentence: str, statement: str, *params: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
        self.told(sentence, "SQL", "Outside the console")

    def by_command(self, sentence: str, actor: str, act: Callable[[], object]) -> None:
        act()
        self.told(sentence, "command", actor)


def _forms(html: str, path: str) -> list:
    return [form for form in forms_in(html) if urljoin(path, form.action or path) == path]


@pytest.mark.timeout(300)
def test_thirty_different_acts_are_thirty_attributed_entries(client, organization, tmp_path):
    person = Membership.objects.get(organization=organization, role="administrator").user
    acts, where = Acts(client, organization, str(person)), pages(organization)
    for page, (sentence, changed) in (EDITED | CREATED).items():
        acts.submit(where[page], sentence, **changed)
    _attach_and_delete(acts)
    _by_command(acts, tmp_path)
    _in_the_admin(acts, person)
    _in_sql(acts)
    assert len(acts.done) >= 30
    assert len(set(acts.done)) >= 28, sorted(acts.done)


def _attach_and_delete(acts: Acts) -> None:
    new = Account.objects.get(organization=acts.organization, code="new")
    product = Product.objects.get(organization=acts.organization, code="new")
    acts.submit(f"/o/acme/products/{product.pk}/delete/", "Deleted product")
    acts.submit(
        f"/o/acme/accounts/{new.pk}/erase/",
        "Erased personal data",
        typed_code="new",
        reason="Asked to",
    )
    acts.submit(f"/o/acme/accounts/{new.pk}/delete/", "Deleted account", typed_code="new")


def _in_the_admin(acts: Acts, person) -> None:
    person.is_staff = person.is_superuser = True
    person.save()
    member = Membership.objects.exclude(user=person).filter(organization=acts.organization).first()
    answer = acts.client.post(f"/admin/core/membership/{member.pk}/change/", {"role": "operator"})
    assert answer.status_code == 302
    acts.told("Repaired membership", "admin", acts.name)


def _by_command(acts: Acts, tmp_path) -> None:
    usage = tmp_path / "usage.csv"
    field = DataField.objects.filter(meter__organization=acts.organization, numeric=True).first()
    usage.write_text(f"account,meter,ts,{field.code}\nnobody-yet,{field.meter.code},2026-05-01T00:00:00Z,1\n")
    options = {"organization": "acme", "stdout": io.StringIO(), "stderr": io.StringIO()}
    acts.by_command(
        "Created user",
        "command line",
        lambda: call_command("create_user", "x@x.example", role="viewer", **options),
    )
    acts.by_command(
        "Ingested usage", "command line", lambda: call_command("import_usage", str(usage), **options)
    )
    with pytest.raises(SystemExit):  # one of the accounts made up cannot be billed
        call_command("run_billing", "--bill-date", "2026-06-01", **options)
    acts.told("Completed job", "command", "command line")


def _in_sql(acts: Acts) -> None:
    acts.in_sql(
        "Changed by SQL",
        "update plans_product set name = 'By hand' where organization_id = %s",
        acts.organization.pk,
    )
    attachment = AccountPlan.objects.filter(organization=acts.organization).first()
    acts.in_sql(
        "Changed by SQL", "update plans_accountplan set code = 'by hand' where id = %s", attachment.pk
    )
    acts.in_sql(
        "Added by SQL",
        "insert into core_customfielddefinition select (jsonb_populate_record(d, jsonb_build_object("
        "'id', gen_random_uuid(), 'name', 'by hand', 'position', 9))).* from core_customfielddefinition d"
        " where organization_id = %s limit 1",
        acts.organization.pk,
    )
    acts.in_sql("Deleted by SQL", "delete from core_customfielddefinition where name = 'by hand'")
