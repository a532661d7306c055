"""Storing made-up customers with plans and levels: in bulk, a batch of families a transaction."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db import connection

from accounts.hierarchy import check_parent, hold
from accounts.models import Account, ChildMembership
from billing.seed.calendar import Span, months_later
from billing.seed.catalogue import WITHOUT_RATE, billing_currencies
from billing.seed.counters import levels
from billing.seed.custom_fields import OwnValues
from billing.seed.customers import FAMILY, UNBILLABLE, Customer, address, customer, dice
from billing.seed.subscriptions import Subscription, relation
from m3console.core import clock
from m3console.core.audit import action
from m3console.core.errors import RuleViolation
from m3console.core.locks import hold_configuration
from m3console.core.models import Organization
from plans.models import AccountPlan, Counter, CounterAdjustment, CoveredProduct, HierarchyMode, Plan

BATCH = 100 * FAMILY
ROWS = 2_000


def hold_seeding(organization: Organization) -> None:
    """Until the transaction ends nobody else makes anything up in the organization."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended('seeding:' || %s, 0))", [organization.pk]
        )


def first_day(organization: Organization, customers: Iterable[Customer]) -> date | None:
    """The day on which the first of these customers was made up, or None if none has been."""
    codes = [each.code for each in customers]
    accounts = Account.everyone.filter(organization=organization, code__in=codes)
    moment = accounts.order_by("created_at").values_list("created_at", flat=True).first()
    if moment is None:
        return None
    with clock.at(moment):
        return clock.today(organization.timezone)


def make_accounts(
    organization: Organization, seed: int, number: int, span: Span, report: Callable[[int], None]
) -> tuple[int, int]:
    """Store those of the first so many customers that are missing; answers accounts and attachments made.

    An account stands or falls with its attachments, so nothing is half made after an interruption.
    """
    accounts = attachments = 0
    for first in range(0, number, BATCH):
        customers = [customer(seed, each) for each in range(first, min(first + BATCH, number))]
        with action("demonstration.seeded"):
            hold_seeding(organization)
            made = _Batch(organization, seed, span, customers).make()
        accounts, attachments = accounts + made[0], attachments + made[1]
        report(first + len(customers))
    return accounts, attachments


class _Batch:
    def __init__(
        self, organization: Organization, seed: int, span: Span, customers: Sequence[Customer]
    ) -> None:
        self._organization, self._seed, self._span, self._customers = organization, seed, span, customers
        self._currencies = billing_currencies(organization)
        self._own_values = OwnValues(organization, seed)
        self._ids: dict[int, UUID] = {}

    def make(self) -> tuple[int, int]:
        hold_configuration(self._organization.pk)
        self._organization.refresh_from_db()
        codes = [each.code for each in self._customers]
        known = Account.everyone.filter(organization=self._organization, code__in=codes)
        living = {code: (key, gone) for key, code, gone in known.values_list("id", "code", "deleted_at")}
        new = [each for each in self._customers if each.code not in living]
        self._find_parents(new, {code: key for code, (key, gone) in living.items() if gone is None})
        Account.objects.bulk_create([self._account(each) for each in new], batch_size=ROWS)
        ChildMembership.objects.bulk_create(self._memberships(new), batch_size=ROWS)
        return len(new), self._attach(new)

    def _find_parents(self, new: Sequence[Customer], living: dict[str, UUID]) -> None:
        """Parents that were there before take new children only if they may still have some."""
        missing = {each.parent for each in new if each.parent is not None} - {each.number for each in new}
        there = {number: living.get(customer(self._seed, number).code) for number in sorted(missing)}
        hold(*there.values())
        for number, key in there.items():
            if key is None:
                continue
            try:
                check_parent(Account.everyone.get(pk=key), organization=self._organization)
            except RuleViolation:
                continue  # Somebody has given it a plan meanwhile: its children stand by themselves.
            self._ids[number] = key

    def _account(self, each: Customer) -> Account:
        where, roll = address(self._seed, each), dice(self._seed, each.number, "account")
        account = Account(
            organization=self._organization,
            name=each.name,
            code=each.code,
            email_address=each.email_address,
            parent_account_id=None if each.parent is None or each.left else self._ids.get(each.parent),
            address_line_1=where.street,
            locality=where.locality,
            region=where.region,
            post_code=where.post_code,
            country=each.country.name,
            currency=self._currency(each),
            days_before_bill_due=14 if roll.randrange(10) == 0 else None,
            purchase_order_number=f"PO-{roll.randint(1000, 9999)}" if roll.randrange(5) == 0 else "",
            custom_fields=self._own_values.of_account(each.number),
        )
        self._ids[each.number] = account.pk
        return account

    def _memberships(self, new: Sequence[Customer]) -> Iterator[ChildMembership]:
        """Children are so from the beginning; who has left did so when two months of the span were over."""
        for each in new:
            parent = None if each.parent is None else self._ids.get(each.parent)
            if parent:
                yield ChildMembership(
                    organization=self._organization,
                    child_id=self._ids[each.number],
                    parent_id=parent,
                    end_date=months_later(self._span.start, 2) if each.left else None,
                )

    def _currency(self, each: Customer) -> str | None:
        wanted = WITHOUT_RATE if each.number == UNBILLABLE else each.country.currency
        return wanted if wanted in self._currencies else None

    def _attach(self, new: Sequence[Customer]) -> int:
        rows = Plan.objects.filter(organization=self._organization)
        plans = {
            code: (key, product)
            for key, code, product in rows.values_list("id", "code", "plan_template__product_id")
        }
        attached: list[AccountPlan] = []
        covered: list[CoveredProduct] = []
        adjusted: list[CounterAdjustment] = []
        counters = {row.code: row for row in Counter.objects.filter(organization=self._organization)}
        for each in new:
            for subscription in relation(self._seed, each, self._span).subscriptions:
                plan, product = plans[subscription.plan]
                attachment = self._attachment(each, subscription, plan)
                attached.append(attachment)
                covered.append(self._cover(attachment, product))
                adjusted += self._adjustments(each, subscription, counters)
        AccountPlan.objects.bulk_create(attached, batch_size=ROWS)
        CoveredProduct.objects.bulk_create(covered, batch_size=ROWS)
        CounterAdjustment.objects.bulk_create(adjusted, batch_size=ROWS)
        return len(attached)

    def _attachment(self, each: Customer, subscription: Subscription, plan: UUID) -> AccountPlan:
        return AccountPlan(
            organization=self._organization,
            account_id=self._ids[each.number],
            plan_id=plan,
            start_date=subscription.start,
            end_date=subscription.end,
            bill_epoch=subscription.bill_epoch,
            child_billing_mode=(
                HierarchyMode.PARENT_BREAKDOWN if each.parent is None else HierarchyMode.CHILD
            ),
            custom_fields=self._own_values.of_attachment(each.number, subscription.plan),
        )

    def _adjustments(
        self, each: Customer, subscription: Subscription, counters: Mapping[str, Counter]
    ) -> Iterator[CounterAdjustment]:
        for counter, day, level in levels(self._seed, each, subscription, self._span):
            yield CounterAdjustment(
                organization=self._organization,
                account_id=self._ids[each.number],
                counter=counters[counter.code],
                date=day,
                value=level,
            )

    def _cover(self, attachment: AccountPlan, product: UUID) -> CoveredProduct:
        return CoveredProduct(
            account_plan=attachment,
            account_id=attachment.account_id,
            product_id=product,
            start_date=attachment.start_date,
            end_date=attachment.end_date,
            overlap_allowed=self._organization.allow_overlapping_plans,
        )
