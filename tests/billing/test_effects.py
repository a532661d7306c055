"""What attaching would do to the bills, said before it is done."""

from datetime import date
from decimal import Decimal

import pytest

from billing.effects import attachment_effects
from billing.models import Bill
from m3console.core import clock
from m3console.core.models import Currency, CurrencyConversion
from m3console.core.registry import extensions
from plans.models import AccountPlan
from tests.billing.test_overview import bill
from tests.plans.attaching import Shop

pytestmark = pytest.mark.django_db
FIRST_CHARGE = 1


@pytest.fixture
def shop(organization):
    return Shop(organization)


@pytest.fixture
def told(shop, on):
    """What is said on 10 March 2026 about attaching a plan: the sentences with their working."""
    on(date(2026, 3, 10))

    def tell(plan, start, end=None, *, account=None, **fields):
        account = account or shop.account()
        draft = AccountPlan(
            organization=shop.organization,
            account=account,
            plan=plan,
            start_date=start,
            end_date=end,
            **fields,
        )
        return [f"{effect.text} {effect.why}".strip() for effect in attachment_effects(draft)]

    return tell


def test_it_is_what_the_form_asks():
    assert attachment_effects in extensions("plans.accountplan").effects


def test_a_start_on_a_boundary_is_billed_whole_on_the_next(shop, told):
    assert told(shop.plan(standing_charge="30"), date(2026, 4, 1)) == [
        "First bill on 1 May 2026, covering 1 – 30 Apr 2026. Then each month, counted from 1 Jan 2022.",
        "First standing charge 30.00 USD. 30 USD × 1 whole period.",
        "No past period becomes unbilled. Its first bill date is still to come.",
    ]


def test_a_minimum_is_told_with_when_it_is_billed(shop, told, organization):
    plan = shop.plan()
    plan.minimum_spend = Decimal(300)
    said = told(plan, date(2026, 4, 1))
    in_arrears = "A period that comes to less is topped up, prorated by days."
    assert f"Minimum spend 300 USD a period. {in_arrears}" in said
    plan.minimum_spend_bill_in_advance = True
    said = told(plan, date(2026, 4, 1))
    assert said[0].startswith("First bill on 1 Apr 2026, covering 1 – 30 Apr 2026.")
    assert any(each.startswith("Minimum spend 300 USD a period. Billed in advance;") for each in said)
    plan.plan_template.bill_frequency = "AD_HOC"
    assert any("however many days" in each for each in told(plan, date(2026, 4, 1)))


def test_a_start_inside_a_period_is_prorated_by_days(shop, told):
    said = told(shop.plan(standing_charge="450"), date(2026, 6, 15), date(2027, 6, 15))
    assert said[0].startswith("First bill on 1 Jul 2026, covering 15 – 30 Jun 2026.")
    assert said[0].endswith("last bill 1 Jul 2027.")
    assert said[FIRST_CHARGE] == "First standing charge 240.00 USD. 450 USD × 16 of 30 days."


def test_a_cycle_date_months_after_the_start_makes_a_long_first_period(shop, told):
    said = told(shop.plan(standing_charge="31"), date(2026, 1, 1), bill_epoch=date(2026, 3, 15))
    assert said[0].startswith("First bill on 15 Mar 2026, covering 1 Jan – 14 Mar 2026.")
    assert said[FIRST_CHARGE] == "First standing charge 76.00 USD. 31 USD × 2 whole periods + 14 of 31 days."


def test_an_attachment_shorter_than_a_period_has_one_bill(shop, told):
    said = told(shop.plan(standing_charge="30"), date(2026, 4, 11), date(2026, 4, 14))
    assert said[:2] == [
        "First bill on 1 May 2026, covering 11 – 13 Apr 2026. It is the only one.",
        "First standing charge 3.00 USD. 30 USD × 3 of 30 days.",
    ]


def test_the_anchor_is_the_accounts_unless_the_attachment_has_one(shop, told):
    account = shop.account(bill_epoch=date(2025, 10, 31))
    said = told(shop.plan(bill_frequency_interval=3), date(2026, 4, 1), account=account)
    assert said[0] == (
        "First bill on 30 Apr 2026, covering 1 – 29 Apr 2026. Then every 3 months, counted from 31 Oct 2025."
    )


def test_past_bill_dates_are_counted_and_the_latest_named(shop, told):
    plan = shop.plan()
    assert told(plan, date(2026, 2, 3))[-1] == (
        "1 past period is now unbilled. Bill date 1 Mar 2026. Run billing for every unbilled period to bill"
        " them all."
    )
    assert told(plan, date(2025, 10, 3))[-1].startswith(
        "5 past periods are now unbilled. Bill dates 1 Jan 2026, 1 Feb 2026, 1 Mar 2026 and 2 earlier ones."
    )
    assert told(plan, date(2025, 10, 3), date(2025, 11, 1))[-1].startswith("1 past period is now unbilled.")


def test_a_bill_date_today_is_past(shop, told, on):
    on(date(2026, 3, 1))
    assert told(shop.plan(), date(2026, 2, 1))[-1].startswith("1 past period is now unbilled.")


def test_no_charge_is_no_sentence(shop, told):
    assert not [said for said in told(shop.plan(standing_charge="0"), date(2026, 4, 1)) if "charge" in said]


def test_the_first_charge_is_rounded_by_its_currency(shop, told, organization):
    yen = Currency.objects.get(organization=organization, code="JPY")
    plan = shop.plan(standing_charge="1000", currency="JPY")
    account = shop.account(currency="JPY")
    rounded = told(plan, date(2026, 4, 10), account=account)[FIRST_CHARGE]
    assert rounded == "First standing charge 700 JPY. 1,000 JPY × 21 of 30 days."
    yen.rounding_mode = "UNNECESSARY"
    yen.save()
    said = told(plan, date(2026, 5, 10), account=account)[FIRST_CHARGE]
    assert said == (
        "The first standing charge cannot be billed. 1,000 JPY × 22 of 31 days has more decimals than JPY,"
        " which must not be rounded."
    )


def test_the_rate_is_told_where_another_currency_is_billed(shop, told, organization):
    plan, account = shop.plan(), shop.account(currency="EUR")
    said = told(plan, date(2026, 4, 1), account=account)[-1]
    assert said.startswith("There is no rate from USD to EUR. The account is billed in EUR:")
    rate = {"from_currency": "USD", "to_currency": "EUR", "multiplier": Decimal("0.921500")}
    CurrencyConversion.objects.create(organization=organization, **rate)
    assert told(plan, date(2026, 4, 1), account=account)[-1] == "Billed in EUR, at 0.9215 for each USD."


def test_every_bill_that_a_new_attachment_changes_is_named_or_counted(shop, told):
    account, plan = shop.account(), shop.plan()
    bills = [bill(account, month, 1, year=2025) for month in range(6, 11)]
    said = told(plan, date(2025, 6, 15), account=account)
    assert said[2] == "2 earlier bills are changed too. The next run rates them all again."
    assert said[3] == (
        f"Bill {bills[2].reference} of 1 Sep 2025, pending, changes. It then also covers 1 – 31 Aug 2025 of"
        f" {plan.name}. The next run rates it again."
    )
    assert [text for text in said if "pending, changes" in text] == said[3:6]
    assert said[6].startswith("4 past periods are now unbilled.")


def test_every_locked_bill_in_the_way_of_a_new_attachment_is_named_or_counted(shop, told):
    account = shop.account()
    for month in range(6, 10):
        bill(account, month, 1, year=2025)
    Bill.objects.update(status="APPROVED", locked_at=clock.now())
    later = bill(account, 10, 1, year=2025)
    said = told(shop.plan(), date(2025, 6, 1), account=account)
    assert len([text for text in said if "will not be billed" in text]) == 3
    assert "1 earlier bill is locked too. Its days there are not billed either." in said
    assert [text for text in said if "pending, changes" in text] == [
        text for text in said if later.reference in text
    ]


@pytest.mark.parametrize(
    ("frequency", "interval", "first", "then"),
    [
        (
            "DAILY",
            1,
            "2 Apr 2026, covering 1 Apr 2026.",
            "each day, counted from 1 Jan 2022",
        ),
        (
            "WEEKLY",
            1,
            "7 Apr 2026, covering 1 – 6 Apr 2026.",
            "each week, counted from 4 Jan",
        ),
        (
            "WEEKLY",
            2,
            "7 Apr 2026, covering 1 – 6 Apr",
            "every 2 weeks, counted from 4 Jan",
        ),
        (
            "ANNUALLY",
            1,
            "1 Jan 2027, covering 1 Apr – 31 Dec 2026.",
            "each year, counted from",
        ),
    ],
)
def test_each_frequency_has_its_own_words(shop, told, frequency, interval, first, then):
    plan = shop.plan(bill_frequency=frequency, bill_frequency_interval=interval)
    said = told(plan, date(2026, 4, 1))[0]
    assert said.startswith(f"First bill on {first}")
    assert then in said


def test_an_ad_hoc_plan_waits_for_a_run_that_asks_for_it(shop, told):
    assert told(shop.plan(standing_charge="450", bill_frequency="AD_HOC"), date(2026, 4, 1)) == [
        "Billed only when a run asks for Ad hoc. From the last bill, at first the start, to its bill date.",
        "Standing charge 450 USD on each bill. Whole, however many days it covers.",
    ]


def test_in_advance_the_start_has_a_bill(shop, told):
    plan = shop.plan(standing_charge="30", standing_charge_bill_in_advance=True)
    first, charge = told(plan, date(2026, 4, 1))[:2]
    assert first == (
        "First bill on 1 Apr 2026, covering 1 – 30 Apr 2026. In advance; usage follows, first on 1 May 2026."
        " Then each month, counted from 1 Jan 2022."
    )
    assert (
        charge == "First standing charge 30.00 USD in advance for 1 – 30 Apr 2026. 30 USD × 1 whole period."
    )


def test_in_advance_a_stub_is_charged_beside_the_first_whole_period(shop, told):
    plan = shop.plan(standing_charge="60", standing_charge_bill_in_advance=True)
    assert told(plan, date(2026, 4, 16))[:3] == [
        "First bill on 1 May 2026, covering 16 – 30 Apr 2026. Then each month, counted from 1 Jan 2022.",
        "First standing charge 30.00 USD. 60 USD × 15 of 30 days.",
        "With it 60.00 USD in advance for 1 – 31 May 2026. 60 USD × 1 whole period.",
    ]


def test_a_charge_that_is_first_due_later_names_its_bill(shop, told):
    plan = shop.plan(standing_charge="60", standing_charge_interval=3, standing_charge_offset=2)
    assert told(plan, date(2026, 4, 16))[FIRST_CHARGE] == (
        "First standing charge 60.00 USD. 60 USD × 1 whole period. It is on the bill of 1 Jul 2026."
    )
    assert not [said for said in told(plan, date(2026, 4, 16), date(2026, 5, 10)) if "charge" in said]
