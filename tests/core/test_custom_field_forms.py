"""Custom fields in the forms and on the pages of every entity that has them."""

import re
from decimal import Decimal
from html import unescape

import pytest

from accounts.services import create_account, update_account
from m3console.core.custom_fields.definitions import create_custom_field
from m3console.core.custom_fields.typed import ACT
from m3console.core.links import reverse
from m3console.core.models import EntityType
from plans.attachments import attach_plan
from plans.models import AccountPlan
from tests.plans.attaching import JAN
from tests.plans.catalogue import (
    a_meter,
    a_plan,
    a_product,
    a_template,
    an_aggregation,
)

PAGES = {
    "ACCOUNT": ("accounts:account", "operator"),
    "PRODUCT": ("plans:product", "catalogue"),
    "METER": ("plans:meter", "catalogue"),
    "AGGREGATION": ("plans:aggregation", "catalogue"),
    "PLAN_TEMPLATE": ("plans:plan_template", "catalogue"),
    "PLAN": ("plans:plan", "catalogue"),
    "ACCOUNT_PLAN": ("plans:attachment", "operator"),
}
HTMX = {"HX-Request": "true"}


def custom(*rows):
    """Rows of (name, value) or (name, value, type) as the table sends them."""
    sent = {"custom_fields-total": str(len(rows))}
    for number, (name, value, *kind) in enumerate(rows):
        parts = {"name": name, "value": value, "type": kind[0] if kind else "STRING"}
        sent |= {f"custom_fields-{number}-{part}": text for part, text in parts.items()}
    return sent


@pytest.fixture
def define(organization):
    def made(name, default="", *, of="ACCOUNT", number=False):
        return create_custom_field(
            organization=organization, entity_type=of, name=name,
            value_type="NUMBER" if number else "STRING", default_value=default,
        )  # fmt: skip

    return made


@pytest.fixture
def account(organization):
    return create_account(organization=organization, name="Ada", code="ada", email_address="a@a.example")


@pytest.fixture
def things(organization, account):
    product = a_product(organization)
    meter = a_meter(organization)
    template = a_template(product)
    plan = a_plan(template)
    return {
        "ACCOUNT": account,
        "PRODUCT": product,
        "METER": meter,
        "AGGREGATION": an_aggregation(meter),
        "PLAN_TEMPLATE": template,
        "PLAN": plan,
        "ACCOUNT_PLAN": attach_plan(account=account, plan=plan, start_date=JAN),
    }


def filled(client, url):
    """What the form of a page would send if nothing was typed: its controls, read off the page."""
    html = client.get(url).text
    sent = {}
    for tag in re.findall(r"<(?:input|select|textarea)[^>]*>", html):
        attrs = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attrs.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        if name := attrs.get("name"):
            sent[name] = unescape(attrs.get("value", ""))
    for select in re.findall(r"<select.*?</select>", html, re.DOTALL):
        name = re.search(r'name="([^"]*)"', select)[1]
        chosen = re.search(r'value="([^"]*)"\s+selected', select) or re.search(r'value="([^"]*)"', select)
        sent[name] = chosen[1] if chosen else ""
    return sent


@pytest.mark.parametrize("kind", PAGES)
def test_every_entity_is_given_own_values_in_its_form_and_shows_them_on_its_page(
    kind, things, define, sign_in
):
    name, role = PAGES[kind]
    client, entity = sign_in(role), things[kind]
    define("sla_hours", "24", of=kind, number=True)
    edit = reverse(f"{name}_edit", pk=entity.pk)
    sent = filled(client, edit)
    assert sent["custom_fields-0-name"] == "sla_hours"
    assert "Blank: the organization’s, 24" in client.get(edit).text
    answer = client.post(edit, sent | custom(("sla_hours", "8"), ("note", "a <b> & c")))
    assert answer.status_code == 302, answer.context and answer.context["form"].errors
    entity.refresh_from_db()
    assert entity.custom_fields == {"sla_hours": Decimal(8), "note": "a <b> & c"}
    page = " ".join(client.get(reverse(f"{name}_detail", pk=entity.pk)).text.split())
    noun = EntityType(kind).label.lower()
    assert f'<s>24</s><span class="visually-hidden"> overridden by this {noun}: </span>8<button' in page
    assert 'data-copy="8" aria-label="Copy sla_hours"' in page
    assert 'data-copy="a &lt;b&gt; &amp; c"' in page
    assert "Struck out: the organization’s value, overridden here." in page
    again = filled(client, edit)
    assert [again["custom_fields-0-value"], again["custom_fields-1-value"]] == ["8", "a <b> & c"]
    kept = {**again, "custom_fields-1-value": "x"}
    assert client.post(edit, kept).status_code == 302
    entity.refresh_from_db()
    assert entity.custom_fields == {"sla_hours": Decimal(8), "note": "x"}


def test_an_organizations_value_is_shown_as_such_until_it_is_overridden(account, define, sign_in):
    define("segment", "smb")
    page = sign_in("viewer").get(reverse("accounts:account_detail", pk=account.pk)).text
    assert "segment" in page
    assert "from organization" in page
    assert "<s>" not in page
    assert "#id_custom_fields" not in page


def test_rows_are_added_and_removed_without_scripts_and_nothing_is_saved(account, define, sign_in):
    define("segment", "smb")
    client, edit = sign_in(), reverse("accounts:account_edit", pk=account.pk)
    sent = filled(client, edit) | custom(("segment", "mid"), ("note", "x")) | {"name": ""}
    drawn = client.post(edit, {**sent, ACT: "add"})
    assert drawn.status_code == 200
    assert 'name="custom_fields-2-name"' in drawn.text
    assert "autofocus" in drawn.text
    assert 'value="mid"' in drawn.text
    assert "Enter a" not in drawn.text
    drawn = client.post(edit, {**sent, ACT: "remove-1"})
    assert 'value="mid"' in drawn.text
    assert 'name="custom_fields-1-name"' not in drawn.text
    account.refresh_from_db()
    assert (account.custom_fields, account.version) == ({}, 1)


@pytest.mark.parametrize("kind", PAGES)
def test_htmx_gets_the_table_alone_on_every_form(kind, things, sign_in):
    name, role = PAGES[kind]
    client = sign_in(role)
    edit = reverse(f"{name}_edit", pk=things[kind].pk)
    answer = client.post(edit, custom(("note", "x")) | {ACT: "add"}, headers=HTMX)
    assert answer.status_code == 200
    assert answer.text.strip().startswith('<div class="field"')
    assert 'id="id_custom_fields"' in answer.text
    assert 'name="custom_fields-1-value"' in answer.text


def test_a_plan_is_attached_with_custom_fields_and_rows_are_not_a_preview(things, define, sign_in):
    define("cost_centre", "shared", of="ACCOUNT_PLAN")
    things["ACCOUNT_PLAN"].delete()
    client = sign_in()
    url = reverse("plans:attachment_create", pk=things["ACCOUNT"].pk) + "?type=PLAN"
    sent = {
        "product": str(things["PRODUCT"].pk), "plan": str(things["PLAN"].pk), "start_date": "2026-02-01",
        "plans_of": str(things["PRODUCT"].pk), **custom(("cost_centre", "DE-4410")),
    }  # fmt: skip
    row = client.post(url, {**sent, ACT: "add", "step": ""}, headers=HTMX).text
    assert 'id="id_custom_fields"' in row
    other = client.post(url, {**sent, "step": "preview", "plans_of": ""}).text
    assert 'value="DE-4410"' in other
    assert client.post(url, sent).status_code == 302
    assert AccountPlan.objects.get().custom_fields == {"cost_centre": "DE-4410"}


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("sla_hours", "NaN"), "sla_hours: “NaN” is not a number"),
        (("sla_hours", "1e999"), "sla_hours: A number has at most 40 digits"),
        (("sla_hours", "٣"), "sla_hours: “٣” is not a number"),
        (("sla_hours", "1,5"), "is not a number. Write it like 1234.5"),
        (("rate", "x", "NUMBER"), "rate: “x” is not a number"),
        (("rate", "x", "DATE"), "rate is either a text or a number"),
        (("rate", ""), "rate has no value. Enter one, or remove the row."),
        (("", "lonely"), "The value “lonely” has no name"),
        (("1st", "x"), "“1st”: Use letters, digits, _ and $ only"),
        (("x" * 81, "x"), "1 to 80 characters"),
        (("note", "x" * 1001), "note: a text has 1 to 1,000 characters"),
        (("note", "a\x00b"), "note: This holds a control character"),
        (("note", "a\u202eb"), "changes the direction of text"),
        (("note", "\ud800"), "control character"),
        (("<script>", "alert(1)"), "Use letters, digits"),
    ],
)
def test_what_is_no_custom_field_is_refused_with_a_sentence_and_kept_in_the_form(
    row, sentence, account, define, sign_in
):
    define("sla_hours", "24", number=True)
    client, edit = sign_in(), reverse("accounts:account_edit", pk=account.pk)
    sent = filled(client, edit) | custom(("other", "stays"), row)
    if "\ud800" in row[1]:
        from m3console.core.custom_fields.typed import CustomFieldsFormField

        with pytest.raises(Exception, match=sentence):
            CustomFieldsFormField(EntityType.ACCOUNT).clean(
                [{"name": row[0], "type": "STRING", "value": row[1]}]
            )
        return
    answer = client.post(edit, sent)
    assert answer.status_code == 422
    assert sentence in " ".join(answer.context["form"].errors["custom_fields"])
    assert 'value="stays"' in answer.text
    assert "<script>alert" not in answer.text
    account.refresh_from_db()
    assert account.custom_fields == {}


def test_a_name_stands_there_once(account, define, sign_in):
    client, edit = sign_in(), reverse("accounts:account_edit", pk=account.pk)
    answer = client.post(edit, filled(client, edit) | custom(("a", "1"), ("a", "2")))
    assert "a stands there twice" in answer.text


def test_a_post_that_has_none_of_the_table_leaves_custom_fields_as_they_are(account, sign_in):
    update_account(account, version=1, custom_fields={"note": "x"})
    client, edit = sign_in(), reverse("accounts:account_edit", pk=account.pk)
    sent = {key: value for key, value in filled(client, edit).items() if "custom" not in key}
    assert client.post(edit, {**sent, "name": "Renamed"}).status_code == 302
    account.refresh_from_db()
    assert (account.name, account.custom_fields) == ("Renamed", {"note": "x"})


def test_a_stale_save_shows_both_versions_of_the_custom_fields(account, sign_in):
    client, edit = sign_in(), reverse("accounts:account_edit", pk=account.pk)
    sent = filled(client, edit)
    update_account(account, version=1, custom_fields={"note": "theirs", "n": Decimal("1.50")})
    answer = client.post(edit, sent | custom(("note", "mine")))
    assert answer.status_code == 409
    told = answer.context["conflict"]["rows"]
    assert told == [{"label": "Custom fields", "theirs": "n 1.50; note theirs", "yours": "note mine"}]
    assert 'value="mine"' in answer.text


def test_values_that_look_personal_are_asked_about_on_accounts(account, sign_in):
    client, edit = sign_in(), reverse("accounts:account_edit", pk=account.pk)
    sent = filled(client, edit) | custom(("contact", "ada@lovelace.example"), ("note", "fine"))
    answer = client.post(edit, sent)
    assert answer.status_code == 422
    assert "Custom field contact looks like an email address" in answer.text
    token = re.search(r'name="personal_confirmed"[^>]*value="([^"]*)"', answer.text) or re.search(
        r'value="([^"]*)"[^>]*name="personal_confirmed"', answer.text
    )
    assert client.post(edit, {**sent, "personal_confirmed": token[1]}).status_code == 302
    account.refresh_from_db()
    assert account.custom_fields["contact"] == "ada@lovelace.example"


def test_hostile_addresses_do_not_become_rows(things, sign_in):
    things["ACCOUNT_PLAN"].delete()
    client, url = sign_in(), reverse("plans:attachment_create", pk=things["ACCOUNT"].pk)
    for query in ("custom_fields=x", "custom_fields=[1]", "custom_fields-total=9"):
        answer = client.get(f"{url}?type=PLAN&{query}")
        assert answer.status_code == 200
        assert "custom_fields-0-name" not in answer.text
