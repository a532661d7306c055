"""Standing charges in arrears and in advance, by interval and offset (spec 3; spec 7, Lines and bills)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.engine.bill import compute_bill, due_bills
from billing.engine.charges import standing_charge_due_ahead, standing_charges_due
from billing.engine.due import due_on, made_of
from billing.engine.types import BilledAhead, LineType
from tests.engine.make import day, make_attachment, make_bill, make_input
from tests.engine.make_bills import approved, ended, make_bills, rated_again, told, totals


def in_advance(start, end=None, charge="31", **more):
    return make_attachment(start, end, charge=charge, standing_charge_in_advance=True, **more)


def steps(draft, line=0):
    return {step["step"]: step for step in draft.lines[line].explanation["steps"]}


def test_in_advance_the_start_is_a_bill_date_and_a_known_end_prorates_the_last_period():
    drafts = make_bills([in_advance("2024-06-01", "2024-08-16")], "2024-10-01")
    assert told(drafts) == [
        ("2024-06-01", [("2024-06-01", "2024-07-01", "31.00")]),
        ("2024-07-01", [("2024-07-01", "2024-08-01", "31.00")]),
        ("2024-08-01", [("2024-08-01", "2024-08-16", "15.00")]),
        ("2024-09-01", []),
    ]
    assert [line.in_advance for draft in drafts for line in draft.lines] == [True] * 3


def test_a_bill_on_the_start_shows_the_period_that_its_charges_cover():
    draft = make_bills([in_advance("2024-06-01", "2024-06-16")], "2024-06-01")[0]
    assert (draft.start, draft.end) == (date(2024, 6, 1), date(2024, 6, 16))


def test_a_bill_on_one_start_shows_the_periods_that_end_where_there_are_some():
    old = make_attachment("2024-05-01", charge="10")
    draft = make_bills([in_advance("2024-06-01"), old], "2024-06-01")[0]
    assert (draft.start, draft.end) == (date(2024, 5, 1), date(2024, 6, 1))
    assert [str(line.subtotal) for line in draft.lines] == ["10.00", "31.00"]


def test_a_stub_is_caught_up_beside_the_first_full_period():
    drafts = make_bills([in_advance("2023-01-08", charge="60")], "2023-03-01")
    assert told(drafts) == [
        ("2023-02-01", [("2023-01-08", "2023-02-01", "46.45"), ("2023-02-01", "2023-03-01", "60.00")]),
        ("2023-03-01", [("2023-03-01", "2023-04-01", "60.00")]),
    ]
    stub, ahead = steps(drafts[0])["turn"], steps(drafts[0], 1)["turn"]
    assert (stub["when"], stub["period"]) == ("stub", 0)
    assert (ahead["when"], ahead["period"]) == ("advance", 1)
    assert [line.in_advance for line in drafts[0].lines] == [False, True]


def test_a_stub_that_is_all_of_an_attachment_is_caught_up_alone():
    drafts = make_bills([in_advance("2024-06-10", "2024-06-13", charge="30")], "2024-08-01")
    assert told(drafts) == [("2024-07-01", [("2024-06-10", "2024-06-13", "3.00")])]


def test_an_anchor_after_the_start_leaves_one_long_stub_and_no_bill_on_the_start():
    drafts = make_bills([in_advance("2024-01-01", anchor="2024-02-15")], "2024-03-15")
    assert told(drafts) == [
        ("2024-02-15", [("2024-01-01", "2024-02-15", "45.00"), ("2024-02-15", "2024-03-15", "31.00")]),
        ("2024-03-15", [("2024-03-15", "2024-04-15", "31.00")]),
    ]


def test_an_anchor_on_a_boundary_after_the_start_is_no_bill_on_the_start_either():
    drafts = make_bills([in_advance("2024-01-01", anchor="2024-03-01")], "2024-03-01")
    assert [draft.bill_date.isoformat() for draft in drafts] == ["2024-03-01"]


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (0, [("2023-04-01", "600.00"), ("2023-10-01", "600.00")]),
        (1, [("2023-07-01", "600.00"), ("2024-01-01", "600.00")]),
        (3, [("2024-01-01", "600.00")]),
    ],
)
def test_interval_and_offset_count_the_periods_of_the_attachment(offset, expected):
    attachment = make_attachment(
        "2023-01-01", charge="600", interval=3, standing_charge_interval=2, standing_charge_offset=offset
    )
    drafts = make_bills([attachment], "2024-01-01")
    assert len(drafts) == 4
    assert [each for each in totals(drafts) if each[1] != "0.00"] == expected


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (0, [("2024-02-01", "32.00"), ("2024-04-01", "62.00")]),
        (1, [("2024-02-01", "62.00"), ("2024-05-01", "62.00")]),
    ],
)
def test_in_advance_they_count_the_periods_too_the_first_even_a_stub_being_0(offset, expected):
    attachment = in_advance(
        "2024-01-16", charge="62", standing_charge_interval=3, standing_charge_offset=offset
    )
    assert [each for each in totals(make_bills([attachment], "2024-05-01")) if each[1] != "0.00"] == expected


def test_the_start_is_no_bill_date_while_nothing_is_due_in_advance_that_day():
    later = in_advance("2024-06-01", standing_charge_interval=2, standing_charge_offset=1)
    assert totals(make_bills([later], "2024-07-01")) == [("2024-07-01", "31.00")]
    free = in_advance("2024-06-01", charge="0")
    assert totals(make_bills([free], "2024-07-01")) == [("2024-07-01", "0.00")]
    item = due_on(later, day("2024-07-01"))
    assert standing_charge_due_ahead(item)
    assert [str(charge.start) for charge in standing_charges_due(item)] == ["2024-07-01"]


def test_why_a_charge_is_due_is_told_unless_it_is_in_arrears_for_every_period():
    usual = make_bill([make_attachment("2024-06-01", charge="31")])
    assert [step["step"] for step in usual.lines[0].explanation["steps"]] == ["proration", "rounding"]
    turn = make_attachment("2024-06-01", charge="31", standing_charge_interval=2)
    assert steps(make_bill([turn]))["turn"] == {
        "step": "turn",
        "when": "arrears",
        "period": 0,
        "interval": 2,
        "offset": 0,
    }
    offset = make_attachment("2024-05-01", charge="31", standing_charge_offset=1)
    assert steps(make_bill([offset]))["turn"]["period"] == 1


# AD_HOC plans


def test_an_ad_hoc_plan_is_billed_whole_from_its_last_bill_to_the_date_asked_for():
    attachment = in_advance("2024-06-01", charge="50", frequency="AD_HOC")
    first = make_bills([attachment], "2024-06-10", ad_hoc_on={1: day("2024-06-10")})
    assert told(first) == [("2024-06-10", [("2024-06-01", "2024-06-10", "50.00")])]
    proration = steps(first[0])["proration"]
    assert (proration["factor"], proration["shares"]) == ("1", [])
    again = make_bills([attachment], "2024-06-25", **approved(first), ad_hoc_on={1: day("2024-06-25")})
    assert told(again) == [("2024-06-25", [("2024-06-10", "2024-06-25", "50.00")])]


# Given back


FIRM = in_advance("2024-07-01")


def test_days_charged_in_advance_by_an_approved_bill_are_given_back_on_the_next():
    before = make_bills([FIRM], "2024-07-01")
    drafts = make_bills([ended(FIRM, "2024-07-11")], "2024-09-01", **approved(before))
    assert told(drafts) == [("2024-08-01", [("2024-07-11", "2024-08-01", "-21.00")])]
    assert drafts[0].lines[0].in_advance
    assert steps(drafts[0])["given_back"] == {
        "step": "given_back",
        "billed_on": "2024-07-01",
        "charged": {"from": "2024-07-01", "to": "2024-08-01", "amount": "31"},
        "charge": "31",
        "factor": "21/31",
        "shares": [{"from": "2024-07-11", "to": "2024-08-01", "days": 21, "of": 31}],
        "result": "-21",
        "unit": "USD",
    }


def test_ended_before_what_was_billed_ahead_the_next_boundary_gives_all_of_it_back():
    before = make_bills([in_advance("2024-06-01")], "2024-07-01")
    attachment = ended(before_attachment(before), "2024-07-01")
    drafts = make_bills([attachment], "2024-12-01", **approved(before))
    assert told(drafts) == [("2024-08-01", [("2024-07-01", "2024-08-01", "-31.00")])]
    assert (drafts[0].start, drafts[0].end) == (date(2024, 7, 1), date(2024, 8, 1))


def before_attachment(drafts):
    """The attachment of in_advance("2024-06-01") that these drafts bill."""
    return replace(in_advance("2024-06-01"), id=drafts[0].lines[0].attachment_id)


def test_all_approved_bills_ahead_of_an_end_are_given_back_together():
    attachment = in_advance("2024-06-01")
    before = make_bills([attachment], "2024-08-01")
    drafts = make_bills([ended(attachment, "2024-06-16")], "2024-12-01", **approved(before))
    assert told(drafts) == [
        (
            "2024-09-01",
            [
                ("2024-06-16", "2024-07-01", "-15.50"),
                ("2024-07-01", "2024-08-01", "-31.00"),
                ("2024-08-01", "2024-09-01", "-31.00"),
            ],
        )
    ]


def test_what_an_approved_bill_has_given_back_is_not_given_back_again():
    before = make_bills([FIRM], "2024-07-01")
    given = make_bills([ended(FIRM, "2024-07-11")], "2024-08-01", **approved(before))
    assert make_bills([ended(FIRM, "2024-07-11")], "2024-12-01", **approved([*before, *given])) == []
    further = make_bills([ended(FIRM, "2024-07-06")], "2024-12-01", **approved([*before, *given]))
    assert told(further) == [("2024-09-01", [("2024-07-06", "2024-07-11", "-5.00")])]


def test_a_pending_bill_is_rated_anew_instead():
    drafts = make_bills([ended(FIRM, "2024-07-11")], "2024-08-01")
    assert totals(drafts) == [("2024-07-01", "10.00"), ("2024-08-01", "0.00")]


def test_after_a_change_of_price_a_share_of_what_was_billed_is_given_back():
    before = make_bills([FIRM], "2024-07-01")
    dearer = replace(ended(FIRM, "2024-07-11"), standing_charge=Decimal(62))
    drafts = make_bills([dearer], "2024-08-01", **approved(before))
    assert told(drafts)[0][1] == [("2024-07-11", "2024-08-01", "-21.00")]
    assert steps(drafts[0])["given_back"]["charge"] == "31"


def test_a_part_billed_ahead_is_given_back_by_days_of_its_own_period():
    attachment = in_advance("2024-08-01", "2024-08-16", charge="100")
    before = make_bills([attachment], "2024-08-01")
    assert totals(before) == [("2024-08-01", "48.39")]
    drafts = make_bills([ended(attachment, "2024-08-11")], "2024-09-01", **approved(before))
    assert told(drafts)[0][1] == [("2024-08-11", "2024-08-16", "-16.13")]


def test_switched_to_arrears_a_period_billed_ahead_is_not_billed_again():
    before = make_bills([FIRM], "2024-07-01")
    arrears = replace(FIRM, standing_charge_in_advance=False)
    drafts = make_bills([arrears], "2024-09-01", **approved(before))
    assert totals(drafts) == [("2024-08-01", "0.00"), ("2024-09-01", "31.00")]


def test_switched_to_arrears_the_days_that_were_not_billed_ahead_are():
    attachment = in_advance("2024-07-01", "2024-07-11")
    before = make_bills([attachment], "2024-07-01")
    arrears = replace(attachment, standing_charge_in_advance=False, end=None)
    drafts = make_bills([arrears], "2024-08-01", **approved(before))
    assert told(drafts) == [("2024-08-01", [("2024-07-11", "2024-08-01", "21.00")])]


# Properties


CHARGES = st.integers(1, 100_000).map(lambda cents: Decimal(cents).scaleb(-2))


@given(
    st.integers(1, 800),
    st.integers(1, 800),
    CHARGES,
    st.booleans(),
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "ANNUALLY"]),
    st.integers(1, 4),
    st.integers(-40, 40),
)
def test_an_attachment_split_at_any_day_at_equal_prices_sums_to_the_whole(
    first, second, charge, advance, frequency, interval, anchor
):
    start = date(2023, 1, 10)
    middle, end = start + timedelta(first), start + timedelta(first + second)
    terms = {
        "charge": str(charge),
        "frequency": frequency,
        "interval": interval,
        "anchor": (start - timedelta(400) + timedelta(anchor)).isoformat(),
        "standing_charge_in_advance": advance,
    }

    def exact(begin, stop):
        attachment = make_attachment(begin.isoformat(), stop.isoformat(), **terms)
        due = due_bills([attachment], date(2035, 1, 1))
        charges = [charge for bill in due for item in bill.items for charge in standing_charges_due(item)]
        return sum((Fraction(each.amount) * each.factor for each in charges), Fraction(0))

    assert exact(start, middle) + exact(middle, end) == exact(start, end)


@given(st.integers(0, 100), st.integers(1, 120), CHARGES, st.integers(0, 5), st.integers(1, 3))
def test_however_early_it_ends_after_approved_bills_what_is_kept_is_the_days_used(
    begins, lasts, charge, approved_bills, interval
):
    start = date(2024, 1, 1) + timedelta(begins)
    attachment = in_advance(start.isoformat(), charge=str(charge), interval=interval)
    before = make_bills([attachment], "2025-06-01")[:approved_bills]
    short = replace(attachment, end=start + timedelta(lasts))
    after = make_bills([short], "2027-01-01", **approved(before))
    whole = make_bills([short], "2027-01-01")
    used = sum((draft.total for draft in whole), Decimal(0))
    kept = sum((draft.total for draft in [*before, *after]), Decimal(0))
    assert rated_again([short], "2027-01-01", after, **approved(before)) == after
    # Of each line's one rounding at most half a cent is the difference.
    lines = sum(len(draft.lines) for draft in [*before, *after, *whole])
    stubs = [line for draft in before for line in draft.lines if not line.in_advance]
    if all(stub.end <= short.end for stub in stubs):
        assert abs(kept - used) <= lines * Decimal("0.005")


def test_a_bill_rated_as_it_stands_gives_back_what_it_gives_back_already():
    before = make_bills([FIRM], "2024-07-01")
    ahead = approved(before)["billed"]
    short = ended(FIRM, "2024-07-11")
    made = made_of({(day("2024-07-01"), FIRM.frequency, 1, ""): True}, ahead)
    due = due_bills([short], day("2024-08-01"), latest_only=True, made=made)[0]
    given = replace(make_input(due), billed=ahead)
    own = BilledAhead(
        short.id, LineType.STANDING_CHARGE, None, day("2024-07-11"), day("2024-08-01"), Decimal(-21),
        day("2024-08-01"),
    )  # fmt: skip
    assert compute_bill(replace(given, standing=())).lines == ()
    assert str(compute_bill(replace(given, standing=(own,))).total) == "-21.00"
    longer = replace(due, items=(replace(due.items[0], attachment=ended(FIRM, "2024-07-21")),))
    assert str(compute_bill(replace(given, due=longer, standing=(own,))).total) == "-11.00"


def test_what_another_charge_or_a_later_bill_has_billed_ahead_is_left_to_them():
    minimum = BilledAhead(
        FIRM.id, LineType.MINIMUM_SPEND, None, day("2024-07-01"), day("2024-08-01"), Decimal(31),
        day("2024-07-01"), final=True,
    )  # fmt: skip
    short = ended(FIRM, "2024-07-11")
    due = due_bills([short], day("2024-08-01"), latest_only=True)[0]
    lines = compute_bill(replace(make_input(due), billed=[minimum])).lines
    assert [line.type for line in lines] == [LineType.MINIMUM_SPEND]
    later = replace(minimum, type=LineType.STANDING_CHARGE, bill_date=day("2024-08-01"))
    assert compute_bill(replace(make_input(due), billed=[later])).lines == ()
    arrears = replace(short, standing_charge_in_advance=False)
    due = replace(due, items=(replace(due.items[0], attachment=arrears),))
    assert str(compute_bill(replace(make_input(due), billed=[minimum, later])).total) == "-11.00"


def test_days_that_another_bill_gives_back_meanwhile_are_not_given_back_by_one_that_stands():
    short = ended(FIRM, "2024-07-11")
    charged = BilledAhead(
        short.id, LineType.STANDING_CHARGE, None, day("2024-07-01"), day("2024-08-01"), Decimal(31),
        day("2024-07-01"), final=True,
    )  # fmt: skip
    other = replace(charged, start=day("2024-07-15"), amount=Decimal(-17), bill_date=day("2024-09-01"))
    own = replace(charged, start=day("2024-07-20"), amount=Decimal(-12), bill_date=day("2024-08-01"))
    due = due_bills([short], day("2024-08-01"), latest_only=True)[0]
    given = replace(make_input(due), billed=[charged, other])
    assert compute_bill(replace(given, standing=[own])).lines == ()
    assert str(compute_bill(given).total) == "-4.00"
