"""What a run does with one account: which bills it is to have, and what becomes of those that it has."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from billing.engine.bill import compute_bill, due_bills, windows_wanted
from billing.engine.calendar import bill_dates, first_bill_date, last_bill_date, period_billed_on
from billing.engine.hashing import content_hash
from billing.engine.types import Attachment, BillDraft, DueBill, Frequency, Problem, UsageWindow
from billing.inputs import BilledAccount, Inputs
from billing.models import BillJob, BillStatus, Outcome
from billing.services.bill_rows import BillRows, MadeBill, Rating
from billing.usage.measure import Usage

BillKey = tuple[date, Frequency, int, str]


@dataclass(slots=True)
class AccountRun:
    """One account in a run: the bills to rate, then the rows to write and the counts to report.

    A run leaves alone what is locked, and what a later run has rated already with more usage.
    """

    account: BilledAccount
    made: Mapping[BillKey, MadeBill]
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
        chosen = job.billing_frequency
        attachments = [each for each in self.account.attachments if chosen in ("", each.frequency)]
        dues = due_bills(attachments, job.bill_date, latest_only=job.latest_only)
        for due in dues:
            bill = self.made.get(due.key)
            if bill is not None and bill.locked:
                self.skipped_locked += 1
            elif bill is not None and bill.watermark > (job.watermark or 0):
                self.unchanged += 1
            else:
                self.to_rate.append(due)
        self._drop_undue({due.key for due in dues}, attachments, chosen)
        self.earlier_unbilled = job.latest_only and any(self._unbilled(attachments, job.bill_date))

    def windows(self) -> list[UsageWindow]:
        """What must be measured before `rate`."""
        return [window for due in self.to_rate for window in windows_wanted(due)]

    def rate(self, inputs: Inputs, usage: Usage, rating: Rating) -> None:
        """Compute the bills; an account that fails does so as a whole (spec 7, Lines and bills)."""
        drafts = [compute_bill(inputs.of_bill(self.account, due, usage)) for due in self.to_rate]
        problems = dict.fromkeys(problem for draft in drafts for problem in draft.problems)
        if problems:
            self.fail(list(problems))
            return
        for draft in drafts:
            self._settle(draft, rating)

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

    def _settle(self, draft: BillDraft, rating: Rating) -> None:
        """Compare a draft with the bill that is there (spec 7, Runs)."""
        bill = self.made.get((draft.bill_date, draft.frequency, draft.interval, draft.grouping_key))
        if not draft.lines and rating.organization.suppress_empty_bills:
            self._suppress(bill)
            return
        content = content_hash(draft)
        if bill is None:
            self.rows.add(rating, self.account, draft, content)
        elif bill.content_hash == content:
            self.unchanged += 1
        else:
            self.rows.change(rating, self.account, bill, draft, content)

    def _suppress(self, bill: MadeBill | None) -> None:
        """An empty bill is not written, and one that has become empty goes while it is pending."""
        if bill is not None and bill.status == BillStatus.APPROVED:
            self.unchanged += 1
            return
        self.suppressed_empty += 1
        if bill is not None:
            self.rows.removals.append(bill.id)

    def _drop_undue(self, due: set[object], attachments: Sequence[Attachment], chosen: str) -> None:
        """A pending bill whose date is no bill date any more goes (spec 7, Runs)."""
        gone = []
        for key, bill in self.made.items():
            bill_date, frequency, interval, _ = key
            kept = bill.locked or bill.status != BillStatus.PENDING or chosen not in ("", frequency)
            if kept or key in due:
                continue
            same = (each for each in attachments if (each.frequency, each.interval) == (frequency, interval))
            if not any(period_billed_on(each, bill_date) for each in same):
                self.rows.removals.append(bill.id)
                gone.append(bill_date.isoformat())
        if gone:
            self.note = (
                f"Removed, since nothing is billed on that date any more: pending bill of {', '.join(gone)}."
            )

    def _unbilled(self, attachments: Sequence[Attachment], until: date) -> Iterator[bool]:
        """Of each attachment, whether a bill date before its last one has no bill."""
        made = {key[:3] for key in self.made}
        for each in attachments:
            last = last_bill_date(each, until)
            first = first_bill_date(each)
            if last is None or first == last:
                continue
            if (first, each.frequency, each.interval) not in made:
                yield True
                return
            earlier = bill_dates(each, first, last - timedelta(days=1))
            yield any((day, each.frequency, each.interval) not in made for day in earlier)
