"""Rates that bills of a plan need (spec 3, Conversion)."""

from django.db.models import Q

from accounts.models import Account
from m3console.core.models import CurrencyConversion
from plans.models import AccountPlan, Plan, PlanTemplate

LOOKED_AT = 5_000
"""Of many attachments those that began last are looked at: a page is no place to read a million accounts."""


def missing_conversions(owner: Plan | PlanTemplate) -> list[str]:
    """The currencies that bills of a plan, or of a template's plans, are in and that have no rate.

    They are the organization's and those of the accounts that the plan is attached to.
    """
    template = owner.plan_template if isinstance(owner, Plan) else owner
    attached = Q(plan=owner) if isinstance(owner, Plan) else Q(plan__plan_template=owner)
    latest = AccountPlan.objects.filter(attached).order_by("-start_date", "-pk")[:LOOKED_AT]
    accounts = Account.objects.filter(pk__in=latest.values("account")).exclude(currency=None)
    billed = {code for code in accounts.order_by().values_list("currency", flat=True).distinct() if code}
    wanted = billed | {template.organization.currency}
    rates = CurrencyConversion.objects.filter(
        organization=template.organization_id, from_currency=template.currency
    )
    return sorted(wanted - {template.currency} - set(rates.values_list("to_currency", flat=True)))
