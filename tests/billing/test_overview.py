"""What an account's overview shows of its bills: charts, their tables, the ten latest bills."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import Bill, BillLine, BillRevision
from m3console.core.ids import uuid7
from m3console.core.links import reverse
from tests.billing.make import Shop

HTMX = {"HX-Request": "true"}


@pytest.fixture
def shop(organization):
    return Shop(organization)


def bill(account, month, total, currency="USD", units=(), year=2024, **fields):
    """A bill of a month with usage lines (aggregation's id, its name, units, unit)."""
    start, end = date(year, month, 1), (date(year, month, 28) + timedelta(days=4)).replace(day=1)
    made = Bill.objects.create(
        organization=account.organization, account=account, account_code=account.code,
        account_name=account.name, account_email=account.email_address, bill_date=end, frequency="MONTHLY",
        frequency_interval=1, start_date=start, end_date=end, due_date=end, external_invoice_date=end,
        currency=currency, total=Decimal(total), content_hash="", watermark=1, **fields,
    )  # fmt: skip
    revise(made, 1, units)
    return made


def revise(made, number, units):
    revision = BillRevision.objects.create(
        organization=made.organization, bill=made, number=number, total=made.total, content_hash="",
        watermark=1, created_at=made.created_at,
    )  # fmt: skip
    charge = (None, "Charge", None, "")
    BillLine.objects.bulk_create(
        BillLine(
            organization_id=made.organization_id, revision=revision, position=position,
            type="USAGE" if aggregation else "STANDING_CHARGE", description=name, account_id=made.account_id,
            aggregation_id=aggregation, labels={"aggregation": {"code": name, "name": name}},
            service_start=made.start_date, service_end=made.end_date, units=amount and Decimal(amount),
            unit=unit, subtotal=0 if aggregation else made.total, currency=made.currency, conversion_rate=1,
            converted_subtotal=0 if aggregation else made.total, explanation={},
        )
        for position, (aggregation, name, amount, unit) in enumerate([charge, *units], 1)
    )  # fmt: skip
    Bill.objects.filter(pk=made.pk).update(revision=number)


@pytest.fixture
def open_panels(sign_in):
    client = sign_in("viewer")

    def opened(account, **query):
        return client.get(reverse("billing:latest_bills", pk=account.pk), query, headers=HTMX)

    return opened


def rows(series):
    return [text for _, text in series.rows]


def test_the_overview_loads_its_panels_with_the_choice_of_its_own_address(shop, sign_in):
    account = shop.account()
    made = bill(account, 6, "12")
    client, path = sign_in("viewer"), reverse("billing:latest_bills", pk=account.pk)
    overview = reverse("accounts:account_detail", pk=account.pk)
    assert f'hx-get="{path}?currency=EUR"' in client.get(overview, {"currency": "EUR"}).content.decode()
    panels = client.get(path, headers=HTMX).content.decode()
    assert made.reference in panels
    assert "<html" not in panels
    whole = client.get(path).content.decode()
    assert made.reference in whole
    assert 'aria-current="page">Overview' in whole


@pytest.mark.parametrize(("role", "offered"), [("operator", True), ("viewer", False)])
def test_an_account_without_a_plan_has_attaching_one_as_its_next_step(shop, sign_in, role, offered):
    account, client = shop.account(), sign_in(role)
    path = reverse("billing:latest_bills", pk=account.pk)
    attach = reverse("plans:attachment_create", pk=account.pk)
    assert (attach in client.get(path, headers=HTMX).content.decode()) == offered
    shop.attach(account, shop.plan())
    told = client.get(path, headers=HTMX).content.decode()
    assert "No bill yet. A run of billing makes one on each bill date of its plans." in told
    assert attach not in told


def test_the_ten_latest_bills_are_shown_and_drawn_from_the_oldest_to_the_latest(shop, open_panels):
    account = shop.account()
    for month in range(1, 13):
        bill(account, month, f"{month}.5")
    context = open_panels(account).context
    (revenue,) = context["series"]
    assert rows(revenue) == [f"{month}.50" for month in range(12, 2, -1)]
    assert [bar.label for bar in revenue.chart.bars][:2] == ["Mar", "Apr"]
    assert revenue.chart.bars[0].group == "2024"
    assert len(context["table"].rows) == 10


def test_one_currency_is_drawn_and_the_others_are_named(shop, open_panels):
    account = shop.account()
    for month, currency in enumerate(("USD", "EUR", "EUR", "JPY", "USD"), 1):
        bill(account, month, month * 100, currency)
    (revenue,) = open_panels(account).context["series"]
    assert (revenue.chosen, rows(revenue)) == ("USD", ["500.00", "100.00"])
    assert revenue.left_out == ["2 bills in EUR are not shown.", "1 bill in JPY is not shown."]
    (revenue,) = open_panels(account, currency="JPY").context["series"]
    assert rows(revenue) == ["400"]
    (revenue,) = open_panels(account, currency="<script>").context["series"]
    assert revenue.chosen == "USD"


def test_usage_is_what_the_current_revisions_bill_of_one_aggregation_summed_over_its_lines(shop, open_panels):
    account, disk, calls = shop.account(), uuid7(), uuid7()
    first = bill(account, 1, "1", units=[(disk, "Disk", "7", "GB"), (calls, "Calls", "3", "")])
    bill(account, 2, "2", units=[(disk, "Disk", "10.5", "GB"), (disk, "Disk", "2", "GB")])
    bill(account, 3, "3")
    revise(first, 2, [(disk, "Disk", "8", "GB"), (calls, "Calls", "4", "")])
    _, usage = open_panels(account).context["series"]
    assert (usage.name, usage.unit, rows(usage)) == ("Disk", "GB", ["–", "12.5", "8"])
    assert usage.left_out == ["1 other aggregation was billed too.", "1 bill has no line of this one."]
    _, usage = open_panels(account, aggregation=f"{calls}:").context["series"]
    assert rows(usage) == ["–", "–", "4"]


def test_units_of_different_kinds_are_never_added_up(shop, open_panels):
    account, disk = shop.account(), uuid7()
    bill(account, 1, "1", units=[(disk, "Disk", "2000", "GB")])
    bill(account, 2, "1", units=[(disk, "Disk", "2", "TB")])
    _, usage = open_panels(account, aggregation=f"{disk}:TB").context["series"]
    assert rows(usage) == ["2", "–"]
    assert [label for _, label in usage.choices] == ["Disk, GB", "Disk, TB"]


def test_pending_bills_are_told_apart_from_settled_ones(shop, open_panels):
    account = shop.account()
    bill(account, 1, "5", status="APPROVED")
    bill(account, 2, "-5")
    answer = open_panels(account)
    (revenue,) = answer.context["series"]
    assert [bar.draft for bar in revenue.chart.bars] == [False, True]
    assert revenue.chart.bars[1].words == "1 – 29 Feb 2024: −5.00, pending"
    assert "Hatched bars are pending bills." in answer.content.decode()


def test_an_account_without_bills_says_so_and_draws_nothing(shop, open_panels):
    answer = open_panels(shop.account())
    assert "No bill yet" in answer.content.decode()
    assert '<svg class="chart' not in answer.content.decode()


def test_a_choice_made_in_the_overview_stays_in_its_address(shop, sign_in):
    account = shop.account()
    bill(account, 1, "1")
    path = reverse("billing:latest_bills", pk=account.pk)
    client = sign_in("viewer")
    answer = client.get(path, {"currency": "USD"}, headers=HTMX | {"HX-Target": "bill-charts"})
    overview = reverse("accounts:account_detail", pk=account.pk)
    assert answer["HX-Push-Url"] == f"{overview}?currency=USD"
    assert "HX-Push-Url" not in client.get(path, headers=HTMX)


def test_page_and_panels_ask_few_questions_however_many_bills_and_lines(shop, sign_in):
    account, client = shop.account(), sign_in("viewer")
    pages = [
        reverse("accounts:account_detail", pk=account.pk),
        reverse("billing:latest_bills", pk=account.pk),
    ]
    counts = []
    for months, lines in (((1,), 1), (range(2, 13), 40)):
        for month in months:
            bill(account, month, "1", units=[(uuid7(), f"A{n}", "1", "GB") for n in range(lines)])
        with CaptureQueriesContext(connection) as asked:
            for path in pages:
                assert client.get(path, headers=HTMX if path == pages[1] else {}).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 25


def test_the_tab_of_bills_counts_them_up_to_its_cap(shop, sign_in, monkeypatch):
    monkeypatch.setattr("billing.extensions.COUNTED", 2)
    account, client = shop.account(), sign_in("viewer")
    shown = []
    for month in (1, 2, 3):
        bill(account, month, "1")
        tabs = client.get(reverse("accounts:account_detail", pk=account.pk)).context["tabs"]
        shown += [tab["count"] for tab in tabs if tab["label"] == "Bills"]
    assert shown == ["1", "2", "2+"]
