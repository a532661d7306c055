"""No two plans of one product on an account on the same day: held by the database, explained here."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date

from m3console.core.errors import RuleViolation, refusing
from m3console.core.text import day_in_words, days_in_words
from plans.models import AccountPlan, CoveredProduct, Product

CONSTRAINT = "one_plan_per_product"


class Overlap(RuleViolation):
    """The account has another plan of the product on some of the days (spec 2, No overlap).

    `clashes` are the attachments in the way, earliest first. `can_end_current` says whether ending the one
    that runs on the new start, `current`, would remove them all; if not, the sentence says why.
    """

    def __init__(self, product: Product, clashes: Sequence[AccountPlan], start: date) -> None:
        self.clashes = list(clashes)
        running = [clash for clash in clashes if clash.start_date < start]
        self.can_end_current = len(clashes) == 1 and len(running) == 1
        self.current = running[0] if self.can_end_current else None
        sentence = f"{_named(clashes)}, and only one plan of {product.name} can be active on a day. "
        super().__init__(sentence + _fix(clashes, start), field="start_date", code="overlap")


def _named(clashes: Sequence[AccountPlan]) -> str:
    names = [
        f"{clash.plan.name} is attached {days_in_words(clash.start_date, clash.end_date)}"
        for clash in clashes
    ]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _fix(clashes: Sequence[AccountPlan], start: date) -> str:
    """What to do about it: ending the current one, if that is enough, or why it is not."""
    day = day_in_words(start)
    running = [clash for clash in clashes if clash.start_date < start]
    later = [clash for clash in clashes if clash.start_date >= start]
    if len(running) == 1 and not later:
        return f"End the current attachment on {day}, or choose days that are free."
    if len(running) > 1:
        return f"Ending one of them on {day} would leave the other in the way: end them first."
    first = later[0]
    name, first_day = first.plan.name, day_in_words(first.start_date)
    before = f"End the new attachment on or before {first_day}, or change {name} first."
    if running:
        return f"Ending {running[0].plan.name} on {day} would leave {name} in the way. {before}"
    if first.start_date == start:
        return f"{name} starts on the same day, so it cannot be ended on it: change or delete it first."
    return f"{name} starts after {day}, so it cannot be ended on that day. {before}"


def foreseen(draft: AccountPlan) -> Overlap | None:
    """What stands in the way of the draft now, earliest first; only saving decides.

    Also where the organization allows overlaps: that is for whoever asks to say.
    """
    product = draft.plan.plan_template.product
    covering = AccountPlan.objects.of_account(draft.account).filter(covered__product=product)
    others = covering.exclude(pk=draft.pk).sharing_days(draft.start_date, draft.end_date)
    whose = others.with_plan().select_related("account", "organization")
    clashes = list(whose.order_by("start_date", "pk"))
    return Overlap(product, clashes, draft.start_date) if clashes else None


@contextmanager
def no_overlap(attachment: AccountPlan, sentences: Mapping[str, str | RuleViolation]) -> Iterator[None]:
    """Turn what the database refuses while the attachment is saved into sentences, an overlap into Overlap.

    The caller holds the account's lock, so what is looked up is what was in the way.
    """
    try:
        taken = RuleViolation("Another plan of the product covers some of these days.", code=CONSTRAINT)
        with refusing({**sentences, CONSTRAINT: taken}):
            yield
    except RuleViolation as violation:
        if violation.code != CONSTRAINT:
            raise
        raise foreseen(attachment) or violation from violation.__cause__


def cover(attachment: AccountPlan) -> None:
    """Write down the product and the days of a new attachment where the database compares them."""
    product, allowed = attachment.plan.plan_template.product, attachment.organization.allow_overlapping_plans
    if not allowed:
        _hold_to_the_rule(attachment, product)
    CoveredProduct.objects.create(
        account_plan=attachment,
        account_id=attachment.account_id,
        product=product,
        start_date=attachment.start_date,
        end_date=attachment.end_date,
        overlap_allowed=allowed,
    )


def cover_again(attachment: AccountPlan) -> None:
    """Move what an attachment covers to its days of now. Fewer days are always free."""
    start, end = attachment.start_date, attachment.end_date
    row = CoveredProduct.objects.select_related("product").get(account_plan=attachment)
    if not _within(start, end, row):
        row.overlap_allowed = attachment.organization.allow_overlapping_plans
        if not row.overlap_allowed:
            _hold_to_the_rule(attachment, row.product)
    row.start_date, row.end_date = start, end
    row.save(update_fields=["start_date", "end_date", "overlap_allowed"])


def _within(start: date, end: date | None, outer: CoveredProduct) -> bool:
    if start < outer.start_date:
        return False
    return outer.end_date is None or (end is not None and end <= outer.end_date)


def _hold_to_the_rule(attachment: AccountPlan, product: Product) -> None:
    """Have the constraint see also those of the same days that were attached while overlaps were allowed."""
    others = AccountPlan.objects.of_account(attachment.account).exclude(pk=attachment.pk)
    sharing = others.sharing_days(attachment.start_date, attachment.end_date)
    CoveredProduct.objects.filter(account_plan__in=sharing, product=product, overlap_allowed=True).update(
        overlap_allowed=False
    )
