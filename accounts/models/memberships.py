"""Who was whose child, and when (spec 1, Parent and child accounts)."""

from datetime import date, timedelta
from typing import ClassVar, Final, Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from accounts.models.accounts import Account
from m3console.core.audit import tracked
from m3console.core.ids import uuid7
from m3console.core.models import Organization

MAX_CHILDREN: Final = 999
ONE_PARENT: Final = "one_parent_at_a_time"
TWO_LEVELS: Final = "membership_two_levels"
MOST_CHILDREN: Final = "membership_most_children"


class FamilyRules(pgtrigger.Trigger):
    """On no day is a parent a child too, or has more children than there can be.

    It takes the locks that the services take, so that two transactions at once see each other's rows.
    """

    when, operation, level = pgtrigger.After, pgtrigger.Insert | pgtrigger.Update, pgtrigger.Row

    def get_declare(self, model: models.Model) -> list[tuple[str, str]]:
        return [("days", "daterange"), ("most", "bigint")]

    def get_func(self, model: models.Model) -> str:
        table = model._meta.db_table
        return f"""
            days := daterange(NEW.start_date, NEW.end_date);
            PERFORM pg_advisory_xact_lock(hashtextextended('account:' || id, 0)) FROM (
              SELECT unnest(ARRAY[NEW.child_id, NEW.parent_id]) AS id ORDER BY 1 OFFSET 0
            ) ascending;
            IF EXISTS (
              SELECT FROM {table} other
              WHERE (other.child_id = NEW.parent_id OR other.parent_id = NEW.child_id)
                AND daterange(other.start_date, other.end_date) && days
            ) THEN
              RAISE EXCEPTION 'A parent is a child itself'
                USING ERRCODE = 'check_violation', CONSTRAINT = '{TWO_LEVELS}';
            END IF;
            SELECT count(*) INTO most FROM {table} WHERE parent_id = NEW.parent_id;
            IF most > {MAX_CHILDREN} THEN
              SELECT max(running) INTO most FROM (
                SELECT sum(step) OVER (ORDER BY day, step) AS running FROM {table} other,
                  LATERAL (VALUES
                    (greatest(coalesce(other.start_date, '-infinity'),
                              coalesce(NEW.start_date, '-infinity')), 1),
                    (coalesce(other.end_date, 'infinity'), -1)
                  ) AS steps (day, step)
                WHERE other.parent_id = NEW.parent_id
                  AND daterange(other.start_date, other.end_date) && days
              ) AS days_of_children;
              IF most > {MAX_CHILDREN} THEN
                RAISE EXCEPTION 'A parent has too many children'
                  USING ERRCODE = 'check_violation', CONSTRAINT = '{MOST_CHILDREN}';
              END IF;
            END IF;
            RETURN NULL;
        """  # noqa: S608 (names of ours)


class MembershipQuerySet(models.QuerySet["ChildMembership"]):
    def sharing_days(self, start: date | None, end: date | None) -> Self:
        """With a day of [start, end) in common; None is for ever back or on."""
        rows = self
        if end is not None:
            rows = rows.filter(Q(start_date=None) | Q(start_date__lt=end))
        return rows if start is None else rows.current(start)

    def current(self, on: date) -> Self:
        """Of now or later: not ended by the day."""
        return self.filter(Q(end_date=None) | Q(end_date__gt=on))

    def former(self, on: date) -> Self:
        """Ended on the day or before it."""
        return self.filter(end_date__lte=on)


@tracked()
class ChildMembership(models.Model):
    """An account is a child of another for [start_date, end_date).

    Without a start it has been from the beginning, without an end it goes on: the parent of the one that
    goes on, at most one, is the account's `parent_account`, which the database holds to it at commit.
    """

    LAST_DAY: ClassVar = "last day as a child"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", editable=False, db_index=False
    )
    child = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="child_memberships",
        db_index=False,
        verbose_name="child account",
    )
    parent = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="parent_memberships",
        db_index=False,
        verbose_name="parent account",
    )
    start_date = models.DateField("first day", null=True, blank=True)
    end_date = models.DateField("end", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        triggers = [FamilyRules(name="family_rules")]
        constraints = [
            models.CheckConstraint(name="membership_of_two", condition=~Q(child=F("parent"))),
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(start_date=None) | Q(end_date=None) | Q(end_date__gt=F("start_date")),
            ),
            ExclusionConstraint(
                name=ONE_PARENT,
                index_type="GIST",
                expressions=[
                    (
                        Func("child", "child", Value("[]"), function="uuid_range", output_field=RangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func("start_date", "end_date", function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes = [models.Index("parent", "end_date", "child", name="membership_of_parent")]

    def __str__(self) -> str:
        return f"{self.child} of {self.parent}"

    @property
    def last_day(self) -> date | None:
        """The last day as a child: ends are exclusive. None while there is no end."""
        return self.end_date - timedelta(days=1) if self.end_date else None
