"""When bills fall, in words."""

from datetime import date

import pytest

from accounts.models import Account
from m3console.core.models import Organization
from plans.cycles import cycle_help, cycle_in_words
from plans.models import PlanTemplate

TUESDAY = date(2022, 1, 4)


@pytest.mark.parametrize(
    ("frequency", "interval", "anchor", "words"),
    [
        ("DAILY", 1, TUESDAY, "each day"),
        ("DAILY", 10, TUESDAY, "every 10 days"),
        ("WEEKLY", 1, TUESDAY, "Tuesdays"),
        ("WEEKLY", 2, TUESDAY, "Tuesdays, every 2 weeks"),
        ("MONTHLY", 3, date(2022, 1, 22), "the 22nd"),
        ("MONTHLY", 1, date(2022, 1, 31), "the 31st, or the month's last day"),
        ("ANNUALLY", 1, TUESDAY, "4 Jan"),
        ("ANNUALLY", 2, TUESDAY, "4 Jan, every 2 years"),
        ("AD_HOC", 1, TUESDAY, "the dates of runs that ask for it"),
    ],
)
def test_each_frequency_has_its_days(frequency, interval, anchor, words):
    assert cycle_in_words(anchor, frequency, interval) == words


@pytest.mark.parametrize(
    ("frequency", "own", "words"),
    [
        ("WEEKLY", None, "Blank uses the organization's week epoch, 4 Jan 2022: bills on Tuesdays."),
        ("ANNUALLY", None, "Blank uses the organization's year epoch, 1 Jan 2022: bills on 1 Jan."),
        ("WEEKLY", date(2022, 1, 5), "the account's first bill date, 5 Jan 2022: bills on Wednesdays."),
        ("AD_HOC", None, "Plans billed ad hoc need none"),
        (None, date(2022, 1, 5), "the account's first bill date, 5 Jan 2022: monthly bills on the 5th."),
        (None, None, "epoch of the plan's frequency, 1 Jan 2022 for monthly plans: bills on the 1st."),
    ],
)
def test_a_blank_cycle_date_names_what_it_stands_for(frequency, own, words):
    organization = Organization(
        month_epoch=date(2022, 1, 1), week_epoch=TUESDAY, year_epoch=date(2022, 1, 1), name="Acme"
    )
    account = Account(organization=organization, bill_epoch=own)
    template = PlanTemplate(bill_frequency=frequency) if frequency else None
    assert words in cycle_help(account, template)
