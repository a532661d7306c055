"""The pages of bills and bill jobs: what they show, to whom, and with how many queries."""

import json
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services import losses_of
from billing.models import Bill, BillJob, BillLine
from billing.services.jobs import run_job
from m3console.core.errors import RuleViolation
from m3console.core.links import reverse
from plans.attachments import delete_account_plan
from tests.billing.make import Shop, customer, run


@pytest.fixture
def shop(organization):
    return Shop(organization)


@pytest.fixture
def bill(shop):
    """June's bill of one account: 20.00 standing charge and 750 GB, tiered: 75.00 + 25.00."""
    shop.std, shop.disk = shop.plan(standing_charge=20), shop.meter()
    shop.price(shop.std, shop.aggregation(shop.disk), (0, "0.15"), (500, "0.10"))
    customer(shop, gb=750)
    run(shop)
    return Bill.objects.get()


def test_a_bill_shows_its_lines_and_opens_one_to_its_working(bill, sign_in):
    client = sign_in("viewer")
    page = client.get(reverse("billing:bill_detail", pk=bill.pk)).content.decode()
    assert "120.00" in page
    assert "1 – 30 Jun 2024" in page
    line = BillLine.objects.get(revision__bill=bill, type="USAGE")
    working = client.get(reverse("billing:bill_line", pk=bill.pk, line=line.pk)).content.decode()
    for figure in ("750", "0 to 500", "over 500", "75.00", "25.00", "100.00"):
        assert figure in working
    opened = client.get(reverse("billing:bill_detail", pk=bill.pk), {"open": str(line.pk)}).content.decode()
    assert "over 500" in opened


def test_a_working_names_the_quantitys_unit_and_a_band_that_takes_all(shop, sign_in):
    shop.std, shop.disk = shop.plan(), shop.meter()
    shop.price(shop.std, shop.aggregation(shop.disk), "0.15")
    customer(shop, gb=750)
    run(shop)
    line = BillLine.objects.get(type="USAGE")
    path = reverse("billing:bill_line", pk=Bill.objects.get().pk, line=line.pk)
    working = " ".join(sign_in("viewer").get(path).content.decode().split())
    assert '<span class="result">750 GB</span>' in working
    assert '<td class="num">all</td>' in working


def test_a_line_leads_to_the_measurements_that_it_counted(bill, shop, sign_in):
    line = BillLine.objects.get(revision__bill=bill, type="USAGE")
    shop.use(shop.disk, (bill.account, "2024-06-11T12:00", {"gb": 1}))
    page = sign_in("viewer").get(reverse("billing:line_measurements", pk=bill.pk, line=line.pk))
    assert page.context["listing"].count == "1"  # what came later is not what the bill counted
    assert "750" in page.content.decode()


def test_a_bill_is_exported_as_json_and_csv(bill, sign_in):
    client = sign_in("viewer")
    shown = json.loads(client.get(reverse("billing:bill_export", pk=bill.pk, kind="json")).content)
    assert (shown["total"], shown["endDate"]) == ("120.00", "2024-06-30")
    csv = client.get(reverse("billing:bill_export", pk=bill.pk, kind="csv")).content.decode()
    assert csv.count("\r\n") == 3
    assert client.get(reverse("billing:bill_export", pk=bill.pk, kind="xls")).status_code == 404


def test_another_organizations_bill_is_not_found(bill, make_organization, sign_in):
    other = make_organization("other")
    client = sign_in("administrator", within=other)
    line = BillLine.objects.filter(revision__bill=bill).first()
    for name, kwargs in (
        ("bill_detail", {}),
        ("bill_history", {}),
        ("bill_export", {"kind": "csv"}),
        ("bill_line", {"line": line.pk}),
        ("line_measurements", {"line": line.pk}),
    ):
        path = reverse(f"billing:{name}", organization=other, pk=bill.pk, **kwargs)
        assert client.get(path).status_code == 404, name


def test_running_billing_from_the_page_makes_a_job_that_a_worker_takes_up(shop, sign_in):
    shop.attach(shop.account(), shop.plan(standing_charge=20))
    client = sign_in("operator")
    asked = {"bill_date": "2024-07-01", "periods": "latest", "accounts": ""}
    answer = client.post(reverse("billing:run_billing"), asked)
    job = BillJob.objects.get()
    assert answer["Location"] == reverse("billing:job_detail", pk=job.pk)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where args->>'job' = %s", [str(job.pk)])
        assert cursor.fetchone() == (1,)
    assert 'hx-trigger="every 2s"' in client.get(answer["Location"]).content.decode()
    run_job(job)
    page = client.get(answer["Location"]).content.decode()
    assert 'hx-trigger="every 2s"' not in page
    assert re.search(r"Billed</dt>\s*<dd>\s*1\s*</dd>", page)
    assert "Nothing due" not in page


def test_the_figures_of_a_run_add_up_to_its_accounts(shop, sign_in):
    plan = shop.plan(standing_charge=20)
    shop.attach(shop.account(), plan)
    shop.attach(shop.account("later"), plan, start="2024-07-01")
    client = sign_in("operator")
    asked = {"bill_date": "2024-07-01", "periods": "latest", "accounts": ""}
    answer = client.post(reverse("billing:run_billing"), asked)
    run_job(BillJob.objects.get())
    told = client.get(answer["Location"])
    assert told.context["job"].accounts_done == 2
    assert (told.context["counts"]["billed"], told.context["counts"]["nothing_due"]) == (1, 1)
    assert re.search(r"Nothing due</dt><dd>1</dd>", told.content.decode())


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (
            {"bill_date": "2024-07-01", "periods": "latest", "accounts": "nobody"},
            "There is no account with code nobody",
        ),
        ({"bill_date": "yesterday", "periods": "latest"}, "valid date"),
        ({"bill_date": "2024-07-01", "periods": "sometimes"}, "valid choice"),
    ],
)
def test_nonsense_in_a_run_is_refused_beside_its_field(organization, sign_in, asked, sentence):
    answer = sign_in("operator").post(reverse("billing:run_billing"), asked)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not BillJob.objects.exists()


def test_an_attachment_with_a_locked_bill_stays_and_one_with_open_bills_says_which(bill):
    attachment = bill.account.account_plans.get()
    Bill.objects.update(status="APPROVED")
    Bill.objects.update(locked_at="2024-07-05T00:00:00Z")
    with pytest.raises(RuleViolation, match=bill.reference):
        delete_account_plan(attachment, version=attachment.version)


def test_deleting_an_account_says_how_many_bills_stay(bill):
    assert any(sentence.startswith("1 bill will stay viewable") for sentence in losses_of(bill.account))


def test_lists_ask_the_same_number_of_questions_whatever_there_is(shop, sign_in):
    plan = shop.plan(standing_charge=20)
    client = sign_in("viewer")
    counts = []
    for accounts in (1, 30):
        for number in range(accounts):
            shop.attach(shop.account(f"a{accounts}-{number}"), plan)
        run(shop)
        for name in ("bill_list", "job_list"):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(reverse(f"billing:{name}")).status_code == 200
            counts.append(len(asked))
        with CaptureQueriesContext(connection) as asked:
            assert (
                client.get(
                    reverse("billing:job_detail", pk=BillJob.objects.latest("created_at").pk)
                ).status_code
                == 200
            )
        counts.append(len(asked))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 10


def test_the_list_of_bills_is_filtered_searched_and_written_as_csv(bill, sign_in):
    client = sign_in("viewer")
    path = reverse("billing:bill_list")
    assert client.get(path, {"status": "LOCKED"}).context["listing"].count == "0"
    assert client.get(path, {"q": bill.account_code}).context["listing"].count == "1"
    assert client.get(path, {"q": str(bill.pk)}).context["listing"].count == "1"
    rows = b"".join(client.get(path, {"format": "csv"}).streaming_content).decode().splitlines()
    assert len(rows) == 2
    assert str(Decimal("120.00")) in rows[1]


def test_a_run_with_failures_says_so_and_its_accounts_are_found_with_the_reason(shop, sign_in):
    shop.std, shop.disk = shop.plan(standing_charge=20), shop.meter()
    customer(shop, "fine")
    customer(shop, "mixed", plan=shop.plan("euro", standing_charge=5, currency="EUR"))
    run(shop)
    client, job = sign_in("viewer"), BillJob.objects.get()
    assert "COMPLETE, SOME FAILED" in client.get(reverse("billing:job_list")).content.decode()
    path = reverse("billing:job_detail", pk=job.pk)
    assert "COMPLETE, SOME FAILED" in client.get(path).content.decode()
    found = client.get(path, {"q": "mixed"})
    assert found.context["listing"].count == "1"
    assert 'cell-sub">There is no conversion from EUR to USD' in found.content.decode()
    billed = client.get(path, {"q": "fine"}).content.decode()
    bill = Bill.objects.get()
    assert f'<a href="{reverse("billing:bill_detail", pk=bill.pk)}">{bill.reference}</a>' in billed
    assert "20.00" in billed
    rows = b"".join(client.get(path, {"format": "csv"}).streaming_content).decode()
    assert f"{bill.reference} 20.00 USD" in rows
    rows = b"".join(client.get(reverse("billing:job_list"), {"format": "csv-all"}).streaming_content).decode()
    assert "COMPLETE," in rows
    assert rows.splitlines()[1].endswith("2,2,yes")


def test_a_failure_leads_whoever_may_to_where_it_is_mended(shop, sign_in):
    shop.std, shop.disk = shop.plan(), shop.meter()
    customer(shop, "mixed", plan=shop.plan("euro", standing_charge=5, currency="EUR"))
    run(shop)
    path = reverse("billing:job_detail", pk=BillJob.objects.get().pk)
    link = f'<a href="{reverse("core:organization_edit")}#conversions">Add conversion</a>'
    administrator = sign_in("administrator")
    assert link in administrator.get(path).content.decode()
    assert link not in sign_in("operator").get(path).content.decode()
    rows = b"".join(administrator.get(path, {"format": "csv"}).streaming_content).decode()
    assert "currency conversions." in rows
    assert "<a" not in rows
