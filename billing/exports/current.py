"""Bills with the lines of their current revision, many at a time."""

from collections.abc import Iterator, Sequence
from itertools import islice

from django.db.models import F, QuerySet

from billing.models import Bill, BillLine
from m3console.core.models import Currency, Organization

CHUNK = 500


def decimals(organization: Organization) -> dict[str, int]:
    """The decimals of each currency of the organization, by code."""
    return dict(Currency.objects.filter(organization=organization).values_list("code", "max_decimal_places"))


def current_lines(bills: Sequence[Bill]) -> QuerySet[BillLine]:
    """The lines of the bills' current revisions, in the order of each bill."""
    return (
        BillLine.objects.filter(revision__bill__in=bills, revision__number=F("revision__bill__revision"))
        .select_related("revision")
        .order_by("revision_id", "position")
    )


def with_lines(bills: QuerySet[Bill]) -> Iterator[tuple[Bill, list[BillLine]]]:
    """Each bill with its lines, in the order of the query; two queries a chunk, one chunk in memory."""
    rest = bills.iterator(chunk_size=CHUNK)
    while part := list(islice(rest, CHUNK)):
        lines: dict[object, list[BillLine]] = {bill.pk: [] for bill in part}
        for line in current_lines(part):
            lines[line.revision.bill_id].append(line)
        for bill in part:
            yield bill, lines[bill.pk]
