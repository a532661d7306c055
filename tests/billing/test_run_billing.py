"""manage.py run_billing: its summary, its exit codes, what it refuses (spec 6)."""

import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from billing.models import Bill, BillJob
from m3console.core.models import CurrencyConversion
from tests.billing.make import customer


@pytest.fixture
def command(shop, capsys):
    """Run the command; its exit code and its summary, None without one."""

    def run(*arguments, organization=None):
        given = ["--organization", organization or shop.organization.slug, *arguments]
        code = 0
        try:
            call_command("run_billing", *given)
        except SystemExit as end:
            code = end.code
        except CommandError as error:
            return error.returncode, str(error)
        lines = capsys.readouterr().out.splitlines()
        return code, json.loads(lines[-1]) if lines else None

    return run


def test_the_summary_is_the_last_line_and_names_its_job(shop, command):
    customer(shop)
    code, summary = command("--bill-date", "2024-07-01")
    assert code == 0
    assert summary == {
        "job": str(BillJob.objects.get().pk), "billed": 1, "unchanged": 0, "skipped_locked": 0,
        "suppressed_empty": 0, "failed": [], "earlier_unbilled": 0,
    }  # fmt: skip
    assert BillJob.objects.get().source == "command"


def test_failed_accounts_are_named_with_their_reason_and_exit_code_1(shop, command):
    customer(shop, "fine")
    euro = shop.plan("euro", currency="EUR")
    shop.price(euro, shop.stored, 1)
    customer(shop, "mixed", plan=euro)
    code, summary = command("--bill-date", "2024-07-01")
    assert (code, summary["billed"]) == (1, 1)
    ((account, reason),) = [each.values() for each in summary["failed"]]
    assert account == "mixed"
    assert "conversion" in reason
    CurrencyConversion.objects.create(
        organization=shop.organization, from_currency="EUR", to_currency="USD", multiplier=2
    )
    assert command("--bill-date", "2024-07-01")[0] == 0


def test_every_unbilled_period_or_the_latest_only(shop, command):
    customer(shop)
    assert command("--bill-date", "2024-09-01")[1]["earlier_unbilled"] == 1
    code, summary = command("--bill-date", "2024-09-01", "--all-unbilled")
    assert (code, summary["billed"], summary["unchanged"]) == (0, 2, 1)


def test_an_unknown_account_bills_nothing_and_is_named(shop, command):
    customer(shop)
    code, message = command("--bill-date", "2024-07-01", "--accounts", "acme", "nope")
    assert code == 2
    assert "nope" in message
    assert "acme" not in message
    assert not Bill.objects.exists()
    assert not BillJob.objects.exists()


def test_only_the_accounts_asked_for_and_a_frequency(shop, command):
    customer(shop)
    customer(shop, "other")
    assert command("--bill-date", "2024-07-01", "--frequency", "DAILY")[1]["billed"] == 0
    assert command("--bill-date", "2024-07-01", "--accounts", "other")[1]["billed"] == 1
    assert Bill.objects.get().account_code == "other"


def test_a_run_over_no_accounts_is_done(command):
    code, summary = command("--bill-date", "2024-07-01")
    assert (code, summary["billed"]) == (0, 0)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--bill-date", "yesterday"),
        ("--bill-date", "2024-02-30"),
        ("--bill-date", "9999-01-01"),
        ("--bill-date", "2024-07-01", "--frequency", "HOURLY"),
        ("--bill-date", "2024-07-01", "--accounts"),
    ],
)
def test_unusable_arguments_are_one_line_and_exit_code_2(shop, capsys, arguments):
    with pytest.raises((SystemExit, CommandError)) as refused:
        call_command("run_billing", "--organization", shop.organization.slug, *arguments)
    error = refused.value
    assert (error.code if isinstance(error, SystemExit) else error.returncode) == 2
    text = str(error) if isinstance(error, CommandError) else capsys.readouterr().err
    assert len(text.strip().splitlines()) == 1


def test_an_unknown_organization_is_exit_code_2(command):
    assert command("--bill-date", "2024-07-01", organization="nowhere")[0] == 2


def test_the_date_may_lie_in_the_future(shop, command):
    customer(shop)
    assert command("--bill-date", str(date(2031, 1, 1)))[1]["billed"] == 1
