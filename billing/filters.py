"""What lists of bills, jobs and results can be narrowed by."""

import django_filters as filters
from django.db.models import QuerySet

from billing.models import Bill, BillJob, BillJobResult, BillQuerySet, BillStatus, JobStatus, Outcome
from m3console.core.forms import DateInput
from m3console.core.lists.filters import ListFilter

STATES = [*BillStatus.choices, ("LOCKED", "Locked")]


class BillFilter(ListFilter):
    """Bill management: status, bill dates, currency."""

    status = filters.ChoiceFilter(label="Status", choices=STATES, method="in_state")
    bill_date_from = filters.DateFilter("bill_date", "gte", label="Bill date from", widget=DateInput())
    bill_date_to = filters.DateFilter("bill_date", "lte", label="Bill date to", widget=DateInput())
    currency = filters.CharFilter("currency", "exact", label="Currency")

    class Meta:
        model = Bill
        fields: list[str] = []

    def in_state(self, rows: QuerySet[Bill], name: str, value: str) -> QuerySet[Bill]:
        if value == "LOCKED":
            return rows.filter(locked_at__isnull=False)
        return rows.filter(status=value, locked_at=None)


class ManagementFilter(BillFilter):
    """Of all accounts: also whether the account still exists."""

    account = filters.ChoiceFilter(
        label="Account", choices=[("existing", "Existing"), ("deleted", "Deleted")], method="by_account"
    )

    def by_account(self, rows: BillQuerySet, name: str, value: str) -> QuerySet[Bill]:
        return rows.of_deleted_accounts() if value == "deleted" else rows.filter(account__deleted_at=None)


class JobFilter(ListFilter):
    status = filters.ChoiceFilter(label="Status", choices=JobStatus.choices)

    class Meta:
        model = BillJob
        fields: list[str] = []


class ResultFilter(ListFilter):
    outcome = filters.ChoiceFilter(label="Result", choices=Outcome.choices)
    earlier_unbilled = filters.BooleanFilter(label="Earlier periods unbilled")

    class Meta:
        model = BillJobResult
        fields: list[str] = []
