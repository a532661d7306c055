"""Django admin shows, and changes nothing that has a rule."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client

from accounts.services import create_account
from m3console.core.admin import LookOnly
from m3console.core.links import reverse
from m3console.core.lists.saved_views import create_saved_filter, keep_columns
from m3console.core.models import Membership

OURS = [
    model for model in admin.site._registry if model.__module__.split(".")[0] in {"m3console", "accounts"}
]
LOOKED_AT = [model for model in OURS if model.__name__ != "Membership"]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def row(model):
    return model._base_manager.first()


def path(model, act, *args):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{act}"
    return reverse(name, **({"object_id": args[0]} if args else {}))


@pytest.fixture
def staff(make_user):
    """A browser of a staff member; `superuser` sees every organization."""

    def signed_in(*, superuser=False, **kwargs):
        user = make_user("administrator", **kwargs)
        user.is_staff, user.is_superuser = True, superuser
        user.save()
        client = Client()
        client.force_login(user, backend=BACKEND)
        return client

    return signed_in


@pytest.fixture
def filled(organization, make_user):
    """An organization with a row of everything."""
    apps.get_model("core", "CurrencyConversion").objects.create(
        organization=organization, from_currency="EUR", to_currency="USD", multiplier="1.1"
    )
    apps.get_model("core", "CustomFieldDefinition").objects.create(
        organization=organization, entity_type="ACCOUNT", name="segment", default_value="smb", position=1
    )
    make_user("viewer")
    ada = create_account(organization=organization, name="Ada", code="ada", email_address="a@a.example")
    create_account(
        organization=organization, name="Kid", code="kid", email_address="k@k.example", parent_account=ada
    )
    membership = Membership.objects.filter(organization=organization).first()
    keep_columns(membership, "accounts:account_list", ["code"])
    create_saved_filter(membership, list_name="accounts:account_list", name="Mine", query="")
    return organization


@pytest.mark.parametrize("model", LOOKED_AT, ids=str)
def test_everything_of_ours_is_looked_at_and_not_changed(model, filled, staff):
    client = staff(superuser=True)
    assert client.get(path(model, "changelist")).status_code == 200
    shown = client.get(path(model, "change", row(model).pk))
    assert shown.status_code == 200
    assert b'type="submit"' not in shown.content.replace(b"Log out", b"").split(b'id="content"')[1]
    assert client.get(path(model, "add")).status_code == 403
    for act in ("change", "delete"):
        assert client.post(path(model, act, row(model).pk), {"name": "x", "post": "yes"}).status_code == 403
    assert row(model) is not None


@pytest.mark.parametrize("model", OURS, ids=str)
def test_staff_see_their_own_organizations_only(model, filled, staff, make_organization):
    mine = row(model)
    stranger = staff(within=make_organization("other"))
    listed = stranger.get(path(model, "changelist")).context["cl"].queryset
    assert mine.pk not in set(listed.values_list("pk", flat=True))
    assert stranger.get(path(model, "change", mine.pk)).status_code == 302


def test_only_a_superuser_repairs_a_role_and_nothing_else_of_a_membership(filled, staff):
    membership = apps.get_model("core", "Membership")
    member = membership.objects.get(role="viewer")
    change = path(membership, "change", member.pk)
    repaired = {"role": "operator", "user": str(member.pk), "organization": str(member.pk)}
    assert staff(superuser=True).post(change, repaired).status_code == 302
    after = membership.objects.get(pk=member.pk)
    assert (after.role, after.user_id) == ("operator", member.user_id)
    membership.objects.get(role="administrator").delete()
    apps.get_model("core", "User").objects.filter(email__startswith="administrator").delete()
    assert staff().post(change, {"role": "approver"}).status_code == 403


def test_people_of_the_console_do_not_get_into_the_admin(filled, sign_in):
    for role in ("operator", "administrator"):
        assert sign_in(role).get(reverse("admin:index")).status_code in {302, 403}


def test_no_page_shows_a_password_hash(filled, staff):
    client = staff(superuser=True)
    user = apps.get_model("core", "User").objects.first()
    assert user.password.encode() not in client.get(path(type(user), "change", user.pk)).content


def test_lists_count_no_further_than_the_cap(filled, staff, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr("m3console.core.admin.LOOKED_AT", 3)
    client = staff(superuser=True)
    listed = client.get(path(apps.get_model("core", "Currency"), "changelist"))
    assert listed.context["cl"].result_count == 3
    with django_assert_max_num_queries(10):
        client.get(path(apps.get_model("accounts", "Account"), "changelist"))


def test_what_has_rules_of_ours_is_look_only():
    assert OURS
    assert all(isinstance(admin.site._registry[model], LookOnly) for model in OURS)
