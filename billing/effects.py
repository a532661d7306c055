"""What an attachment that is not saved yet would do to the account's bills, in words."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal, Inexact

from billing.attachment_changes import as_engine, effects_on_bills
from billing.engine.calendar import (
    Schedule,
    Share,
    final_bill_date,
    first_bill_date,
    period_billed_on,
    shares,
)
from billing.engine.charges import standing_charges
from billing.engine.lines import Charge
from billing.engine.money import money
from billing.engine.types import DueAttachment
from m3console.core.models import Currency, CurrencyConversion
from m3console.core.registry import Effect
from m3console.core.templatetags.console import period_text, spelled
from m3console.core.text import day_in_words
from plans.models import AccountPlan


def attachment_effects(draft: AccountPlan) -> Iterator[Effect]:
    """First bill, first standing charge, periods that are past already, and the rate it needs."""
    attachment = as_engine(draft)
    first = first_bill_date(attachment)
    period = period_billed_on(attachment, first)
    if period is None:
        raise ValueError(f"{first} is no bill date of the attachment that it is the first of")
    due = DueAttachment(attachment, period)
    yield _first_bill(due, first)
    currency = Currency.objects.get(organization=draft.organization, code=attachment.currency)
    yield from (_first_charge(charge, currency) for charge in standing_charges(due))
    yield from effects_on_bills(draft)
    yield from _conversion(draft, attachment.currency)


def _first_bill(due: DueAttachment, first: date) -> Effect:
    attachment, covered = due.attachment, due.covered
    days = period_text(covered.start, covered.end)
    last = final_bill_date(attachment)
    if last == first:
        follows = "It is the only one."
    else:
        every = "each month" if attachment.interval == 1 else f"every {attachment.interval} months"
        end = f"; last bill {day_in_words(last)}" if last else ""
        follows = f"Then {every}, counted from {day_in_words(attachment.anchor)}{end}."
    return Effect(f"First bill on {day_in_words(first)}, covering {days}.", follows)


def _first_charge(charge: Charge, currency: Currency) -> Effect:
    working = f"{spelled(charge.amount)} {currency.code} × {_shares_in_words(_shares(charge))}"
    try:
        amount = money(charge.amount, currency.max_decimal_places, currency.rounding_mode, charge.factor)
    except Inexact:
        return Effect(
            "The first standing charge cannot be billed.",
            f"{working} has more decimals than {currency.code}, which must not be rounded.",
            warning=True,
        )
    return Effect(f"First standing charge {amount:,f} {currency.code}.", f"{working}.")


def _shares(charge: Charge) -> Sequence[Share]:
    return shares(Schedule.of(charge.attachment), charge.start, charge.end)


def _shares_in_words(parts: Sequence[Share]) -> str:
    """16 of 30 days; 1 whole period + 16 of 30 days."""
    whole = sum(part.days == part.of for part in parts)
    words = [f"{part.days} of {part.of} days" for part in parts if part.days != part.of]
    if whole:
        words.insert(0, f"{whole} whole period{'s' if whole > 1 else ''}")
    return " + ".join(words)


def _conversion(draft: AccountPlan, currency: str) -> Iterator[Effect]:
    """The rate that its lines will need, or that there is none (spec 4, Pre-flight)."""
    billed = draft.account.currency or draft.organization.currency
    if billed == currency:
        return
    rates = CurrencyConversion.objects.filter(
        organization=draft.organization, from_currency=currency, to_currency=billed
    )
    rate: Decimal | None = rates.values_list("multiplier", flat=True).first()
    if rate is not None:
        yield Effect(f"Billed in {billed}, at {spelled(rate)} for each {currency}.")
        return
    yield Effect(
        f"There is no rate from {currency} to {billed}.",
        f"The account is billed in {billed}: without that conversion its bills fail.",
        warning=True,
    )
