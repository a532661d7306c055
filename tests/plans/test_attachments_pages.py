"""Plan attachments in the browser, without one: what each page says and what each form does."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse as path

from m3console.core.links import reverse
from m3console.core.registry import Blocker, extensions
from plans.attachments import attach_plan, update_account_plan
from plans.models import AccountPlan
from tests.plans.attaching import APR, FEB, JAN, JUN, MAR, Shop
from tests.plans.attaching_pages import HTMX, create_url, given, text
from tests.plans.catalogue import a_meter, a_pricing, an_aggregation

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(sign_in):
    return sign_in("operator")


def test_the_tab_shows_active_and_pending_apart_from_previous(operator, shop, on):
    on(MAR)
    account = shop.account()
    old = attach_plan(account=account, plan=shop.plan("Old"), start_date=JAN, end_date=MAR)
    attach_plan(account=account, plan=shop.plan("Now"), start_date=MAR, end_date=JUN)
    attach_plan(account=account, plan=shop.plan("Next"), start_date=JUN)
    answer = operator.get(reverse("plans:attachment_list", pk=account.pk))
    current, _, previous = text(answer).partition('id="previous-plans"')
    assert "Active and pending attached plans" in current
    assert "Previously attached plans" in previous
    assert all(word in current for word in ("Now", "ACTIVE", "Next", "PENDING", "last billed day"))
    assert ">Old<" not in current
    assert all(word in previous for word in (">Old<", "INACTIVE", "28 Feb 2026"))
    assert reverse("plans:attachment_detail", pk=old.pk) in previous


def test_an_account_without_plans_is_told_the_next_step(operator, shop):
    account = shop.account()
    answer = operator.get(reverse("plans:attachment_list", pk=account.pk))
    assert "No plan is attached" in text(answer)
    assert reverse("plans:attachment_create", pk=account.pk) in text(answer)


@pytest.mark.parametrize("rows", [1, 20])
def test_the_tab_needs_as_few_queries_for_many_rows(operator, shop, on, django_assert_max_num_queries, rows):
    on(JUN)
    account = shop.account()
    for number in range(rows):
        attach_plan(account=account, plan=shop.plan("Now", product=f"Product {number}"), start_date=JAN)
        plan = shop.plan("Then", product=f"Product {number}")
        attach_plan(account=account, plan=plan, start_date=date(2025, 1, 1), end_date=JAN)
    url = reverse("plans:attachment_list", pk=account.pk)
    operator.get(url)
    with django_assert_max_num_queries(25):
        answer = operator.get(url)
    assert answer.content.count(b"row-name") == 2 * rows


def test_previous_plans_are_paged_latest_end_first(operator, shop, on):
    on(JUN)
    account, plan = shop.account(), shop.plan()
    for number in range(30):
        days = {"start_date": date(2025, 1, 1 + number), "end_date": date(2025, 1, 2 + number)}
        attach_plan(account=account, plan=plan, **days)
    url = reverse("plans:attachment_list", pk=account.pk)
    first = operator.get(url)
    assert [row.attachment.end_date.day for row in first.context["previous"].rows] == [31, *range(30, 6, -1)]
    assert "30, latest end first" in text(first)
    second = operator.get(url + first.context["previous"].after_url)
    assert [row.attachment.end_date.day for row in second.context["previous"].rows] == [6, 5, 4, 3, 2]
    assert second.context["previous"].before_url


def test_hundreds_of_current_plans_are_paged_and_what_is_new_is_on_top(operator, shop, on):
    on(JAN)
    account, plan = shop.account(), shop.plan()
    made = [
        attach_plan(account=account, plan=plan, start_date=day, end_date=day + timedelta(days=1))
        for day in (date(2027, 1, 1) + timedelta(days=number) for number in range(60))
    ]
    url = reverse("plans:attachment_list", pk=account.pk)
    first = operator.get(url, {"new": made[0].pk})
    shown = first.context["current"].rows
    assert [row.attachment for row in shown] == [made[0], *reversed(made[35:])]
    assert [row.is_new for row in shown] == [True, *[False] * 25]
    assert ">60, one per product and day<" in text(first)
    second = operator.get(url + first.context["current"].after_url)
    assert [row.attachment for row in second.context["current"].rows] == list(reversed(made[10:35]))
    assert not any(row.is_new for row in second.context["current"].rows)


def test_the_page_shows_period_status_plan_and_charge(operator, shop, on):
    on(MAR)
    account, plan = shop.account(), shop.plan("Standard", standing_charge="49.5")
    attachment = attach_plan(account=account, plan=plan, start_date=JAN, end_date=APR, code="b-1")
    answer = text(operator.get(reverse("plans:attachment_detail", pk=attachment.pk)))
    for words in ("ACTIVE", "1 Jan 2026", "31 Mar 2026", str(attachment.pk), "b-1", "Storage monthly",
                  "49.50", "from template", "Standing Charge", "the 1st", "from organization"):  # fmt: skip
        assert words in answer
    for name, entity in (
        ("plan", plan),
        ("plan_template", plan.plan_template),
        ("product", plan.plan_template.product),
    ):
        assert f'href="{reverse(f"plans:{name}_detail", pk=entity.pk)}"' in answer


def test_the_page_shows_the_pricings_that_apply_on_its_days(operator, shop):
    plan = shop.plan("Standard")
    disk = a_meter(shop.organization, product=plan.plan_template.product)
    stored, moved = an_aggregation(disk, "Stored"), an_aggregation(disk, "Moved")
    a_pricing(stored, plan, start_date=date(2024, 1, 1), end_date=JAN, description="before")
    a_pricing(stored, plan, start_date=JAN, end_date=FEB, description="within")
    a_pricing(stored, plan_template=plan.plan_template, start_date=JAN, description="inherited")
    a_pricing(moved, plan, start_date=APR, description="after")
    attachment = attach_plan(account=shop.account(), plan=plan, start_date=JAN, end_date=APR)
    answer = text(operator.get(reverse("plans:attachment_detail", pk=attachment.pk)))
    assert all(words in answer for words in ("Stored", "within", "inherited", "from template"))
    assert not any(words in answer for words in (">before<", ">after<", "Moved"))


def test_the_pages_of_attachments_stand_under_accounts(operator, shop):
    attachment = attach_plan(account=shop.account(), plan=shop.plan(), start_date=JAN)
    for url in urls_of(attachment.account, attachment):
        items = [item for group in operator.get(url).context["navigation"] for item in group["items"]]
        assert [item["label"] for item in items if item["current"]] == ["Accounts"]


def test_the_history_names_the_acts(operator, shop):
    attachment = attach_plan(account=shop.account(), plan=shop.plan("Standard"), start_date=JAN)
    update_account_plan(attachment, version=1, end_date=APR)
    answer = text(operator.get(reverse("plans:attachment_history", pk=attachment.pk)))
    assert "Updated plan attachment" in answer
    assert "Created plan attachment" in answer


def test_editing_changes_dates_and_settings_and_returns_to_the_tab(operator, shop, on):
    on(FEB)
    attachment = attach_plan(account=shop.account(), plan=shop.plan("Standard"), start_date=JAN)
    url = reverse("plans:attachment_edit", pk=attachment.pk)
    form = text(operator.get(url))
    assert "Update Plan attachment" in form
    assert 'value="2026-01-01"' in form
    assert 'name="product"' not in form
    answer = operator.post(
        url, {"version": 1, "start_date": "2026-01-01", "end_date": "2026-04-01", "code": "x"}
    )
    assert answer.status_code == 302
    attachment.refresh_from_db()
    assert (attachment.end_date, attachment.code, attachment.version) == (APR, "x", 2)
    assert attachment.updated_by.email == "operator@acme.example"


def test_an_edit_of_an_older_version_shows_both_and_saves_nothing(operator, shop):
    attachment = attach_plan(account=shop.account(), plan=shop.plan("Standard"), start_date=JAN)
    update_account_plan(attachment, version=1, end_date=APR)
    url = reverse("plans:attachment_edit", pk=attachment.pk)
    answer = operator.post(
        url, {"version": 1, "start_date": "2026-01-01", "end_date": "2026-05-01", "code": ""}
    )
    assert answer.status_code == 409
    assert all(words in text(answer) for words in ("1 Apr 2026", "2026-05-01", "What you typed is kept"))
    attachment.refresh_from_db()
    assert attachment.end_date == APR


def test_an_edit_into_another_attachment_is_refused(operator, shop):
    account = shop.account()
    first = attach_plan(account=account, plan=shop.plan("First"), start_date=JAN, end_date=FEB)
    attach_plan(account=account, plan=shop.plan("Second"), start_date=MAR)
    url = reverse("plans:attachment_edit", pk=first.pk)
    answer = operator.post(url, {"version": 1, "start_date": "2026-01-01", "end_date": "", "code": ""})
    assert answer.status_code == 422
    assert "Second is attached from 1 Mar 2026 with no end date" in text(answer)


def test_deleting_asks_first_and_returns_to_the_tab(operator, shop):
    attachment = attach_plan(account=shop.account(), plan=shop.plan("Standard"), start_date=JAN)
    url = reverse("plans:attachment_delete", pk=attachment.pk) + "?version=1"
    asked = text(operator.get(url, **HTMX))
    assert "Delete plan attachment Standard?" in asked
    assert "No bill has been made under it." in asked
    answer = operator.post(url, follow=True)
    assert answer.redirect_chain == [(reverse("plans:attachment_list", pk=attachment.account_id), 302)]
    assert not AccountPlan.objects.exists()


def test_deleting_names_the_bills_made_under_it(operator, shop, monkeypatch):
    attachment = attach_plan(account=shop.account(), plan=shop.plan("Standard"), start_date=JAN)
    monkeypatch.setattr(
        extensions("plans.accountplan"), "losses", [lambda pk: ["Bill INV-1 is empty and stays."]]
    )
    asked = text(operator.get(reverse("plans:attachment_delete", pk=attachment.pk)))
    assert "Bill INV-1 is empty and stays." in asked
    assert "No bill has been made" not in asked


def test_an_attachment_on_a_bill_is_not_deleted_and_the_bill_is_linked(operator, shop, monkeypatch):
    attachment = attach_plan(account=shop.account(), plan=shop.plan("Standard"), start_date=JAN)
    blocker = Blocker("INV-0001", "/bills/1/")
    monkeypatch.setattr(extensions("plans.accountplan"), "blockers", [lambda pk: [blocker]])
    url = reverse("plans:attachment_delete", pk=attachment.pk)
    asked = text(operator.get(url))
    assert "End-date it instead." in asked
    assert '<a href="/bills/1/">INV-0001</a>' in asked
    assert ">Delete plan attachment<" not in asked
    assert "bills have lines of it: INV-0001" in text(operator.post(url, follow=True))
    assert AccountPlan.objects.exists()


def test_deleting_a_version_that_somebody_changed_is_refused(operator, shop):
    attachment = attach_plan(account=shop.account(), plan=shop.plan("Standard"), start_date=JAN)
    update_account_plan(attachment, version=1, end_date=APR)
    answer = operator.post(reverse("plans:attachment_delete", pk=attachment.pk) + "?version=1", follow=True)
    assert "Changed by the system" in text(answer)
    assert AccountPlan.objects.exists()


def urls_of(account, attachment):
    return {
        **{reverse(f"plans:attachment_{name}", pk=account.pk): name for name in ("list", "create")},
        **{
            reverse(f"plans:attachment_{name}", pk=attachment.pk): name
            for name in ("detail", "history", "edit", "delete")
        },
    }


@pytest.mark.parametrize("role", ["viewer", "catalogue"])
def test_who_may_only_read_sees_attachments_but_no_way_to_change_them(sign_in, shop, role):
    attachment = attach_plan(account=shop.account(), plan=shop.plan(), start_date=JAN)
    client = sign_in(role)
    for url, name in urls_of(attachment.account, attachment).items():
        answer = client.get(url)
        assert answer.status_code == (403 if name in {"create", "edit", "delete"} else 200)
        if answer.status_code == 200:
            assert "/edit/" not in text(answer)
            assert "/plans/create/" not in text(answer)


def test_another_organizations_account_and_attachment_are_not_found(operator, shop, make_organization):
    other = Shop(make_organization("other"))
    attachment = attach_plan(account=other.account(), plan=other.plan(), start_date=JAN)
    for url in urls_of(attachment.account, attachment):
        assert operator.get(url).status_code == 404
        assert operator.post(url).status_code in {404, 405}
    theirs = path("plans:attachment_detail", kwargs={"org": "other", "pk": attachment.pk})
    assert operator.get(theirs).status_code == 404
    assert operator.get(reverse("plans:attachment_detail", pk=uuid4())).status_code == 404


def test_each_page_needs_at_most_25_queries(operator, shop, django_assert_max_num_queries):
    account = shop.account()
    for number in range(10):
        shop.plan(f"Plan {number}")
    attachment = attach_plan(account=account, plan=shop.plan(), start_date=JAN)
    for url in [*urls_of(account, attachment), create_url(account)]:
        with django_assert_max_num_queries(25):
            operator.get(url)
    # A refusal that offers to end the current attachment foresees what becomes of both.
    with django_assert_max_num_queries(45):
        operator.post(create_url(account), given(shop.plan("Scale"), "2026-02-01"))
