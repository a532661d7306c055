"""What accounts get from plan attachments: a tab, a menu entry, and a say in who may be a parent or go."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from accounts.models import Account
from m3console.core import clock
from m3console.core.registry import Blocker, extensions
from m3console.core.text import days_in_words
from plans.attachments import refuse_parent_with_plan
from plans.models import AccountPlan


def register() -> None:
    account = extensions("accounts.account")
    account.parent_checks.append(refuse_parent_with_plan)
    account.blockers.append(attachments_running)
    account.on_delete.append(delete_ended)


def count_current(account: Account) -> int:
    """How many plans are active or pending on the account today."""
    return AccountPlan.objects.of_account(account).current(_today(account)).count()


def attachments_running(account_id: UUID) -> Iterator[Blocker]:
    """An account is not deleted while a plan attachment is active or pending (spec 1, Delete)."""
    account = Account.everyone.select_related("organization").get(pk=account_id)
    for attachment in AccountPlan.objects.of_account(account).current(_today(account)).with_plan():
        days = days_in_words(attachment.start_date, attachment.end_date)
        yield Blocker(f"Plan attachment {attachment.plan.name}, {days}")


def delete_ended(account: Account) -> None:
    """The ended attachments go with their account; bills keep what they say of them."""
    AccountPlan.objects.of_account(account).delete()


def _today(account: Account) -> date:
    return clock.today(account.organization.timezone)
