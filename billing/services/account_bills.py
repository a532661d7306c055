"""What a run does with one account: which bills it is to have, and what becomes of those that it has."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple

from billing.engine.advance import charged_ahead
from billing.engine.bill import compute_bill, due_bills, windows_wanted
from billing.engine.calendar import first_bill_date
from billing.engine.due import (
    NOTHING_MADE,
    Made,
    as_it_stands,
    due_dates,
    due_on,
    last_due_date,
    made_of,
)
from billing.engine.hashing import content_hash
from billing.engine.types import (
    Attachment,
    BillDraft,
    BilledAhead,
    BillKey,
    DueBill,
    Frequency,
    Problem,
    UsageWindow,
)
from billing.inputs import BilledAccount, Inputs
from billing.models import BillJob, BillStatus, Outcome
from billing.services.bill_rows import BillRows, MadeBill, Rating
from billing.usage.measure import Usage


class Rated(NamedTuple):
    """A due bill, its draft and the draft's content hash, empty while it has problems."""

    due: DueBill
    draft: BillDraft
    content: str


@dataclass(slots=True)
class AccountRun:
    """One account in a run: the bills to rate, then the rows to write and the counts to report.

    `ahead` is what the account's bills charge in advance. A run leaves alone what is locked, and what a later
    run has rated already with more usage.
    """

    account: BilledAccount
    made: Mapping[BillKey, MadeBill]
    ahead: dict[BillKey, list[BilledAhead]] = field(default_factory=dict)
    history: Made = NOTHING_MADE
    to_rate: list[DueBill] = field(default_factory=list)
    rows: BillRows = field(default_factory=BillRows)
    unchanged: int = 0
    skipped_locked: int = 0
    suppressed_empty: int = 0
    earlier_unbilled: bool = False
    failure: Problem | None = None
    note: str = ""

    def plan(self, job: BillJob) -> None:
        """Find out what is due by the job's date (spec 3, Run billing; spec 7, Runs)."""
        chosen = Frequency(job.billing_frequency) if job.billing_frequency else None
        attachments = self.account.attachments
        self.history = self._history(job, chosen)
        dues = due_bills(
            attachments,
            job.bill_date,
            latest_only=job.latest_only,
            frequency=chosen,
            made=self.history,
        )
        for due in dues:
            bill = self.made.get(due.key)
            if bill is not None and bill.locked:
                self.skipped_locked += 1
            elif bill is not None and bill.watermark > (job.watermark or 0):
                self.unchanged += 1
            else:
                self.to_rate.append(due)
        self._drop_undue({due.key for due in dues}, chosen)
        if job.latest_only:
            concerned = (each for each in attachments if chosen in (None, each.frequency))
            self.earlier_unbilled = any(self._unbilled(concerned, job.bill_date))

    def windows(self) -> list[UsageWindow]:
        """What must be measured before `rate`."""
        return [window for due in self.to_rate for window in windows_wanted(due)]

    def rate(self, inputs: Inputs, usage: Usage, rating: Rating) -> None:
        """Compute the bills; an account that fails does so as a whole (spec 7, Lines and bills)."""
        rated = [self._rated(due, inputs, usage) for due in self.to_rate]
        problems = dict.fromkeys(problem for each in rated for problem in each.draft.problems)
        if problems:
            self.fail(list(problems))
            return
        for each in rated:
            self._settle(each, rating)

    def _history(self, job: BillJob, chosen: Frequency | None) -> Made:
        ad_hoc_on = {}
        if chosen is Frequency.AD_HOC:
            plans = (each for each in self.account.attachments if each.frequency is chosen)
            ad_hoc_on = {each.interval: job.bill_date for each in plans}
        return made_of(
            {key: bill.closed for key, bill in self.made.items()},
            [each for lines in self.ahead.values() for each in lines],
            consolidate=job.organization.consolidate_bills,
            ad_hoc_on=ad_hoc_on,
        )

    def _rated(self, due: DueBill, inputs: Inputs, usage: Usage) -> Rated:
        """Rate a bill beside the account's others, as they are or have just been rated.

        An approved bill that differs only because something ended after it was charged in advance is kept as
        it stands (spec 7, Lines and bills).
        """
        others = [each for key, lines in self.ahead.items() if key != due.key for each in lines]
        given = inputs.of_bill(self.account, due, usage, others)
        draft = compute_bill(given)
        content = "" if draft.problems else content_hash(draft)
        bill = self.made.get(due.key)
        if bill is not None and bill.closed and content not in ("", bill.content_hash):
            own = self.ahead.get(due.key, [])
            stood = as_it_stands(due, own, self.account.attachments)
            kept = compute_bill(replace(given, due=stood, standing=own))
            if not kept.problems and content_hash(kept) == bill.content_hash:
                draft, content = kept, bill.content_hash
        stays = bill is not None and bill.closed and bill.content_hash == content
        if ahead := charged_ahead(draft, final=stays):
            self.ahead[due.key] = ahead
        else:
            self.ahead.pop(due.key, None)
        return Rated(due, draft, content)

    def fail(self, problems: Sequence[Problem]) -> None:
        """Nothing of the account is written; the first reason is told, and how many others there are."""
        first, others = problems[0], len(problems) - 1
        more = f" And {others} more problem{'' if others == 1 else 's'}." if others else ""
        message = first.message + more
        self.failure = Problem(first.code, message)
        self.rows, self.note = BillRows(), ""
        self.unchanged = self.skipped_locked = self.suppressed_empty = 0

    def outcome(self) -> Outcome | None:
        """What the run did for the account, the weightiest first; None if it had nothing to do."""
        ranked = (
            (self.failure, Outcome.FAILED),
            (self.rows.bills or self.rows.changes or self.note, Outcome.BILLED),
            (self.unchanged, Outcome.UNCHANGED),
            (self.skipped_locked, Outcome.SKIPPED_LOCKED),
            (self.suppressed_empty, Outcome.SUPPRESSED_EMPTY),
        )
        return next((outcome for happened, outcome in ranked if happened), None)

    def _settle(self, rated: Rated, rating: Rating) -> None:
        """Compare a draft with the bill that is there (spec 7, Runs)."""
        due, draft, content = rated
        bill = self.made.get(due.key)
        if not draft.lines and all(item.covered.start == item.covered.end for item in due.items):
            self._leave_out(bill)
        elif not draft.lines and rating.organization.suppress_empty_bills:
            self.suppressed_empty += self._leave_out(bill)
        elif bill is None:
            self.rows.add(rating, self.account, draft, content)
        elif bill.content_hash == content:
            self.unchanged += 1
        else:
            self.rows.change(rating, self.account, bill, draft, content)

    def _leave_out(self, bill: MadeBill | None) -> bool:
        """A bill that is not written goes if it is there, unless it is approved; whether there is none then.

        So it is with empty bills where they are suppressed, and with dates on which only charges in advance
        could have been billed.
        """
        if bill is not None and bill.status == BillStatus.APPROVED:
            self.unchanged += 1
            return False
        if bill is not None:
            self.rows.removals.append(bill.id)
        return True

    def _drop_undue(self, due: set[BillKey], chosen: Frequency | None) -> None:
        """A pending bill whose date is no bill date any more goes (spec 7, Runs)."""
        gone = []
        for key, bill in self.made.items():
            kept = bill.closed or (chosen is not None and chosen is not key[1])
            if not (kept or key in due or self._is_due(key, due)):
                self.rows.removals.append(bill.id)
                self.ahead.pop(key, None)
                gone.append(key[0].isoformat())
        if gone:
            self.note = (
                f"Removed, since nothing is billed on that date any more: pending bill of {', '.join(gone)}."
            )

    def _is_due(self, key: BillKey, due: set[BillKey]) -> bool:
        """Whether a bill's date is one of an attachment of its key, be it outside of this run.

        A bill that is consolidated where it should not be any more, or the other way round, makes way for the
        bills that this run makes instead.
        """
        bill_date = key[0]
        here = [each for each in self.account.attachments if due_on(each, bill_date, self.history)]
        keys = {self.history.key(each, bill_date) for each in here}
        if key in keys or Frequency.AD_HOC is key[1]:
            return key in keys
        other_form = any((each[1] is None) != (key[1] is None) for each in keys)
        return other_form and keys.isdisjoint(due)

    def _unbilled(self, attachments: Iterable[Attachment], until: date) -> Iterator[bool]:
        """Of each attachment, whether a bill date before its last one has no bill."""
        for each in attachments:
            last = last_due_date(each, until, self.history)
            if last is None or each.frequency is Frequency.AD_HOC:
                continue
            first = first_bill_date(each)
            if first < last and self.history.key(each, first) not in self.made:
                yield True
                return
            earlier = due_dates(each, date.min, last - timedelta(days=1), self.history)
            yield any(self.history.key(each, day) not in self.made for day in earlier)
