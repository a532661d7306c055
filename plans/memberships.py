"""What plans say to a change of whose child an account is: who gets the bills from then on."""

from collections.abc import Iterator

from accounts.memberships import MembershipChange
from m3console.core import clock
from m3console.core.registry import Effect
from plans.models import AccountPlan

NAMED = 5


def bills_afterwards(change: MembershipChange) -> Iterator[Effect]:
    """Who gets bills for what the child uses, by the plans that it has from the day on."""
    child = change.child
    day = change.day or clock.today(child.organization.timezone)
    attached = AccountPlan.objects.of_account(child).current(day).with_plan().order_by("start_date", "id")
    plans = list(attached[: NAMED + 1])
    if not plans:
        yield Effect(
            f"“{child.name}” has no plan from then on.",
            "Its usage is not billed until a plan is attached to it.",
            warning=True,
        )
        return
    more = " and others" if len(plans) > NAMED else ""
    if change.after is None:
        named = ", ".join(each.plan.name for each in plans[:NAMED])
        yield Effect(f"“{child.name}” gets the bills of its own plans itself: {named}{more}.")
        return
    modes = "; ".join(f"{each.plan.name}: {each.get_child_billing_mode_display()}" for each in plans[:NAMED])
    yield Effect("Who gets the bills of its plans is set on each of them:", f"{modes}{more}.")
