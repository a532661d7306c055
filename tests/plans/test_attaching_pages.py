"""Attaching a plan in the browser, without one: the steps, what will happen, what is refused."""

from datetime import date

import pytest

from m3console.core.links import reverse
from plans.attachments import attach_plan
from plans.models import AccountPlan
from tests.plans.attaching import FEB, JAN, JUN, MAY, Shop
from tests.plans.attaching_pages import HTMX, create_url, given, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(sign_in):
    return sign_in("operator")


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
    assert "the account&#x27;s first bill date, 31 Jan 2022: monthly bills on the 31st, or" in text(
        operator.get(create_url(own))
    )
    assert "epoch of the plan&#x27;s frequency, 1 Jan 2022 for monthly plans: bills on the 1st" in text(
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
    assert "Enter a start date." in text(answer)
    assert all(f'value="{value}"' in text(answer) for value in ("2026-06-15", "kept"))
    assert f'<option value="{plan.pk}" selected>' in text(answer)


def test_what_is_missing_is_named_in_the_order_of_the_form(operator, shop):
    answer = text(operator.post(create_url(shop.account()), {"type": "PLAN"}))
    asked = ("Choose a product.", "Choose a plan.", "Enter a start date.")
    places = [answer.index(sentence) for sentence in asked]
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
