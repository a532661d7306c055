"""The account page, deleting, and child accounts (spec 1, Account page)."""

from datetime import date

from accounts.models import Account
from accounts.services import update_account
from m3console.core.registry import Blocker, MenuEntry, Panel, Tab
from tests.accounts.pages import BASE, HTMX, given, listed, text


def test_the_page_shows_id_code_parent_and_details_beside_the_organizations(operator, make_account):
    parent = make_account("parent", name="The parent")
    account = make_account("kid", parent_account=parent, currency="EUR", locality="Hamburg")
    page = text(operator.get(f"{BASE}{account.pk}/"))
    assert f'data-copy="{account.pk}"' in page
    assert f'<a href="{BASE}{parent.pk}/">The parent</a>' in page
    assert "<s>USD</s>" in page
    assert "Hamburg" in page
    assert "Child accounts" not in page  # a child has none
    assert operator.get(f"{BASE}{account.pk}/children/").status_code == 404


def test_upper_apps_add_tabs_menu_entries_buttons_and_panels(
    operator, sign_in, make_account, account_extensions
):
    here = "accounts:account_history"
    account_extensions.tabs.append(Tab("plans", "Attached plans", here, 20, count=lambda account: 7))
    account_extensions.tabs.append(Tab("no", "Never", here, 30, shown=lambda account: False))
    account_extensions.menu.append(MenuEntry("Attach a plan", "accounts:account_edit", 20, group="Plans"))
    account_extensions.menu.append(MenuEntry("Submit usage", "accounts:account_edit", 5, group="header"))
    account_extensions.panels.append(Panel("recent_bills", here, 10))
    account = make_account()
    answer = operator.get(f"{BASE}{account.pk}/")
    labels = [tab["label"] for tab in answer.context["tabs"]]
    assert labels == ["Overview", "Attached plans", "Child accounts", "History"]
    assert [tab["count"] for tab in answer.context["tabs"]] == [None, 7, 0, None]
    assert [entry["label"] for entry in answer.context["menu"]] == [
        "Edit", "Attach a plan", "Create child account", "Delete",
    ]  # fmt: skip
    assert [button["label"] for button in answer.context["buttons"]] == ["Submit usage"]
    assert f'hx-get="{BASE}{account.pk}/history/' in text(answer)
    viewers = sign_in("viewer").get(f"{BASE}{account.pk}/").context
    assert (viewers["menu"], viewers["buttons"]) == ([], [])


def test_the_history_tab_tells_the_accounts_story(operator, make_account):
    account = make_account("borealis", name="Ada")
    operator.post(f"{BASE}{account.pk}/edit/", given(name="Secret", currency="EUR", version=1))
    page = text(operator.get(f"{BASE}{account.pk}/history/"))
    for words in ("Operator of Acme", "console", "Updated account", "Created account", "EUR", "not recorded"):
        assert words in page
    assert operator.get(f"{BASE}{account.pk}/history/?cursor=nonsense").status_code == 200


def test_long_histories_have_pages(operator, make_account, monkeypatch):
    monkeypatch.setattr("m3console.core.history.entries.PAGE", 3)
    account = make_account("borealis")
    for version in range(1, 5):
        update_account(account, version=version, purchase_order_number=f"PO-{version}")
    first = operator.get(f"{BASE}{account.pk}/history/")
    assert "PO-4" in text(first)
    assert "Created account" not in text(first)
    second = operator.get(f"{BASE}{account.pk}/history/{first.context['older_url']}")
    assert "Created account" in text(second)
    assert not second.context["older_url"]


def test_deleting_without_loss_asks_once(operator, make_account):
    account = make_account("gone", name="Gone")
    page = text(operator.get(f"{BASE}{account.pk}/delete/"))
    assert "no usage and no bills" in page
    assert "Type the account" not in page
    answer = operator.post(f"{BASE}{account.pk}/delete/", {"version": 1}, follow=True)
    assert answer.redirect_chain == [(BASE, 302)]
    assert "Account “Gone” deleted." in text(answer)


def test_deleting_with_usage_or_bills_names_them_and_wants_the_code_typed(
    operator, make_account, account_extensions
):
    account_extensions.losses.append(lambda pk: ["12 usage measurements will be permanently dissociated."])
    account = make_account("bore-1")
    assert "12 usage measurements will be permanently dissociated." in text(
        operator.get(f"{BASE}{account.pk}/delete/")
    )
    for typed in ("", "Bore-1", "bore-1 "):
        answer = operator.post(f"{BASE}{account.pk}/delete/", {"version": 1, "typed_code": typed})
        assert answer.status_code == 422
        assert "typed_code" in answer.context["form"].errors
    assert Account.objects.exists()
    answer = operator.post(f"{BASE}{account.pk}/delete/", {"version": 1, "typed_code": "bore-1"})
    assert answer.status_code == 302
    assert not Account.objects.exists()


def test_a_blocked_deletion_lists_what_blocks_it_with_links(operator, make_account, account_extensions):
    parent = make_account("parent")
    child = make_account("child", parent_account=parent)
    account_extensions.blockers.append(lambda pk: [Blocker("Plan Standard", "/there/")])
    page = text(operator.get(f"{BASE}{parent.pk}/delete/", headers=HTMX))
    assert f'<a href="{BASE}{child.pk}/">Child account “Child”</a>' in page
    assert '<a href="/there/">Plan Standard</a>' in page
    assert "First end or delete each plan attachment and remove each child account below:" in page
    assert "<html" not in page
    assert "Delete account</button>" not in page
    assert operator.post(f"{BASE}{parent.pk}/delete/", {"version": 1}).status_code == 422
    assert Account.objects.count() == 2


def test_deleting_what_somebody_changed_meanwhile_is_asked_again(operator, make_account):
    account = make_account()
    update_account(account, version=1, name="Changed")
    answer = operator.post(f"{BASE}{account.pk}/delete/", {"version": 1})
    assert answer.status_code == 409
    assert "Changed by" in text(answer)
    assert Account.objects.exists()


def test_children_are_listed_and_removed_one_by_one_with_a_message(operator, make_account, on):
    on(date(2026, 7, 1))
    parent = make_account("parent")
    child = make_account("child", parent_account=parent)
    make_account("stranger")
    page = operator.get(f"{BASE}{parent.pk}/children/")
    assert listed(page) == ["Child"]
    assert f"{BASE}{child.pk}/remove-from-parent/" in text(page)
    asked = text(operator.get(f"{BASE}{child.pk}/remove-from-parent/"))
    assert "Last day as a child: 30 Jun 2026" in asked
    assert "“Child” stands by itself from 1 Jul 2026 on" in asked
    sent = {"version": 1, "parent_from": "2026-07-01"}
    answer = operator.post(f"{BASE}{child.pk}/remove-from-parent/", sent, follow=True)
    assert answer.redirect_chain == [(f"{BASE}{parent.pk}/children/", 302)]
    assert "Child account “Child” removed from “Parent”." in text(answer)
    assert operator.get(f"{BASE}{child.pk}/remove-from-parent/").status_code == 404


def test_the_children_of_a_parent_are_searched_as_a_part_of_the_page(operator, make_account):
    parent = make_account("parent")
    make_account("alpha", parent_account=parent)
    make_account("beta", parent_account=parent)
    page = operator.get(f"{BASE}{parent.pk}/children/?q=alp", headers=HTMX)
    assert listed(page) == ["Alpha"]
    assert "<html" not in text(page)


def test_good_practice_is_linked_from_list_form_and_deletion(operator, make_account):
    account = make_account()
    for path in ("", "create/", f"{account.pk}/edit/", f"{account.pk}/delete/"):
        assert f"{BASE}good-practice/" in text(operator.get(BASE + path)), path
    assert "cut loose for good" in text(operator.get(f"{BASE}good-practice/"))
