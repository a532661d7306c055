"""Plans of services, attached to the sub accounts that use them (spec 6, import_focus)."""

from collections.abc import Mapping
from datetime import date

from accounts.models import Account
from billing.usage.focus.needs import Needs, ServiceKey
from billing.usage.focus.tally import Created, patiently
from m3console.core.errors import RuleViolation
from m3console.core.models import Organization
from plans.attachments import attach_plan, update_account_plan
from plans.models import AccountPlan, HierarchyMode, Plan


def complete_attachments(
    needs: Needs, plans: Mapping[ServiceKey, Plan], accounts: Mapping[str, Account], created: Created
) -> dict[tuple[str, ServiceKey], str]:
    """Have every sub account pay for the services it uses; answers where that is refused, with the reason.

    An account that has any plan of the service's product by the day of its earliest charge stays as it is.
    """
    first_months, starts = needs.first_months(), _starts(needs.organization, plans, accounts)
    refused: dict[tuple[str, ServiceKey], str] = {}
    for (code, key), day in needs.charged.items():
        account, plan = accounts.get(code), plans.get(key)
        if account is None or plan is None:
            continue  # refused already
        start = starts.get((account.pk, plan.plan_template.product_id))
        if start is not None and start <= day:
            continue
        month = first_months[code]
        try:
            patiently(lambda: _attach_from(account, plan, day, month, created))  # noqa: B023
        except RuleViolation as problem:
            refused[code, key] = problem.message
    return refused


def _starts(
    organization: Organization, plans: Mapping[ServiceKey, Plan], accounts: Mapping[str, Account]
) -> dict[tuple[object, object], date]:
    """The earliest start of a plan, by account and product."""
    rows = AccountPlan.objects.filter(
        organization=organization,
        plan__plan_template__product__in={plan.plan_template.product_id for plan in plans.values()},
        account__in={account.pk for account in accounts.values()},
    )
    found = rows.order_by("-start_date").values_list(
        "account_id", "plan__plan_template__product", "start_date"
    )
    return {(account, product): start for account, product, start in found}


def _attach_from(account: Account, plan: Plan, day: date, month: date, created: Created) -> None:
    """Have the account pay by the plan from the month on, unless it pays for the product by the day."""
    attached = AccountPlan.objects.of_account(account).filter(
        plan__plan_template__product=plan.plan_template.product_id
    )
    first = attached.order_by("start_date").first()
    if first and first.start_date <= day:
        return
    if first and first.plan_id == plan.pk:
        update_account_plan(first, version=first.version, start_date=month)
        return
    attach_plan(
        account=account,
        plan=plan,
        start_date=month,
        end_date=first.start_date if first else None,
        child_billing_mode=HierarchyMode.CHILD,
    )
    created.count("plan_attachments")
