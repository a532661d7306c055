"""What accounts get from plan attachments: a tab, a menu entry, and a say in who may be a parent or go."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from accounts.models import Account
from m3console.core import clock
from m3console.core.links import reverse
from m3console.core.navigation import stand_under
from m3console.core.registry import Blocker, MenuEntry, Tab, extensions
from m3console.core.text import days_in_words
from plans import account_columns
from plans.attachments import refuse_parent_with_plan
from plans.memberships import bills_afterwards
from plans.models import AccountPlan, CounterAdjustment

TAB = "plans"
COUNTERS = "counters"
COUNTED = 1_000


def register() -> None:
    stand_under("accounts:", "plans:attachment_")
    stand_under("accounts:", "plans:counter_adjustment_")
    account_columns.register()
    account = extensions("accounts.account")
    account.tabs.append(Tab(TAB, "Attached plans", "plans:attachment_list", 20, count_current))
    account.tabs.append(
        Tab(COUNTERS, "Counter adjustments", "plans:counter_adjustment_list", 45, count_adjustments)
    )
    account.menu.append(MenuEntry("Adjust", "plans:counter_adjustment_create", 70, group="Counters"))
    account.menu.append(MenuEntry("Create plan attachment", "plans:attachment_create", 20, group="Plans"))
    account.parent_checks.append(refuse_parent_with_plan)
    account.membership_effects.append(bills_afterwards)
    account.blockers.append(attachments_running)
    account.gone_too.append(ended_attachments)
    account.on_delete.append(delete_ended)
    account.gone_too.append(adjustments)
    account.on_delete.append(delete_adjustments)


def count_current(account: Account) -> int:
    """How many plans are active or pending on the account today."""
    return AccountPlan.objects.of_account(account).current(_today(account))[:COUNTED].count()


def attachments_running(account_id: UUID) -> Iterator[Blocker]:
    """An account is not deleted while a plan attachment is active or pending (spec 1, Delete)."""
    account = Account.everyone.select_related("organization").get(pk=account_id)
    for attachment in AccountPlan.objects.of_account(account).current(_today(account)).with_plan():
        days = days_in_words(attachment.start_date, attachment.end_date)
        link = reverse("plans:attachment_detail", organization=account.organization, pk=attachment.pk)
        yield Blocker(f"Plan attachment {attachment.plan.name}, {days}", link)


def ended_attachments(account_id: UUID) -> Iterator[str]:
    """What is said of them before the account is deleted: running ones refuse it, so these have ended."""
    count = AccountPlan.objects.filter(account_id=account_id).count()
    if count:
        ended = "1 ended plan attachment goes" if count == 1 else f"{count} ended plan attachments go"
        yield f"{ended} with it."


def delete_ended(account: Account) -> None:
    """The ended attachments go with their account; bills keep what they say of them."""
    AccountPlan.objects.of_account(account).delete()


def count_adjustments(account: Account) -> int:
    return CounterAdjustment.objects.of_account(account)[:COUNTED].count()


def adjustments(account_id: UUID) -> Iterator[str]:
    """What is said of counter adjustments before the account is deleted."""
    count = CounterAdjustment.objects.filter(account_id=account_id).count()
    if count:
        yield (
            "1 counter adjustment goes with it." if count == 1 else f"{count} counter adjustments go with it."
        )


def delete_adjustments(account: Account) -> None:
    """Levels go with their account; bills keep what they say of them."""
    CounterAdjustment.objects.of_account(account).delete()


def _today(account: Account) -> date:
    return clock.today(account.organization.timezone)
