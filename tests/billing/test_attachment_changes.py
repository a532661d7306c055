"""What bills that are there already say to changes of plan attachments, and to the configuration."""

from datetime import date

import pytest

from accounts.services import update_account
from billing.attachment_changes import change_effects, touched_bills
from billing.effects import attachment_effects
from billing.models import Bill
from m3console.core import clock
from m3console.core.configuration import update_currency, update_organization
from m3console.core.errors import Obstructed, RuleViolation
from m3console.core.links import reverse
from m3console.core.models import Currency
from plans.attachments import attach_plan, delete_account_plan, ended_on, update_account_plan
from plans.models import AccountPlan
from tests.billing.make import JULY, bill_of, customer, run, simple_shop

pytestmark = pytest.mark.django_db
JUNE, MAY, AUGUST = date(2024, 6, 1), date(2024, 5, 1), date(2024, 8, 1)


@pytest.fixture
def shop(organization):
    return simple_shop(organization, standing_charge=30)


@pytest.fixture
def attachment(shop, on):
    """Attached from 1 June 2024 and billed for June, on 10 July."""
    on(date(2024, 7, 10))
    customer(shop)
    run(shop, JULY)
    return read(AccountPlan.objects.get())


def read(attachment):
    rows = AccountPlan.objects.with_plan().select_related("account", "organization")
    return rows.get(pk=attachment.pk)


def lock(attachment):
    bill = bill_of(attachment.account)
    Bill.objects.filter(pk=bill.pk).update(status="APPROVED", locked_at=clock.now())
    return bill


AGAIN = "For another billing cycle date, end it on 1 Jul 2024 and attach the plan again from then."


@pytest.mark.parametrize(
    ("change", "after", "fix"),
    [
        (
            {"end_date": date(2024, 6, 16)},
            "1 – 15 Jun 2024",
            "Choose 1 Jul 2024 as its end date, or a later day.",
        ),
        ({"start_date": date(2024, 6, 10)}, "10 – 30 Jun 2024", "Keep its start date."),
        ({"start_date": AUGUST}, "no day", "Keep its start date."),
        ({"bill_epoch": date(2024, 6, 15)}, "no day", AGAIN),
    ],
)
def test_nothing_changes_inside_a_locked_period(attachment, change, after, fix):
    bill = lock(attachment)
    with pytest.raises(Obstructed) as refused:
        update_account_plan(attachment, version=1, **change)
    assert refused.value.field == next(iter(change))
    assert refused.value.message == (
        f"Bill {bill.reference} of 1 Jul 2024 is locked with 1 – 30 Jun 2024 of Std;"
        f" this would make it {after}. {fix}"
    )
    assert [each.url for each in refused.value.blockers] == [reverse("billing:bill_detail", pk=bill.pk)]
    assert read(attachment).version == 1


@pytest.mark.parametrize("change", [{"end_date": JULY}, {"end_date": date(2024, 7, 20)}, {"code": "x"}])
def test_days_after_the_locked_period_are_free(attachment, change):
    lock(attachment)
    assert update_account_plan(attachment, version=1, **change).version == 2


def test_an_end_inside_a_locked_period_stays_where_it_is(shop, on):
    on(date(2024, 7, 10))
    customer(shop, end="2024-06-16")
    run(shop, JULY)
    attachment = read(AccountPlan.objects.get())
    lock(attachment)
    with pytest.raises(Obstructed, match="attach the plan again from 1 Jul 2024 for later days"):
        update_account_plan(attachment, version=1, end_date=None)


def test_an_earlier_start_that_a_locked_bill_would_have_to_cover_is_refused(shop, on):
    on(date(2024, 7, 10))
    customer(shop)
    attachment = read(AccountPlan.objects.get())
    AccountPlan.objects.update(start_date=date(2024, 6, 10))
    run(shop, JULY)
    attachment = read(attachment)
    lock(attachment)
    with pytest.raises(Obstructed, match="Keep its start date"):
        update_account_plan(attachment, version=1, start_date=JUNE)


def test_a_new_plan_does_not_end_the_current_one_inside_a_locked_period(shop, attachment):
    lock(attachment)
    other = shop.plan("other", standing_charge=60)
    with pytest.raises(Obstructed, match="is locked with 1 – 30 Jun 2024 of Std") as refused:
        attach_plan(account=attachment.account, plan=other, start_date=date(2024, 6, 16), end_current=True)
    assert refused.value.field == "start_date"
    assert AccountPlan.objects.count() == 1
    assert read(attachment).end_date is None
    attach_plan(account=attachment.account, plan=other, start_date=JULY, end_current=True)
    assert read(attachment).end_date == JULY


def test_another_first_bill_date_does_not_cut_locked_periods_anew(attachment):
    account = attachment.account
    assert update_account(account, version=1, bill_epoch=date(2024, 6, 1)).version == 2
    bill = lock(attachment)
    account.refresh_from_db()
    with pytest.raises(
        Obstructed, match=f"Bill {bill.reference} of 1 Jul 2024 is locked with Std"
    ) as refused:
        update_account(account, version=2, bill_epoch=date(2024, 6, 15))
    assert refused.value.field == "bill_epoch"
    assert update_account(account, version=2, bill_epoch=None, name="Acme Ltd").version == 3


def test_a_locked_bill_keeps_the_attachment_from_being_deleted(attachment):
    bill = lock(attachment)
    sentence = f"bill {bill.reference} of Acme, 1 Jul 2024. End-date it instead"
    with pytest.raises(RuleViolation, match=sentence):
        delete_account_plan(attachment)


def test_a_pending_bill_is_named_with_the_days_that_it_would_cover(attachment):
    bill = bill_of(attachment.account)
    (said,) = change_effects(attachment, ended_on(attachment, date(2024, 6, 16)))
    assert said.text == f"Bill {bill.reference} of 1 Jul 2024, pending, changes."
    assert said.why == (
        "It covers 1 – 15 Jun 2024 of Std, instead of 1 – 30 Jun 2024. The next run rates it again."
    )
    update_account_plan(attachment, version=1, end_date=date(2024, 6, 16))
    run(attachment, JULY)
    assert bill_of(attachment.account).total == 5 + 15


def test_an_earlier_start_says_which_periods_become_unbilled_and_which_bill_changes(attachment):
    before = attachment
    after = read(attachment)
    after.start_date = date(2024, 4, 15)
    said = [each.text for each in change_effects(before, after)]
    assert said == [
        "2 past periods are now unbilled.",
        "Next bill of Std on 1 Aug 2024, covering 1 – 31 Jul 2024.",
    ]
    assert touched_bills(before, after) == []


def test_attaching_into_a_locked_period_warns_of_days_that_are_not_billed(shop, attachment, organization):
    bill = lock(attachment)
    draft = AccountPlan(
        organization=organization, account=attachment.account, plan=shop.plan("late"), start_date=JUNE
    )
    effects = list(attachment_effects(draft))
    warned = [each.text for each in effects if each.warning]
    assert warned == [f"Bill {bill.reference} of 1 Jul 2024 is locked: 1 – 30 Jun 2024 will not be billed."]
    assert not any("past period" in each.text for each in effects)


def test_the_edit_page_says_what_happens_and_links_the_locked_bill(attachment, sign_in):
    operator, bill = sign_in("operator"), lock(attachment)
    url = reverse("plans:attachment_edit", pk=attachment.pk)
    sent = {"version": 1, "start_date": "2024-06-01", "end_date": "2024-06-16"}
    asked = operator.post(url, {**sent, "step": "preview"}, headers={"HX-Request": "true"})
    assert "This cannot be saved." in asked.content.decode()
    assert "<html" not in asked.content.decode()
    answer = operator.post(url, sent)
    assert answer.status_code == 422
    assert reverse("billing:bill_detail", pk=bill.pk) in answer.content.decode()
    assert "Choose 1 Jul 2024 as its end date" in answer.content.decode()
    page = operator.get(reverse("plans:attachment_detail", pk=attachment.pk)).content.decode()
    assert "Not deletable: locked bills have lines of it." in page


def test_the_page_of_an_attachment_shows_its_bills_with_its_share(attachment, sign_in):
    viewer = sign_in("viewer")
    url = reverse("billing:attachment_latest_bills", pk=attachment.pk)
    told = viewer.get(url, headers={"HX-Request": "true"}).content.decode()
    assert bill_of(attachment.account).reference in told
    assert told.count("35.00") == 2
    assert "1 Aug 2024" in told
    assert viewer.get(url).status_code == 302


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"timezone": "Europe/Berlin"}, "Time zone cannot change any more"),
        ({"month_epoch": date(2022, 1, 15)}, "Month epoch cannot change any more"),
    ],
)
def test_settings_that_bills_were_made_with_stay(attachment, organization, change, sentence):
    with pytest.raises(Obstructed, match=sentence) as refused:
        update_organization(organization, version=1, **change)
    assert refused.value.blockers[0].text.startswith(f"bill {bill_of(attachment.account).reference}")
    assert refused.value.field == next(iter(change))


def test_settings_are_free_before_the_first_bill(organization, shop):
    changed = update_organization(organization, version=1, timezone="Europe/Berlin", month_epoch=JUNE)
    assert (changed.timezone, changed.month_epoch) == ("Europe/Berlin", JUNE)


@pytest.mark.parametrize("change", [{"max_decimal_places": 3}, {"rounding_mode": "DOWN"}])
def test_decimals_and_rounding_stay_once_billed(attachment, organization, change):
    usd, eur = (Currency.objects.get(organization=organization, code=code) for code in ("USD", "EUR"))
    with pytest.raises(Obstructed, match="cannot change any more"):
        update_currency(usd, version=1, **change)
    assert update_currency(usd, version=1, name="Dollar").version == 2
    assert update_currency(eur, version=1, **change).version == 2


def billed_ahead(shop, attachment):
    """The attachment's bill of 1 July, in advance too, locked with July on it."""
    shop.std.standing_charge_bill_in_advance = True
    shop.std.save()
    run(shop, JULY)
    return lock(attachment)


def test_a_locked_charge_in_advance_is_no_obstacle_to_an_earlier_end(shop, attachment):
    billed_ahead(shop, attachment)
    update_account_plan(attachment, version=attachment.version, end_date=date(2024, 7, 11))
    assert AccountPlan.objects.get().end_date == date(2024, 7, 11)


def test_days_charged_in_advance_by_a_locked_bill_are_not_cut_anew(shop, attachment):
    billed_ahead(shop, attachment)
    later = {"bill_epoch": date(2024, 7, 1), "start_date": date(2024, 6, 2)}
    with pytest.raises(Obstructed, match="is locked with 1 Jun – 31 Jul 2024 of"):
        update_account_plan(attachment, version=attachment.version, **later)


def test_an_ad_hoc_bill_has_the_days_that_its_run_gave_it(shop, on):
    on(date(2024, 7, 10))
    per_run = shop.plan("per-run", 50, frequency="AD_HOC")
    account = shop.account()
    shop.attach(account, per_run, "2024-06-01")
    run(shop, date(2024, 6, 20), billing_frequency="AD_HOC")
    before = read(AccountPlan.objects.get())
    after = read(before)
    after.end_date = date(2024, 6, 11)
    touched = touched_bills(before, after)
    assert [(str(each.before.end), str(each.after.end)) for each in touched] == [("2024-06-20", "2024-06-11")]
    assert list(change_effects(before, after))
    after.end_date = date(2024, 6, 20)
    assert touched_bills(before, after) == []


def test_what_an_earlier_end_gives_back_is_told(shop, attachment):
    bill = billed_ahead(shop, attachment)
    after = read(attachment)
    after.end_date = date(2024, 7, 11)
    told = {effect.text: effect.why for effect in change_effects(attachment, after)}
    why = told["Standing Charge of 11 – 31 Jul 2024 is given back."]
    assert why.startswith(f"Bill {bill.reference} of 1 Jul 2024, locked, has charged it in advance and stays")
    again = read(attachment)
    again.end_date = date(2024, 7, 6)
    texts = [effect.text for effect in change_effects(after, again)]
    assert "Standing Charge of 6 – 10 Jul 2024 is given back." in texts
    assert not [effect for effect in change_effects(again, after) if "given back" in effect.text]
