"""Plan attachments in the browser, without one: what each page says and what each form does."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse as path

from m3console.core.links import reverse
from m3console.core.registry import Blocker, extensions
from plans.attachments import attach_plan, update_account_plan
from plans.models import AccountPlan
from tests.plans.attaching import APR, FEB, JAN, JUN, MAR, MAY, Shop
from tests.plans.catalogue import a_meter, a_pricing, an_aggregation

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def operator(sign_in):
    return sign_in("operator")


def text(response):
    """What the page says, with runs of white space as one."""
    return " ".join(response.content.decode().split())


def create_url(account):
    return reverse("plans:attachment_create", pk=account.pk) + "?type=PLAN"


def given(plan, start="2026-06-01", **fields):
    product = plan.plan_template.product_id
    return {"product": product, "plans_of": product, "plan": plan.pk, "start_date": start, **fields}


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


def test_the_type_comes_first_with_plan_chosen(operator, shop):
    account = shop.account()
    answer = operator.get(reverse("plans:attachment_create", pk=account.pk))
    assert "Plan attachment type" in text(answer)
    assert answer.content.count(b'type="radio"') == 1
    assert b"checked" in answer.content
    assert ">Next<" in text(answer)


def test_the_details_stand_in_the_order_of_the_console(operator, shop):
    answer = text(operator.get(create_url(shop.account())))
    labels = ("Plan attachment details", "Product", "Plan<", "Start date", "End date",
              "Plan attachment settings", "Billing cycle date", "Code", "Create Plan attachment")  # fmt: skip
    places = [answer.index(label, answer.index('id="attach"')) for label in labels]
    assert places == sorted(places)
    assert "Account hierarchy billing mode" not in answer


def test_the_hierarchy_mode_is_offered_to_a_child(operator, shop):
    child = shop.account("Child", parent_account=shop.account("Parent"))
    answer = operator.get(create_url(child))
    assert "Account hierarchy billing mode" in text(answer)
    assert "Bill child account" in text(answer)


def test_blank_cycle_dates_say_what_they_stand_for(operator, shop):
    own = shop.account(bill_epoch=date(2022, 1, 31))
    assert (
        "the account&#x27;s first bill date, 31 Jan 2022: bills on the 31st, or the month&#x27;s last day"
        in text(operator.get(create_url(own)))
    )
    assert "the organization&#x27;s month epoch, 1 Jan 2022: bills on the 1st" in text(
        operator.get(create_url(shop.account()))
    )


def test_choosing_a_product_fills_the_plans_without_scripts(operator, shop):
    account, plan = shop.account(), shop.plan("Standard")
    shop.plan("Vector Scale", product="Search")
    product = plan.plan_template.product_id
    sent = {"step": "preview", "product": product, "plans_of": "", "plan": "", "start_date": "2026-06-15"}
    answer = operator.post(create_url(account), sent)
    assert answer.status_code == 200
    assert "Standard (USD, monthly)" in text(answer)
    assert "Vector Scale" not in text(answer)
    assert 'value="2026-06-15"' in text(answer)
    assert "field-error" not in text(answer)


def test_choosing_a_product_fills_the_plans_by_htmx(operator, shop):
    account, plan = shop.account(), shop.plan("Standard", bill_frequency_interval=3)
    sent = {"step": "preview", "product": plan.plan_template.product_id, "plans_of": "", "plan": ""}
    answer = operator.post(create_url(account), sent, **HTMX)
    assert 'id="plan-field" hx-swap-oob="true"' in text(answer)
    assert "Standard (USD, monthly, interval 3)" in text(answer)
    assert "<html" not in text(answer)
    again = operator.post(create_url(account), {**sent, "plans_of": sent["product"]}, **HTMX)
    assert "plan-field" not in text(again)


@pytest.mark.parametrize("htmx", [{}, HTMX])
def test_what_will_happen_is_said_before_anything_is_saved(operator, shop, on, htmx):
    on(date(2026, 3, 10))
    account, plan = shop.account(), shop.plan("Standard", standing_charge="450")
    sent = given(plan, "2026-01-16", end_date="2026-06-15", step="preview")
    answer = text(operator.post(create_url(account), sent, **htmx))
    assert "Standard starts on 16 Jan 2026." in answer
    assert "Last billed day 14 Jun 2026." in answer
    assert "First bill on 1 Feb 2026, covering 16 – 31 Jan 2026." in answer
    assert "First standing charge 232.26 USD." in answer
    assert "450 USD × 16 of 31 days." in answer
    assert "2 past periods are now unbilled." in answer
    assert "Bill dates 1 Feb 2026, 1 Mar 2026." in answer
    assert not AccountPlan.objects.exists()


def test_attaching_leads_to_the_tab_with_the_new_row_highlighted(operator, shop, on):
    on(JAN)
    account, plan = shop.account(), shop.plan("Standard")
    sent = given(plan, "2026-02-01", end_date="2026-06-01", bill_epoch="2026-02-15", code="acme-std")
    answer = operator.post(create_url(account), sent, follow=True)
    made = AccountPlan.objects.get()
    assert (made.account, made.plan, made.start_date, made.end_date) == (account, plan, FEB, JUN)
    assert (made.bill_epoch, made.code) == (date(2026, 2, 15), "acme-std")
    assert made.created_by.email == "operator@acme.example"
    assert answer.redirect_chain == [
        (reverse("plans:attachment_list", pk=account.pk) + f"?new={made.pk}", 302)
    ]
    assert answer.content.count(b"is-new") == 1
    assert "Standard is attached to Borealis." in text(answer)


def test_an_attachment_that_ended_already_is_highlighted_among_the_previous(operator, shop, on):
    on(JUN)
    account, plan = shop.account(), shop.plan("Standard")
    answer = operator.post(create_url(account), given(plan, "2026-01-01", end_date="2026-02-01"), follow=True)
    assert "is-new" in text(answer).partition('id="previous-plans"')[2]


def test_missing_fields_are_named_and_nothing_typed_is_lost(operator, shop):
    account, plan = shop.account(), shop.plan("Standard")
    answer = operator.post(create_url(account), given(plan, "", end_date="2026-06-15", code="kept"))
    assert answer.status_code == 422
    assert "Start date: This field is required." in text(answer)
    assert all(f'value="{value}"' in text(answer) for value in ("2026-06-15", "kept"))
    assert f'<option value="{plan.pk}" selected>' in text(answer)


def test_what_is_missing_is_named_in_the_order_of_the_form(operator, shop):
    answer = text(operator.post(create_url(shop.account()), {"type": "PLAN"}))
    labels = ("Product", "Plan", "Start date")
    places = [answer.index(f"{label}: This field is required.") for label in labels]
    assert places == sorted(places)


def test_an_end_before_the_start_is_refused_in_the_form(operator, shop):
    sent = given(shop.plan(), "2026-06-15", end_date="2026-06-15")
    answer = operator.post(create_url(shop.account()), sent)
    assert answer.status_code == 422
    assert "The end date must be after the start date" in text(answer)


def test_another_products_plan_is_no_choice(operator, shop):
    account, other = shop.account(), shop.plan("Vector Scale", product="Search")
    sent = {**given(shop.plan("Standard")), "plan": other.pk}
    answer = operator.post(create_url(account), sent)
    assert answer.status_code == 422
    assert not AccountPlan.objects.exists()


def test_another_organizations_product_and_plan_are_no_choices(operator, shop, make_organization):
    foreign = Shop(make_organization("other")).plan()
    answer = operator.post(create_url(shop.account()), given(foreign))
    assert answer.status_code == 422
    assert foreign.name not in text(answer)


def test_a_refused_overlap_offers_to_end_the_current_attachment(operator, shop, on):
    on(JUN)
    account, scale = shop.account(), shop.plan("Scale")
    current = attach_plan(account=account, plan=shop.plan("Standard"), start_date=JAN)
    answer = operator.post(create_url(account), given(scale, "2026-06-15"))
    assert answer.status_code == 422
    assert "Start date: Standard is attached from 1 Jan 2026 with no end date" in text(answer)
    assert f'name="end_current" id="end-current" value="{current.pk}" checked' in text(answer)
    assert "End the current attachment on" in text(answer)
    assert "Last billed day: 14 Jun 2026" in text(answer)
    assert ">End current and create attachment<" in text(answer)
    assert "Standard ends." in text(answer)
    accepted = operator.post(create_url(account), given(scale, "2026-06-15", end_current=current.pk))
    assert accepted.status_code == 302
    current.refresh_from_db()
    assert current.end_date == date(2026, 6, 15)
    assert AccountPlan.objects.count() == 2


def test_keeping_the_current_attachment_is_refused_again(operator, shop, on):
    on(JUN)
    account, scale = shop.account(), shop.plan("Scale")
    attach_plan(account=account, plan=shop.plan("Standard"), start_date=JAN)
    answer = operator.post(create_url(account), given(scale, "2026-06-15", end_current=""))
    assert answer.status_code == 422
    assert 'id="keep-current" value="" checked' in text(answer)
    assert ">Create Plan attachment<" in text(answer)
    assert AccountPlan.objects.count() == 1


def test_the_offer_is_made_while_the_form_is_being_filled_in(operator, shop, on):
    on(JUN)
    account, scale = shop.account(), shop.plan("Scale")
    attach_plan(account=account, plan=shop.plan("Standard"), start_date=JAN)
    answer = text(operator.post(create_url(account), given(scale, "2026-06-15", step="preview"), **HTMX))
    assert 'id="overlap" hx-swap-oob="innerHTML"' in answer
    assert "End the current attachment on" in answer
    assert 'id="attach-submit" hx-swap-oob="true">End current and create attachment<' in answer


def test_without_a_way_to_end_it_no_offer_is_made(operator, shop, on):
    on(JAN)
    account, scale = shop.account(), shop.plan("Scale")
    attach_plan(account=account, plan=shop.plan("Standard"), start_date=MAY)
    answer = operator.post(create_url(account), given(scale, "2026-04-01"))
    assert answer.status_code == 422
    assert "Standard starts after 1 Apr 2026, so it cannot be ended on that day." in text(answer)
    assert "End the current attachment on" not in text(answer)
    assert ">Create Plan attachment<" in text(answer)


def test_no_overlap_is_spoken_of_where_the_organization_allows_it(operator, shop, organization):
    organization.allow_overlapping_plans = True
    organization.save()
    account, scale = shop.account(), shop.plan("Scale")
    attach_plan(account=account, plan=shop.plan("Standard"), start_date=JAN)
    assert "Overlap" not in text(operator.post(create_url(account), given(scale, step="preview")))
    assert operator.post(create_url(account), given(scale)).status_code == 302


def test_a_plan_for_a_parent_is_refused_with_the_way_out(operator, shop):
    parent = shop.account("Parent")
    shop.account("Child", parent_account=parent)
    sent = given(shop.plan(), child_billing_mode="PARENT_BREAKDOWN")
    answer = operator.post(create_url(parent), sent)
    assert answer.status_code == 422
    assert "Plan: Parent has child accounts, Child among them" in text(answer)
    first = text(operator.get(reverse("plans:attachment_create", pk=parent.pk)))
    assert "Parent has child accounts, Child among them" in first
    assert ">Next<" not in first


def test_what_cannot_be_attached_is_said_so_before_saving(operator, shop):
    parent = shop.account("Parent")
    shop.account("Child", parent_account=parent)
    sent = given(shop.plan(), step="preview", child_billing_mode="PARENT_BREAKDOWN")
    answer = text(operator.post(create_url(parent), sent, **HTMX))
    assert "Parent has child accounts, Child among them" in answer
    assert "First bill" not in answer


def test_a_plan_without_a_price_draws_a_warning(operator, shop):
    plan = shop.plan("Bare", standing_charge="0")
    answer = text(operator.post(create_url(shop.account()), given(plan, step="preview"), **HTMX))
    assert "Bare has no price yet." in answer
    assert "tone-warn" in answer


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
    with django_assert_max_num_queries(40):
        operator.post(create_url(account), given(shop.plan("Scale"), "2026-02-01"))
