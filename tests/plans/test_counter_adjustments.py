"""Adjustments of counters on accounts: rules, refusals, the tab and the act (spec 2, Counter)."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Account
from accounts.services import delete_account
from m3console.core.errors import RuleViolation, StaleVersion
from m3console.core.links import reverse
from m3console.core.models import Organization
from plans.adjustments import (
    create_counter_adjustment,
    delete_counter_adjustment,
    level_before,
    level_on,
    levels,
    update_counter_adjustment,
)
from plans.attachments import delete_account_plan
from plans.models import AccountPlan, Counter, CounterAdjustment, Plan
from plans.services import delete_counter
from tests.plans.catalogue import a_counter, a_counter_pricing, refused

JUN, JUL, AUG = date(2024, 6, 1), date(2024, 7, 1), date(2024, 8, 1)


@pytest.fixture
def counter(organization: Organization) -> Counter:
    return a_counter(organization)


@pytest.fixture
def attachment(counter: Counter, plan: Plan, attach: Any) -> AccountPlan:
    """An account whose plan prices the counter from 2024 on."""
    a_counter_pricing(counter, plan)
    return attach(plan, start_date=JUN)


@pytest.fixture
def account(attachment: AccountPlan) -> Account:
    return attachment.account


def adjust(
    account: Account, counter: Counter, day: date = JUN, value: int = 18, **more: Any
) -> CounterAdjustment:
    return create_counter_adjustment(account=account, counter=counter, date=day, value=value, **more)


def test_a_value_is_the_new_level_and_not_a_change(account: Account, counter: Counter) -> None:
    adjust(account, counter, JUN, 18)
    later = adjust(account, counter, JUL, 25)
    assert level_before(later) == 18
    assert [level_on(account, counter, day) for day in (JUN, date(2024, 6, 2), JUL, AUG)] == [0, 18, 18, 25]


def test_levels_of_today_leave_out_what_is_to_come(account: Account, counter: Counter) -> None:
    adjust(account, counter, JUN, 18)
    adjust(account, counter, AUG, 25)
    assert [(row.level, row.since) for row in levels(account, JUL)] == [(18, JUN)]
    assert [(row.level, row.since) for row in levels(account, date(2024, 5, 1))] == [(0, None)]


def test_a_second_one_of_the_day_is_refused_with_the_way_out(account: Account, counter: Counter) -> None:
    adjust(account, counter)
    with refused("date", "Seats of Account 0 is adjusted on 1 Jun 2024 already.*Edit that adjustment"):
        adjust(account, counter, value=20)
    other = adjust(account, counter, JUL)
    with refused("date", "adjusted on 1 Jun 2024 already"):
        update_counter_adjustment(other, version=1, date=JUN)


def test_the_database_holds_one_per_counter_account_and_day(account: Account, counter: Counter) -> None:
    first = adjust(account, counter)
    second = adjust(account, counter, JUL)
    with pytest.raises(IntegrityError), transaction.atomic():
        CounterAdjustment.objects.filter(pk=second.pk).update(date=first.date)


@pytest.mark.parametrize("value", [-1, 10**15 + 1])
def test_a_level_is_a_whole_number_from_0(account: Account, counter: Counter, value: int) -> None:
    with refused("value", "whole number from 0"):
        adjust(account, counter, value=value)
    assert adjust(account, counter, value=0).value == 0


def test_days_are_those_that_can_be_billed(account: Account, counter: Counter) -> None:
    with refused("date", "from 1900 to 2999"):
        adjust(account, counter, date(1024, 6, 1))


def test_it_needs_an_attached_plan_that_prices_the_counter(
    organization: Organization, account: Account, plan: Plan, attach: Any
) -> None:
    unpriced = a_counter(organization, "keys")
    with refused("counter", "No plan of Account 0 prices Keys on 1 Jun 2024 or later"):
        adjust(account, unpriced)
    a_counter_pricing(unpriced, plan, end_date=JUL)
    adjust(account, unpriced, date(2024, 6, 30))
    with refused("counter", "prices Keys on 1 Jul 2024 or later"):
        adjust(account, unpriced, JUL)


def test_a_plan_that_has_ended_by_the_day_is_none(counter: Counter, plan: Plan, attach: Any) -> None:
    a_counter_pricing(counter, plan_template=plan.plan_template)
    account = attach(plan, start_date=JUN, end_date=JUL).account
    assert adjust(account, counter, date(2024, 5, 1)).value == 18
    with refused("counter", "No plan"):
        adjust(account, counter, JUL)


def test_another_day_is_asked_about_again_another_value_is_not(
    counter: Counter, plan: Plan, attach: Any
) -> None:
    a_counter_pricing(counter, plan)
    attachment = attach(plan, start_date=JUN, end_date=JUL)
    adjustment = adjust(attachment.account, counter)
    with refused("counter", "No plan"):
        update_counter_adjustment(adjustment, version=1, date=AUG)
    delete_account_plan(attachment)
    assert update_counter_adjustment(adjustment, version=1, value=3).value == 3


def test_a_stale_version_is_refused(account: Account, counter: Counter) -> None:
    adjustment = adjust(account, counter)
    update_counter_adjustment(adjustment, version=1, value=3, purchase_order_number="PO-1")
    for act in (update_counter_adjustment, delete_counter_adjustment):
        with pytest.raises(StaleVersion, match="Changed by"):
            act(adjustment, version=1)
    delete_counter_adjustment(adjustment, version=2)
    with pytest.raises(StaleVersion, match="deleted by somebody else"):
        update_counter_adjustment(adjustment, version=2, value=4)


def test_a_counter_that_is_adjusted_is_not_deleted(account: Account, counter: Counter) -> None:
    adjust(account, counter)
    with pytest.raises(RuleViolation, match="adjustment of “Account 0” on 1 Jun 2024"):
        delete_counter(counter)


def test_adjustments_go_with_their_account(
    account: Account, counter: Counter, attachment: AccountPlan, sign_in: Any
) -> None:
    adjust(account, counter)
    delete_account_plan(attachment)
    page = sign_in().get(reverse("accounts:account_delete", pk=account.pk)).text
    assert "1 counter adjustment goes with it." in page
    delete_account(account, version=1)
    assert not CounterAdjustment.objects.exists()
    with pytest.raises(RuleViolation, match="has been deleted"):
        adjust(account, counter)


def test_an_account_of_another_organization_is_not_found(
    account: Account, counter: Counter, make_organization: Any, sign_in: Any
) -> None:
    adjustment = adjust(account, counter)
    other = make_organization("other")
    client = sign_in("administrator", within=other)
    for act in ("detail", "edit", "delete", "history"):
        url = reverse(f"plans:counter_adjustment_{act}", organization=other, pk=adjustment.pk)
        assert client.get(url).status_code == 404


def test_an_operator_adjusts_edits_and_deletes_in_the_browser(
    account: Account, counter: Counter, sign_in: Any
) -> None:
    client = sign_in()
    assert "Adjust" in client.get(reverse("accounts:account_detail", pk=account.pk)).text
    tab = reverse("plans:counter_adjustment_list", pk=account.pk)
    assert "No counter adjustment yet" in client.get(tab).text
    url = reverse("plans:counter_adjustment_create", pk=account.pk)
    sent = {"counter": str(counter.pk), "date": "2024-06-16", "value": "18", "purchase_order_number": "PO-7"}
    answer = client.post(url, sent, follow=True)
    adjustment = CounterAdjustment.objects.get()
    assert answer.redirect_chain[0][0] == f"{tab}?new={adjustment.pk}"
    assert "saved now" in answer.text
    assert "+18" in answer.text
    assert "PO-7" in answer.text
    answer = client.post(url, sent)
    assert answer.status_code == 422
    assert "adjusted on 16 Jun 2024 already" in answer.text
    edit = reverse("plans:counter_adjustment_edit", pk=adjustment.pk)
    client.post(edit, {"date": "2024-06-16", "value": "20", "version": "1"})
    adjustment.refresh_from_db()
    assert (adjustment.value, adjustment.version) == (20, 2)
    delete = reverse("plans:counter_adjustment_delete", pk=adjustment.pk)
    assert "Seats stays at 0 seat on 16 Jun 2024." in client.get(delete).text
    client.post(f"{delete}?version=1")
    assert CounterAdjustment.objects.exists()
    client.post(f"{delete}?version=2")
    assert not CounterAdjustment.objects.exists()


def test_what_is_typed_is_foretold(account: Account, counter: Counter, sign_in: Any) -> None:
    adjust(account, counter, JUN, 18)
    adjust(account, counter, AUG, 9)
    client, url = sign_in(), reverse("plans:counter_adjustment_create", pk=account.pk)

    def told(**typed: str) -> str:
        sent = {"step": "preview", "counter": str(counter.pk), "value": "25", **typed}
        return client.post(url, sent, HTTP_HX_REQUEST="true").text

    assert "Seats goes from 18 to 25 seat on 1 Jul 2024." in told(date="2024-07-01")
    assert "On 1 Aug 2024 it becomes 9." in told(date="2024-07-01")
    assert "Until adjusted." in told(date="2024-09-01")
    assert "adjusted on 1 Jun 2024 already" in told(date="2024-06-01")
    assert "Choose a counter" in told(date="tomorrow")
    assert "This cannot be saved." not in told(date="2024-07-01")
    assert CounterAdjustment.objects.count() == 2


def test_what_looks_personal_must_be_confirmed(account: Account, counter: Counter, sign_in: Any) -> None:
    sent = {
        "counter": str(counter.pk), "date": "2024-06-16", "value": "18",
        "purchase_order_number": "ada@example.com",
    }  # fmt: skip
    answer = sign_in().post(reverse("plans:counter_adjustment_create", pk=account.pk), sent)
    assert answer.status_code == 422
    assert "looks like an email address" in answer.text
    assert not CounterAdjustment.objects.exists()


def test_an_account_without_a_counter_is_told_what_to_do(plan: Plan, attach: Any, sign_in: Any) -> None:
    account = attach(plan).account
    client = sign_in()
    assert (
        "No counter to adjust" in client.get(reverse("plans:counter_adjustment_create", pk=account.pk)).text
    )
    page = client.get(reverse("plans:counter_adjustment_list", pk=account.pk)).text
    assert "prices a counter" in page


def test_a_viewer_sees_adjustments_without_ways_to_change(
    account: Account, counter: Counter, sign_in: Any
) -> None:
    adjustment = adjust(account, counter)
    viewer = sign_in("viewer")
    for url in (
        reverse("plans:counter_adjustment_list", pk=account.pk),
        reverse("plans:counter_adjustment_detail", pk=adjustment.pk),
        reverse("plans:counter_adjustment_history", pk=adjustment.pk),
    ):
        page = viewer.get(url)
        assert page.status_code == 200
        assert reverse("plans:counter_adjustment_edit", pk=adjustment.pk) not in page.text
    assert viewer.post(reverse("plans:counter_adjustment_create", pk=account.pk)).status_code == 403


def test_history_keeps_who_set_which_level(account: Account, counter: Counter, sign_in: Any) -> None:
    adjustment = adjust(account, counter)
    update_counter_adjustment(adjustment, version=1, value=25)
    page = sign_in("viewer").get(reverse("plans:counter_adjustment_history", pk=adjustment.pk)).text
    assert "18" in page
    assert "25" in page


def test_the_tab_takes_few_queries_and_has_pages(
    account: Account, counter: Counter, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(1, 29):
        adjust(account, counter, date(2024, 7, number), number)
    client, url = sign_in(), reverse("plans:counter_adjustment_list", pk=account.pk)
    with django_assert_max_num_queries(25):
        page = client.get(url)
    assert len(page.context["rows"]) == 25
    rest = client.get(url + page.context["after_url"])
    assert len(rest.context["rows"]) == 3
    assert rest.context["before_url"]
    oldest = CounterAdjustment.objects.get(date=date(2024, 7, 1))
    assert "saved now" in client.get(f"{url}?new={oldest.pk}").text
    assert client.get(f"{url}?new=nonsense").status_code == 200
