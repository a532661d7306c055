"""Making what a FOCUS file needs and the organization does not have, and what could not be made."""

from dataclasses import dataclass, field

from billing.usage.focus.accounts import complete_accounts
from billing.usage.focus.attachments import complete_attachments
from billing.usage.focus.charges import Charge
from billing.usage.focus.needs import Needs, Segment, ServiceKey
from billing.usage.focus.services import complete_service
from billing.usage.focus.tally import Created
from m3console.core.errors import RuleViolation
from plans.models import Plan


@dataclass(slots=True)
class Gaps:
    """What could not be made, each with the reason: rows that need it cannot be priced."""

    services: dict[ServiceKey, str] = field(default_factory=dict)
    segments: dict[tuple[ServiceKey, Segment], str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    attachments: dict[tuple[str, ServiceKey], str] = field(default_factory=dict)

    def reason(self, charge: Charge, key: ServiceKey) -> str | None:
        """Why a charge cannot be priced, or None."""
        return (
            self.services.get(key)
            or self.segments.get((key, (charge.sku, charge.list_price)))
            or self.accounts.get(charge.account)
            or self.attachments.get((charge.account, key))
        )


def complete_catalogue(needs: Needs, created: Created) -> Gaps:
    """Make what is missing; what others refuse becomes a gap, so that every other row is priced."""
    gaps, plans = Gaps(), dict[ServiceKey, Plan]()
    if not needs.charged:
        return gaps
    since = needs.first_month
    for key, service in needs.services.items():
        try:
            plans[key], refused = complete_service(
                needs.organization, key, service, since=since, created=created
            )
        except RuleViolation as problem:
            gaps.services[key] = problem.message
            continue
        gaps.segments |= {(key, segment): reason for segment, reason in refused.items()}
    accounts, gaps.accounts = complete_accounts(needs.organization, needs.accounts, created)
    gaps.attachments = complete_attachments(needs, plans, accounts, created)
    return gaps
