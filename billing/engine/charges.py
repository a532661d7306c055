"""Standing charges, in arrears: what each attachment owes for the days that it ran in the bill's period."""

from collections.abc import Iterator

from billing.engine.calendar import Schedule, proration, shares
from billing.engine.explanation import proration_step
from billing.engine.lines import Charge
from billing.engine.money import shown
from billing.engine.types import DueAttachment, LineType


def standing_charges(item: DueAttachment) -> Iterator[Charge]:
    """The standing charge of the attachment's part of a bill, prorated by days (spec 3, Billing calendar)."""
    attachment, covered = item.attachment, item.covered
    amount = attachment.standing_charge
    if not amount:
        return
    schedule = Schedule.of(attachment)
    factor = proration(schedule, covered.start, covered.end)
    parts = shares(schedule, covered.start, covered.end)
    yield Charge(
        type=LineType.STANDING_CHARGE,
        description=attachment.standing_charge_description or "Standing Charge",
        attachment=attachment,
        start=covered.start,
        end=covered.end,
        amount=amount,
        factor=factor,
        steps=[proration_step(amount, factor, parts, shown(amount, factor), attachment.currency)],
    )
