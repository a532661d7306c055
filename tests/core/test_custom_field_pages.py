"""The pages on which administrators define custom fields, the organization's own values, and history."""

from decimal import Decimal

import pytest

from accounts.services import create_account, update_account
from m3console.core.custom_fields.definitions import create_custom_field, update_custom_field
from m3console.core.custom_fields.typed import ACT
from m3console.core.links import reverse
from m3console.core.models import CustomFieldDefinition
from tests.core.test_custom_field_forms import custom, filled


@pytest.fixture
def segment(organization):
    return create_custom_field(
        organization=organization, entity_type="ACCOUNT", name="segment", value_type="STRING",
        default_value="smb",
    )  # fmt: skip


@pytest.fixture
def administrator(sign_in):
    return sign_in("administrator")


@pytest.fixture
def account(organization):
    return create_account(organization=organization, name="Ada", code="ada", email_address="a@a.example")


def said(client, answer):
    return client.get(answer["Location"]).text


def test_the_list_shows_the_types_that_exist_and_what_is_defined_of_each(segment, administrator):
    page = administrator.get(reverse("core:custom_field_list")).text
    types = ["Organization", "Product", "Meter", "Aggregation", "Plan template", "Plan", "Account"]
    places = [page.index(f'scope="rowgroup" colspan="2">{name} <') for name in [*types, "Account plan"]]
    assert places == sorted(places)
    assert "Contract" not in page
    assert "1 of 10" in page
    assert "smb" in page
    assert "Custom fields" in administrator.get(reverse("accounts:account_list")).text


def test_others_see_the_list_and_change_nothing(segment, sign_in):
    page = sign_in("operator").get(reverse("core:custom_field_list"))
    assert page.status_code == 200
    assert "Create custom field" not in page.text
    assert reverse("core:custom_field_history", pk=segment.pk) in page.text
    assert f'href="{reverse("core:custom_field_edit", pk=segment.pk)}"' not in page.text


def test_a_custom_field_is_created_changed_and_deleted(administrator, organization):
    create = reverse("core:custom_field_create")
    assert 'value="PLAN" selected' in administrator.get(f"{create}?type=PLAN").text
    typed = {"entity_type": "PLAN", "name": "gl", "value_type": "NUMBER", "default_value": "4e3"}
    answer = administrator.post(create, typed)
    assert "Custom field gl of plans created." in said(administrator, answer)
    made = CustomFieldDefinition.objects.get()
    assert (made.default_value, made.position, made.organization) == ("4000", 1, organization)
    edit = reverse("core:custom_field_edit", pk=made.pk)
    changes = {"name": "gl", "value_type": "NUMBER", "default_value": "4400", "version": "1"}
    assert administrator.post(edit, changes).status_code == 302
    stale = administrator.post(edit, changes | {"default_value": "1"})
    assert stale.status_code == 409
    assert stale.context["conflict"]["rows"] == [{"label": "Default value", "theirs": "4400", "yours": "1"}]
    delete = reverse("core:custom_field_delete", pk=made.pk)
    asked = administrator.get(delete, headers={"HX-Request": "true"}).text
    assert "Delete custom field gl of plans?" in asked
    assert "No plan overrides it." in asked
    assert "All plans lose the value 4400." in asked
    assert administrator.post(delete, {"version": "1"}).status_code == 409
    assert administrator.post(delete, {"version": "2"}).status_code == 302
    assert not CustomFieldDefinition.objects.exists()


def test_deleting_says_how_many_entities_override_it(segment, account, administrator):
    update_account(account, version=1, custom_fields={"segment": "mid"})
    page = administrator.get(reverse("core:custom_field_delete", pk=segment.pk)).text
    assert "Overridden by 1 account: their own values stay." in page
    assert "All other accounts lose the value smb." in page


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"name": ""}, "name", "Enter a name"),
        ({"name": "1st"}, "name", "Use letters, digits"),
        ({"name": "x" * 81}, "name", "at most 80"),
        ({"name": "segment"}, "name", "a custom field segment for the type account already"),
        ({"name": "<script>"}, "name", "Use letters"),
        ({"entity_type": "BILL"}, "entity_type", "Select a valid choice"),
        ({"entity_type": "CONTRACT"}, "entity_type", "Select a valid choice"),
        ({"value_type": "DATE"}, "value_type", "Select a valid choice"),
        ({"value_type": "NUMBER", "default_value": "NaN"}, "default_value", "is not a number"),
        ({"value_type": "NUMBER", "default_value": "1e999"}, "default_value", "at most 40 digits"),
        ({"value_type": "NUMBER", "default_value": "٣"}, "default_value", "is not a number"),
        ({"default_value": "x" * 1001}, "default_value", "at most 1000"),
        ({"default_value": "a\x00"}, "default_value", "ull characters|control character"),
        ({"default_value": "a\u202eb"}, "default_value", "changes the direction"),
    ],
)
def test_what_is_no_definition_is_refused_beside_its_field(typed, field, sentence, segment, administrator):
    whole = {"entity_type": "ACCOUNT", "name": "n", "value_type": "STRING", "default_value": ""} | typed
    answer = administrator.post(reverse("core:custom_field_create"), whole)
    assert answer.status_code == 422
    assert any(part in str(answer.context["form"].errors[field]) for part in sentence.split("|"))
    assert CustomFieldDefinition.objects.count() == 1


def test_another_organizations_definitions_are_not_found(segment, administrator, make_organization):
    other = create_custom_field(
        organization=make_organization("other"), entity_type="ACCOUNT", name="n", value_type="STRING"
    )
    for act in ("edit", "delete", "history"):
        assert administrator.get(reverse(f"core:custom_field_{act}", pk=other.pk)).status_code == 404


def test_the_organization_has_values_of_its_own(administrator, organization):
    create_custom_field(
        organization=organization, entity_type="ORGANIZATION", name="fx", value_type="NUMBER",
        default_value="1.1",
    )  # fmt: skip
    url = reverse("core:organization_edit")
    sent = filled(administrator, url)
    drawn = administrator.post(url, {**sent, ACT: "add"})
    assert 'name="custom_fields-1-name"' in drawn.text
    wrong = administrator.post(url, sent | custom(("fx", "x")))
    assert "fx: “x” is not a number" in wrong.text
    answer = administrator.post(url, sent | custom(("fx", "1.20"), ("note", "n")))
    assert answer.status_code == 302, answer.context["form"].errors
    organization.refresh_from_db()
    assert organization.custom_fields == {"fx": Decimal("1.20"), "note": "n"}
    assert "<s>1.1</s>" in administrator.get(url).text


def test_history_tells_each_custom_field_that_changed(account, segment, administrator, organization):
    account = update_account(account, version=1, custom_fields={"segment": "mid", "n": Decimal("1.50")})
    update_account(account, version=2, custom_fields={"segment": "mid", "n": Decimal(2), "x": "y"})
    page = administrator.get(reverse("accounts:account_history", pk=account.pk))
    told = [
        (each.field, each.old, each.new)
        for day in page.context["days"]
        for event in day.events
        for each in event.changes
        if "ustom" in each.field
    ]
    assert told[:2] == [("Custom field n", "1.5", "2"), ("Custom field x", "", "y")]
    assert told[2:] == [("Custom field n", "", "1.5"), ("Custom field segment", "", "mid")]
    update_custom_field(segment, version=1, default_value="large")
    for url in (reverse("core:custom_field_history", pk=segment.pk), reverse("core:organization_history")):
        assert "large" in administrator.get(url).text


def test_each_page_needs_few_queries(segment, administrator, django_assert_max_num_queries):
    for number in range(9):
        create_custom_field(
            organization=segment.organization, entity_type="ACCOUNT", name=f"f{number}", value_type="STRING"
        )
    with django_assert_max_num_queries(8):
        administrator.get(reverse("core:custom_field_list"))
    for act in ("edit", "delete", "history"):
        with django_assert_max_num_queries(14):
            administrator.get(reverse(f"core:custom_field_{act}", pk=segment.pk))


def test_lists_and_their_csv_offer_the_values_that_hold(account, segment, administrator):
    update_account(account, version=1, custom_fields={"n": Decimal("1.50"), "note": "=x"})
    other = create_account(
        organization=segment.organization, name="B", code="b", email_address="b@b.example",
        custom_fields={"segment": "mid"},
    )  # fmt: skip
    url = reverse("accounts:account_list")
    assert "segment=" not in administrator.get(url).text
    page = administrator.get(f"{url}?columns=code,custom_fields").text
    assert "n=1.50; note==x; segment=smb" in page
    assert "segment=mid" in page
    csv = b"".join(administrator.get(f"{url}?format=csv-all").streaming_content).decode()
    assert "Custom fields" in csv.splitlines()[0]
    assert "segment=mid" in next(line for line in csv.splitlines() if other.email_address in line)
    assert administrator.get(f"{reverse('plans:plan_list')}?columns=custom_fields").status_code == 200
