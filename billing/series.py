"""What an account's latest bills came to and billed: one currency and one aggregation at a time."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from billing.charts import BarChart, Value, bar_chart, period_labels
from billing.models import Bill, BillStatus
from m3console.core.templatetags.console import amount, decimals_of, period_text, quantity

NONE = "–"


@dataclass(frozen=True, slots=True)
class Series:
    """One chart, its table (latest bill first), the other values it could show, and what it leaves out.

    `name` is what it shows: a currency, or an aggregation whose `unit` is told beside it.
    """

    key: str
    heading: str
    name: str
    unit: str
    choices: Sequence[tuple[str, str]]
    chosen: str
    title: str
    chart: BarChart
    rows: Sequence[tuple[Bill, str]]
    left_out: Sequence[str]

    @property
    def drafts(self) -> bool:
        """Whether a bar is of a bill that is pending still."""
        return any(bar.draft for bar in self.chart.bars)


def revenue(bills: Sequence[Bill], currency: str) -> Series | None:
    """The totals of those bills, given latest first, that are in the currency; unknown, in the latest's."""
    if not bills:
        return None
    counts = Counter(bill.currency for bill in bills)
    chosen = currency if currency in counts else bills[0].currency
    shown = [bill for bill in bills if bill.currency == chosen]
    return _series(
        "currency",
        "Revenue per bill",
        name=chosen,
        unit="",
        choices=[(code, code) for code in sorted(counts)],
        chosen=chosen,
        bills=shown,
        amounts={bill.pk: bill.total for bill in shown},
        words=lambda value: amount(value, chosen),
        places=decimals_of(chosen),
        left_out=[
            f"1 bill in {code} is not shown." if number == 1 else f"{number} bills in {code} are not shown."
            for code, number in sorted(counts.items())
            if code != chosen
        ],
    )


def billed_usage(bills: Sequence[Bill], billed: Sequence[Mapping[str, Any]], chosen: str) -> Series | None:
    """The units of one aggregation; unknown, of the one that is on most bills.

    `billed` are rows of `BillLine.objects.billed_usage`. A bill without a line of it has no value, which
    is not zero.
    """
    if not billed:
        return None
    names = {_key(row): (str(row["name"]), row["unit"]) for row in billed}
    if chosen not in names:
        on = Counter(_key(row) for row in billed)
        chosen = min(names, key=lambda key: (-on[key], names[key], key))
    amounts: dict[UUID, Decimal] = {row["bill_id"]: row["billed"] for row in billed if _key(row) == chosen}
    without, others = len(bills) - len(amounts), len(names) - 1
    left_out = []
    if others:
        are = "aggregation was" if others == 1 else "aggregations were"
        left_out.append(f"{others} other {are} billed too.")
    if without:
        left_out.append(f"{without} {'bill has' if without == 1 else 'bills have'} no line of this one.")
    return _series(
        "aggregation",
        "Billed usage per bill",
        name=names[chosen][0],
        unit=names[chosen][1],
        choices=sorted(_labels(names).items(), key=lambda each: (each[1].lower(), each[0])),
        chosen=chosen,
        bills=bills,
        amounts=amounts,
        words=quantity,
        places=0,
        left_out=left_out,
    )


def _key(row: Mapping[str, Any]) -> str:
    return f"{row['aggregation_id']}:{row['unit']}"


def _labels(names: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """The names to choose from; the unit too, where the same name was billed by another one."""
    alike = Counter(name for name, _ in names.values())
    return {
        key: f"{name}, {unit}" if alike[name] > 1 and unit else name for key, (name, unit) in names.items()
    }


def _series(
    key: str,
    heading: str,
    *,
    name: str,
    unit: str,
    choices: Sequence[tuple[str, str]],
    chosen: str,
    bills: Sequence[Bill],
    amounts: Mapping[UUID, Decimal],
    words: Callable[[Decimal], str],
    places: int,
    left_out: Sequence[str],
) -> Series:
    texts = {pk: words(value) for pk, value in amounts.items()}
    return Series(
        key=key,
        heading=heading,
        name=name,
        unit=unit,
        choices=choices,
        chosen=chosen,
        title=_title(", ".join(part for part in (heading, name, unit) if part), bills, amounts, texts),
        chart=bar_chart(_values(bills, amounts, texts), places=places),
        rows=[(bill, texts.get(bill.pk, NONE)) for bill in bills],
        left_out=left_out,
    )


def _values(bills: Sequence[Bill], amounts: Mapping[UUID, Decimal], texts: Mapping[UUID, str]) -> list[Value]:
    """The bars from the oldest bill to the latest."""
    oldest_first = bills[::-1]
    labels = period_labels([(bill.start_date, bill.end_date) for bill in oldest_first])
    return [
        Value(
            label,
            amounts.get(bill.pk),
            f"{_period(bill)}: {texts.get(bill.pk, 'not billed')}, {bill.state.lower()}",
            group,
            draft=bill.state == BillStatus.PENDING,
        )
        for bill, (label, group) in zip(oldest_first, labels, strict=True)
    ]


def _title(
    heading: str,
    bills: Sequence[Bill],
    amounts: Mapping[UUID, Decimal],
    texts: Mapping[UUID, str],
) -> str:
    """The chart for those who do not see it; its table says the rest."""
    told = [bill for bill in bills if bill.pk in amounts]
    highest = max(told, key=lambda bill: amounts[bill.pk])
    count = "1 bill" if len(bills) == 1 else f"{len(bills)} bills"
    return (
        f"{heading}: {count}, {_period(bills[-1])} to {_period(bills[0])}."
        f" Highest: {texts[highest.pk]}, {_period(highest)}. Latest: {texts.get(bills[0].pk, 'not billed')}."
    )


def _period(bill: Bill) -> str:
    return period_text(bill.start_date, bill.end_date)
