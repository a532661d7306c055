"""The bills that a run made, beside what it came to for each account."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import F
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from billing.models import BillJobResult
from billing.models.bills import REFERENCE
from m3console.core.links import reverse
from m3console.core.lists.columns import FactColumn
from m3console.core.models import Organization
from m3console.core.registry import RowFacts, extensions
from m3console.core.templatetags.console import money

NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}
NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class MadeByRun:
    """A bill as one run rated it; later runs may have rated it again."""

    id: UUID
    total: Decimal
    currency: str

    @property
    def reference(self) -> str:
        return f"{REFERENCE}{str(self.id)[-4:]}"


def register() -> None:
    column = FactColumn("Bills", cell=_cell, value=_value, attrs=NUMBER)
    facts = RowFacts({"made": column}, bills_made, after="reason")
    extensions("billing.billjobresult").columns.append(facts)


def bills_made(organization: Organization, results: Sequence[UUID]) -> dict[UUID, list[MadeByRun]]:
    """The bills that the run of each result wrote for its account, in the order of their dates."""
    bill = "account__bills"
    rows = BillJobResult.objects.filter(pk__in=results, **{f"{bill}__revisions__job": F("job")})
    found: dict[UUID, list[MadeByRun]] = {}
    for key, *made in rows.order_by(f"{bill}__bill_date", f"{bill}__id").values_list(
        "pk", f"{bill}__id", f"{bill}__revisions__total", f"{bill}__currency"
    ):
        found.setdefault(key, []).append(MadeByRun(*made))
    return found


def _cell(made: list[MadeByRun] | None) -> SafeString | str:
    if not made:
        return ""
    links = format_html_join(
        "",
        '<span class="d-block"><a href="{}">{}</a> {}</span>',
        (
            (reverse("billing:bill_detail", pk=bill.id), bill.reference, money(bill.total, bill.currency))
            for bill in made[:NAMED]
        ),
    )
    more = len(made) - NAMED
    return format_html('{}<span class="line-sub">and {} more</span>', links, more) if more > 0 else links


def _value(made: list[MadeByRun] | None) -> Any:
    return "; ".join(f"{bill.reference} {bill.total} {bill.currency}" for bill in made or ())
