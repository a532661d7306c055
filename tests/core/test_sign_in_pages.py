"""What somebody sees who is not signed in, is refused, or meets a fault."""

import pytest
from django.template.loader import render_to_string
from django.test import Client

from m3console.core.models import User

pytestmark = pytest.mark.django_db


def test_the_sign_in_page_offers_no_sign_up():
    page = Client().get("/account/login/").content.decode()
    assert "<h1>Sign in</h1>" in page
    assert "sign up" not in page.lower()


def test_nobody_signs_up_by_themselves():
    answer = Client().post(
        "/account/signup/", {"email": "new@example.com", "password1": "x", "password2": "x"}
    )
    assert "By invitation only" in answer.content.decode()
    assert not User.objects.filter(email="new@example.com").exists()


def test_a_wrong_password_is_told_above_the_form_and_the_address_is_kept(make_user):
    user = make_user()
    page = Client().post("/account/login/", {"login": user.email, "password": "wrong"}).content.decode()
    assert "There is a problem" in page
    assert f'value="{user.email}"' in page


def test_after_five_wrong_passwords_the_right_one_is_not_tried_any_more(make_user):
    user, browser = make_user(), Client()
    for _ in range(5):
        answer = browser.post("/account/login/", {"login": user.email, "password": "wrong"})
    assert answer.status_code == 429
    assert "Too many attempts" in answer.content.decode()
    browser.post("/account/login/", {"login": user.email, "password": "correct horse battery"})
    assert "_auth_user_id" not in browser.session


def test_signing_in_leads_to_the_console_and_signing_out_needs_a_form(make_user):
    user, browser = make_user(), Client()
    answer = browser.post("/account/login/", {"login": user.email, "password": "correct horse battery"})
    assert answer["Location"] == "/"
    assert "Sign out?" in browser.get("/account/logout/").content.decode()
    assert "_auth_user_id" in browser.session
    browser.post("/account/logout/")
    assert "_auth_user_id" not in browser.session


def test_a_forgotten_password_is_set_anew_by_mail(make_user, mailoutbox):
    user, browser = make_user(), Client()
    browser.post("/account/password/reset/", {"email": user.email})
    link = next(word for word in mailoutbox[0].body.split() if "/password/reset/key/" in word)
    page = browser.get(link.partition("testserver")[2], follow=True)
    assert "Set a new password" in page.content.decode()
    set_to = {"password1": "another long horse", "password2": "another long horse"}
    done = browser.post(page.redirect_chain[-1][0], set_to, follow=True)
    assert "Your new password is set" in done.content.decode()
    user.refresh_from_db()
    assert user.check_password("another long horse")


def test_a_reset_for_an_unknown_address_does_not_tell_that_it_is_unknown(mailoutbox):
    answer = Client().post("/account/password/reset/", {"email": "nobody@example.com"}, follow=True)
    assert "If the address is known here" in answer.content.decode()


@pytest.mark.parametrize("path", ["password/change/", "2fa/", "email/", "reauthenticate/"])
def test_the_pages_of_ones_own_sign_in_are_in_the_consoles_look(path, sign_in):
    page = sign_in().get(f"/account/{path}", follow=True).content.decode()
    assert "css/tokens" in page
    assert page.count("<h1") == 1


def test_the_page_of_a_refusal_gives_its_reason(rf):
    from django.core.exceptions import PermissionDenied

    from m3console.core.views.errors import forbidden

    request = rf.get("/")
    answer = forbidden(request, PermissionDenied("Your role, viewer, may not approve & lock bills."))
    assert "Your role, viewer, may not approve &amp; lock bills." in answer.content.decode()


def test_an_unknown_address_is_a_page_of_ours_with_a_reference():
    answer = Client().get("/nothing/here/")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()
    assert "Reference" in answer.content.decode()


@pytest.mark.parametrize("code", [400, 403, 404, 500, 503])
def test_error_pages_need_neither_context_nor_static_file_manifest(code, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    page = render_to_string(f"{code}.html")
    assert "<h1>" in page
    assert 'href="/static/css/tokens.css"' in page
