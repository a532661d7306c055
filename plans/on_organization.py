"""What plan attachments have to say when an organization's configuration changes."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from m3console.core.configuration import ORGANIZATION
from m3console.core.errors import Obstructed
from m3console.core.links import reverse
from m3console.core.models import Organization
from m3console.core.registry import Blocker, extensions
from m3console.core.text import days_in_words
from plans.models import AccountPlan, CoveredProduct

NAMED = 20


def register() -> None:
    organization = extensions(ORGANIZATION)
    organization.change_checks.append(refuse_while_overlapping)
    organization.on_change.append(hold_all_to_the_rule)


def refuse_while_overlapping(before: Organization, after: Organization) -> None:
    """Overlapping plans stay allowed while there are some (spec 1, Organization).

    Raises Obstructed with the accounts that have two plans of one product on the same day.
    """
    if after.allow_overlapping_plans or not before.allow_overlapping_plans:
        return
    found = list(overlapping(before)[: NAMED + 1])
    if not found:
        return
    blockers = [_blocker(before, attachment) for attachment in found[:NAMED]]
    if len(found) > NAMED:
        blockers.append(Blocker("and others"))
    raise Obstructed(
        "Plans overlap, so this cannot be switched off. End or delete these attachments first, or change"
        " their days.",
        blockers,
        field="allow_overlapping_plans",
    )


def overlapping(organization: Organization) -> QuerySet[AccountPlan]:
    """The attachments that share a day with an earlier one of the same account and product."""
    earlier = CoveredProduct.objects.filter(
        Q(end_date=None) | Q(end_date__gt=OuterRef("start_date")),
        Q(start_date__lt=OuterRef("start_date"))
        | Q(start_date=OuterRef("start_date"), id__lt=OuterRef("id")),
        account=OuterRef("account"),
        product=OuterRef("product"),
    )
    later = CoveredProduct.objects.filter(Exists(earlier), account_plan__organization=organization)
    rows = AccountPlan.objects.filter(pk__in=later.values("account_plan"))
    return rows.with_plan().select_related("account").order_by("account__code", "start_date", "pk")


def hold_all_to_the_rule(before: Organization, after: Organization) -> None:
    """Have the constraint see every attachment again once overlaps are allowed no more."""
    if before.allow_overlapping_plans and not after.allow_overlapping_plans:
        rows = CoveredProduct.objects.filter(account_plan__organization=before, overlap_allowed=True)
        rows.update(overlap_allowed=False)


def _blocker(organization: Organization, attachment: AccountPlan) -> Blocker:
    days = days_in_words(attachment.start_date, attachment.end_date)
    product = attachment.plan.plan_template.product.name
    return Blocker(
        f"{attachment.account.name}: {attachment.plan.name} {days} overlaps an earlier plan of {product}",
        reverse("plans:attachment_detail", organization=organization, pk=attachment.pk),
    )
