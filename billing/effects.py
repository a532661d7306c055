"""What an attachment that is not saved yet would do to the account's bills, in words."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal, Inexact

from billing.attachment_changes import as_engine, effects_on_bills
from billing.engine.calendar import Share, final_bill_date, first_bill_date, worth
from billing.engine.charges import standing_charge_due_ahead, standing_charges_due
from billing.engine.due import due_on, next_due_date
from billing.engine.lines import Charge
from billing.engine.money import money
from billing.engine.types import Attachment, DueAttachment, Frequency, Period
from m3console.core.models import Currency, CurrencyConversion
from m3console.core.registry import Effect
from m3console.core.templatetags.console import period_text, spelled
from m3console.core.text import day_in_words
from plans.models import AccountPlan

UNITS = {
    Frequency.DAILY: "day",
    Frequency.WEEKLY: "week",
    Frequency.MONTHLY: "month",
    Frequency.ANNUALLY: "year",
}
# As many bills as a standing charge may let pass before it is first due.
FURTHEST = 365


def attachment_effects(draft: AccountPlan) -> Iterator[Effect]:
    """First bill, first standing charge, minimum, periods that are past already, and the rate it needs."""
    attachment = as_engine(draft)
    currency = Currency.objects.get(organization=draft.organization, code=attachment.currency)
    if attachment.frequency is Frequency.AD_HOC:
        yield from _ad_hoc(attachment)
    else:
        yield _first_bill(attachment)
        yield from _first_charges(attachment, currency)
    yield from _minimum(attachment)
    yield from effects_on_bills(draft, attachment)
    yield from _conversion(draft, attachment.currency)


def _ad_hoc(attachment: Attachment) -> Iterator[Effect]:
    yield Effect(
        "Billed only when a run asks for Ad hoc.",
        "From the last bill, at first the start, to its bill date.",
    )
    if attachment.standing_charge:
        charge = f"{spelled(attachment.standing_charge)} {attachment.currency}"
        yield Effect(f"Standing charge {charge} on each bill.", "Whole, however many days it covers.")


def _first_bill(attachment: Attachment) -> Effect:
    """The first bill and the dates that follow; one on the start is for charges in advance only."""
    first, usual = _first_due(attachment), first_bill_date(attachment)
    covered = first.covered if first.number >= 0 else first.ahead
    assert covered is not None
    days = period_text(covered.start, covered.end)
    bill_date = first.period.end
    last = final_bill_date(attachment)
    if last == bill_date:
        follows = "It is the only one."
    else:
        unit = UNITS[attachment.frequency]
        every = f"each {unit}" if attachment.interval == 1 else f"every {attachment.interval} {unit}s"
        end = f"; last bill {day_in_words(last)}" if last else ""
        follows = f"Then {every}, counted from {day_in_words(attachment.anchor)}{end}."
    if bill_date < usual:
        follows = f"In advance; usage follows, first on {day_in_words(usual)}. {follows}"
    return Effect(f"First bill on {day_in_words(bill_date)}, covering {days}.", follows)


def _first_due(attachment: Attachment) -> DueAttachment:
    day = next_due_date(attachment, attachment.start - timedelta(days=1))
    item = due_on(attachment, day) if day else None
    if item is None:
        raise ValueError(f"Attachment {attachment.code} has no first bill date")
    return item


def _first_charges(attachment: Attachment, currency: Currency) -> Iterator[Effect]:
    """Of the first bill that has a standing charge: a stub and the period ahead are two."""
    item: DueAttachment | None = _first_due(attachment)
    first = item
    for _ in range(FURTHEST):
        if item is None or (charges := standing_charges_due(item)):
            break
        following = next_due_date(attachment, item.period.end)
        item = due_on(attachment, following) if following else None
    if item is not None:
        later = "" if item is first else f" It is on the bill of {day_in_words(item.period.end)}."
        for number, charge in enumerate(charges):
            ahead = standing_charge_due_ahead(item) and charge.start == item.period.end
            yield _charged(charge, currency, first=not number, ahead=ahead, later=later)


def _charged(charge: Charge, currency: Currency, *, first: bool, ahead: bool, later: str) -> Effect:
    factor, parts = worth(charge.attachment, Period(charge.start, charge.end))
    working = f"{spelled(charge.amount)} {currency.code} × {_shares_in_words(parts)}"
    try:
        amount = money(charge.amount, currency.max_decimal_places, currency.rounding_mode, factor)
    except Inexact:
        return Effect(
            "The first standing charge cannot be billed.",
            f"{working} has more decimals than {currency.code}, which must not be rounded.",
            warning=True,
        )
    when = f" in advance for {period_text(charge.start, charge.end)}" if ahead else ""
    said = "First standing charge" if first else "With it"
    return Effect(f"{said} {amount:,f} {currency.code}{when}.", f"{working}.{later}")


def _shares_in_words(parts: Sequence[Share]) -> str:
    """16 of 30 days; 1 whole period + 16 of 30 days."""
    whole = sum(part.periods for part in parts if part.days == part.of)
    words = [f"{part.days} of {part.of} days" for part in parts if part.days != part.of]
    if whole:
        words.insert(0, f"{whole} whole period{'s' if whole > 1 else ''}")
    return " + ".join(words)


def _minimum(attachment: Attachment) -> Iterator[Effect]:
    """What each bill comes to at least, and when that is billed."""
    if not attachment.minimum_spend:
        return
    amount = f"{spelled(attachment.minimum_spend)} {attachment.currency}"
    if attachment.frequency is Frequency.AD_HOC:
        how = "Each bill is topped up to it, however many days it covers."
    elif attachment.minimum_spend_in_advance:
        how = "Billed in advance; what the period then comes to is taken off again."
    else:
        how = "A period that comes to less is topped up, prorated by days."
    yield Effect(f"Minimum spend {amount} a period.", how)


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
