"""Playing a scenario: an organization of its own, the steps, the outcome, and nothing kept."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import Account
from accounts.services import remove_child
from billing.exports.current import decimals, with_lines
from billing.exports.scenario_shape import bill_as_dict
from billing.models import Bill, BillJobResult, Outcome
from billing.scenario.loading import Loader
from billing.scenario.matching import differences
from billing.scenario.reading import Unreadable, day
from billing.services.jobs import create_job, run_job
from m3console.core import clock
from m3console.core.errors import RuleViolation
from m3console.core.links import acting_in
from m3console.core.models import Organization
from m3console.core.organizations import create_organization


def play(scenario: Mapping[str, Any]) -> dict[str, Any]:
    """The outcome of a scenario. Everything that it made is rolled back. Raises Unreadable."""
    with transaction.atomic():
        try:
            return _Play(scenario).outcome()
        finally:
            transaction.set_rollback(True)


def check(scenario: Mapping[str, Any], outcome: Mapping[str, Any]) -> list[str]:
    """The differences between what came of a scenario and what it expects."""
    return list(differences(scenario.get("expect", {}), outcome))


class _Play:
    def __init__(self, scenario: Mapping[str, Any]) -> None:
        self.scenario = scenario
        self.failures: dict[str, str] = {}
        self.errors: list[dict[str, Any]] = []

    def outcome(self) -> dict[str, Any]:
        organization = self._organization()
        today = day(self.scenario.get("today"), "today")
        with clock.at(today, organization.timezone), acting_in(organization):
            loader = Loader(organization)
            loader.load(self.scenario)
            for number, step in enumerate(self.scenario.get("steps") or []):
                for sentence in self._step(loader, step):
                    self.errors.append({"step": number, "message": sentence})
            return {
                "name": self.scenario.get("name", ""),
                "bills": _bills(organization),
                "failures": [
                    {"account": code, "reason": self.failures[code]} for code in sorted(self.failures)
                ],
                "errors": self.errors,
                "commitments": [],
                "balances": [],
            }

    def _organization(self) -> Organization:
        config: dict[str, Any] = {
            "organization": dict(self.scenario.get("organization") or {}),
            "currencies": self.scenario.get("currencies") or [],
        }
        try:
            return create_organization(
                slug="scenario", name=self.scenario.get("name") or "Scenario", config=config
            )
        except RuleViolation as refusal:
            raise Unreadable(refusal.message) from None

    def _step(self, loader: Loader, step: Mapping[str, Any]) -> list[str]:
        name, content = next(iter(step.items()))
        if name == "measurements":
            return loader.measure(content)
        if name in ("create", "counterAdjustments"):
            return list(loader.create(content if name == "create" else step))
        act = {"runBilling": self._run_billing, "removeChild": self._remove_child}[name]
        try:
            act(loader.organization, content)
        except RuleViolation as refusal:
            return [refusal.message]
        return []

    def _remove_child(self, organization: Organization, content: Mapping[str, Any]) -> None:
        children = Account.objects.of(organization).select_related("parent_account")
        child = children.filter(code=content.get("account")).first()
        if child is None or child.parent_account is None:
            raise RuleViolation(f"There is no child account “{content.get('account')}”.")
        remove_child(child, parent=child.parent_account, day=day(content.get("date"), "date"))

    def _run_billing(self, organization: Organization, content: Mapping[str, Any]) -> None:
        codes = content.get("accounts")
        accounts = None
        if codes is not None:
            found = dict(
                Account.objects.filter(organization=organization, code__in=codes).values_list("code", "id")
            )
            missing = [code for code in codes if code not in found]
            if missing:
                raise RuleViolation(f"There is no account {', '.join(missing)}.")
            accounts = list(found.values())
        job = create_job(
            organization=organization,
            bill_date=day(content.get("billDate"), "billDate"),
            billing_frequency=content.get("billingFrequency") or "",
            latest_only=not content.get("allUnbilled", False),
            account_ids=accounts,
            source="command",
            foreground=True,
        )
        run_job(job)
        failed = BillJobResult.objects.filter(job=job, outcome=Outcome.FAILED).select_related("account")
        self.failures |= {result.account.code: result.reason for result in failed}


def _bills(organization: Organization) -> list[dict[str, Any]]:
    bills = Bill.objects.filter(organization=organization).order_by("account_code", "bill_date", "id")
    places = decimals(organization)
    return [bill_as_dict(bill, lines, places) for bill, lines in with_lines(bills)]
