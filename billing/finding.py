"""What of bills and their runs search finds."""

from django.db.models import CharField, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat, Right

from billing.models import Bill, BillJob
from billing.models.bills import REFERENCE, reference_key
from m3console.core.models import Organization
from m3console.core.searching.finding import Findable, can_be_found
from m3console.core.searching.search import NOWHERE

TEXT: "TextField[str, str]" = TextField()


def register() -> None:
    can_be_found(
        Findable(
            "Bill",
            "Bills",
            "bill",
            11,
            Bill,
            _bills,
            Concat(Value(REFERENCE), Right(Cast("id", TEXT), 4), output_field=TEXT),
            Concat("account_name", Value(", "), Cast("bill_date", CharField()), output_field=TEXT),
            exact=_reference,
            listed="billing:bill_list",
            key=F("bill_date"),
            falling=True,
        ),
        Findable("Bill job", "Bill jobs", "jobs", 40, BillJob, _jobs, Cast("bill_date", TEXT)),
    )


def _bills(organization: Organization) -> QuerySet[Bill]:
    return Bill.objects.filter(organization=organization)


def _jobs(organization: Organization) -> QuerySet[BillJob]:
    return BillJob.objects.filter(organization=organization)


def _reference(text: str) -> Q:
    """A bill's whole reference, as in INV-3F2A."""
    digits = text[len(REFERENCE) :].lower()
    if not text.upper().startswith(REFERENCE) or len(digits) != 4:
        return NOWHERE
    return Q(pk__in=Bill.objects.alias(key=reference_key()).filter(key=digits).values("pk"))
