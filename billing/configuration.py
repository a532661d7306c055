"""What bills keep an organization from changing: what they were made with (spec 7)."""

from collections.abc import Iterator

from billing.models import Bill, BillLine, BillQuerySet
from m3console.core.errors import Obstructed
from m3console.core.links import reverse
from m3console.core.models import Currency, Organization
from m3console.core.registry import Blocker
from plans.models.attachments import EPOCHS

NAMED = 3


def refuse_used_settings(before: Organization, after: Organization) -> None:
    """The time zone and the epochs stay once a bill exists that used them.

    A bill used the epoch of its frequency, also where its attachments had cycle dates of their own: those
    may have been changed since. Raises Obstructed naming the field and the latest bills.
    """
    bills = Bill.objects.filter(organization=before)
    if before.timezone != after.timezone:
        _refuse("The time zone", bills, field="timezone")
    for frequency, name in EPOCHS.items():
        if getattr(before, name) != getattr(after, name):
            label = str(Organization._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            _refuse(f"The {label}", bills.filter(frequency=frequency), field=name)


def refuse_used_currency(before: Currency, after: Currency) -> None:
    """Decimals and rounding stay once a bill, or a line of any revision, is in the currency.

    Raises Obstructed naming the field and the latest bills.
    """
    changed = [
        name
        for name in ("max_decimal_places", "rounding_mode")
        if getattr(before, name) != getattr(after, name)
    ]
    if not changed:
        return
    bills = Bill.objects.filter(organization_id=before.organization_id)
    label = str(Currency._meta.get_field(changed[0]).verbose_name).capitalize()  # type: ignore[union-attr]
    _refuse(label, bills.filter(currency=before.code), field=changed[0])
    priced = BillLine.objects.filter(organization_id=before.organization_id, currency=before.code)
    line = priced.values("revision__bill").first()
    if line:
        _refuse(label, bills.filter(pk=line["revision__bill"]), field=changed[0])


def _refuse(what: str, bills: BillQuerySet, *, field: str) -> None:
    blockers = list(_blockers(bills))
    if blockers:
        raise Obstructed(
            f"{what} cannot change any more, as bills were made with it."
            " What is to be billed otherwise needs a new one.",
            blockers,
            field=field,
        )


def _blockers(bills: BillQuerySet) -> Iterator[Blocker]:
    found = list(bills.select_related("organization").order_by("-bill_date", "-id")[: NAMED + 1])
    for bill in found[:NAMED]:
        text = f"bill {bill.reference} of {bill.account_name}, {bill.bill_date:%-d %b %Y}"
        yield Blocker(text, reverse("billing:bill_detail", organization=bill.organization, pk=bill.pk))
    if len(found) > NAMED:
        yield Blocker("and others", reverse("billing:bill_list", organization=found[0].organization))
