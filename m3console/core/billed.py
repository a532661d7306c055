"""What bills were made with does not change any more (spec 7, Changing what bills were made with)."""

from uuid import UUID

from m3console.core.errors import RuleViolation
from m3console.core.locks import hold_configuration
from m3console.core.registry import Blocker, extensions

NAMED = 3


def bills_made_with(kind: str, pk: UUID) -> list[Blocker]:
    """Some of the bills that something was used for, each with its page; empty if there is none."""
    return [bill for find in extensions(kind).billed for bill in find(pk)]


def refuse_billed(what: str, kind: str, pk: UUID, *, organization: UUID, field: str) -> None:
    """Refuse a change, once bills were made with something as it is; `what` begins the sentence.

    Nobody cuts bills of the organization from here until the transaction ends, so a run that is going on
    has either made its bills or makes them with the change. Raises RuleViolation beside the field.
    """
    hold_configuration(organization, to_change=True)
    bills = [bill.text for bill in bills_made_with(kind, pk)]
    if bills:
        more = " and others" if len(bills) > NAMED else ""
        raise RuleViolation(
            f"{what} cannot change any more: made with it: {', '.join(bills[:NAMED])}{more}."
            " Make a new one instead.",
            field=field,
        )
