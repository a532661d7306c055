"""All bills of an account, one after the other, as a run rates them."""

from dataclasses import replace
from datetime import date

from billing.engine.advance import charged_ahead
from billing.engine.bill import compute_bill, due_bills
from billing.engine.due import made_of
from tests.engine.make import day, make_input


def make_bills(attachments, until, *, closed=(), billed=(), usage=(), **options):
    """The drafts up to a date. `closed` are the keys of approved bills, `billed` what they charge ahead."""
    made = made_of(dict.fromkeys(closed, True), billed, **options)
    drafts, ahead = [], list(billed)
    for due in due_bills(attachments, day(until), made=made):
        if due.key not in closed:
            draft = compute_bill(replace(make_input(due, usage), billed=tuple(ahead)))
            drafts.append(draft)
            ahead += charged_ahead(draft, final=False)
    return drafts


def approved(drafts):
    """The keys of drafts that are approved, and what they charge in advance."""
    keys = [(draft.bill_date, draft.frequency, draft.interval, draft.grouping_key) for draft in drafts]
    return {"closed": keys, "billed": [line for draft in drafts for line in charged_ahead(draft, final=True)]}


def told(drafts):
    """Bill date: the lines' periods and subtotals."""
    return [
        (str(draft.bill_date), [(str(each.start), str(each.end), str(each.subtotal)) for each in draft.lines])
        for draft in drafts
    ]


def totals(drafts):
    return [(str(draft.bill_date), str(draft.total)) for draft in drafts]


def ended(attachment, end):
    return replace(attachment, end=date.fromisoformat(end))


def rated_again(attachments, until, drafts, *, closed=(), billed=()):
    """The drafts rated once more, each beside what all the other bills charge in advance by then."""
    own = {draft.bill_date: charged_ahead(draft, final=False) for draft in drafts}
    made = made_of(dict.fromkeys(closed, True), [*billed, *(line for each in own.values() for line in each)])
    again = []
    for due in due_bills(attachments, day(until), made=made):
        if due.key not in closed:
            others = [line for date, lines in own.items() if date != due.bill_date for line in lines]
            again.append(compute_bill(replace(make_input(due), billed=(*billed, *others))))
    return again
