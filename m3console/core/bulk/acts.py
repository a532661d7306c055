"""Acts on many rows of a list at once: asked about first, then done row by row, each with its own outcome.

One refusal harms nothing else; history shows all that was done as one act.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from django.db import OperationalError
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect

from m3console.core.audit import action
from m3console.core.bulk.forms import BulkForm
from m3console.core.bulk.outcomes import DONE, REFUSED, UNCHANGED, Outcome, Outcomes, referring
from m3console.core.contention import contended, patiently
from m3console.core.errors import RuleViolation
from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.ids import uuid7
from m3console.core.links import reverse
from m3console.core.lists.addresses import address
from m3console.core.lists.keyset import count_words
from m3console.core.lists.selection import EVERYTHING, MATCHING, MOST, ListRows, Selection

CHUNK = 100
NAMED = 10
GONE = "It was deleted in the meantime."
BUSY = "Somebody else was changing it at the same moment. Choose it again."


def nothing_to_hold(rows: Sequence[Any]) -> None:
    """For acts whose services lock what they need row by row."""


@dataclass(frozen=True, slots=True)
class Act:
    """What is done to each chosen row.

    `apply` is told the row, the version of it that the person saw and the form's values, with the person as
    "actor". It answers whether the row changed, or raises RuleViolation. `hold` takes the locks of a whole
    chunk of rows beforehand, in their one order; the rows then take their turns by `turn`. `asks` is the act
    with {} for the rows, `recorded` its name in history, `effects` say what will happen.
    """

    asks: str
    done: str
    recorded: str
    apply: Callable[[Any, int, Mapping[str, Any]], bool]
    effects: Sequence[str]
    form: type[BulkForm] = BulkForm
    hold: Callable[[Sequence[Any]], None] = nothing_to_hold
    turn: Callable[[Any], int] = lambda row: 0
    danger: bool = False


def bulk_page(request: Request, listed: ListRows, act: Act) -> HttpResponse:
    """Ask about the chosen rows; once confirmed, act on each of them and show what came of it.

    Without a choice, as when the address is opened again, it leads back to the list.
    """
    if request.method != "POST":
        return HttpResponseRedirect(listed.back(request))
    if "seen" not in request.POST:
        return _ask(request, listed, act, Selection.of(request, listed))
    seen = seen_versions(request.POST["seen"])
    form = _form(request, listed, act, len(seen), bound=True)
    if not seen or len(seen) > MOST or not form.is_valid():
        rows = listed.read(request, seen)
        chosen = Selection(rows[:MOST], len(rows), len(rows))
        return _ask(request, listed, act, chosen, form=form if seen else None, seen=seen, status=422)
    token = _token(request)
    outcomes = Outcomes.begin(
        request,
        token,
        title=act.asks.format(listed.counted(len(seen))),
        done=act.done,
        noun=listed.noun,
        model=listed.kind(request),
        list_name=listed.list_name,
        total=len(seen),
    )
    if outcomes:
        _Work(request, listed, act, seen, form, outcomes).carry_out()
    # The list's search goes along in the address: it may hold a name, so it is kept nowhere else.
    return HttpResponseRedirect(reverse("core:bulk_detail", pk=token) + address(request.GET))


def _token(request: Request) -> UUID:
    """What names the act: it was made when the person was asked."""
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        return uuid7()


def seen_versions(text: str) -> dict[UUID, int]:
    """The rows that were shown when the person was asked, with their versions; garbage is left out."""
    found: dict[UUID, int] = {}
    for part in text.split(",", MOST + 1)[: MOST + 1]:
        key, _, version = part.partition(".")
        try:
            found[UUID(key)] = int(version[:9])
        except ValueError:
            continue
    return found


def _form(request: Request, listed: ListRows, act: Act, count: int, *, bound: bool = False) -> BulkForm:
    data = request.POST if bound else None
    return act.form(data, organization=request.organization, count=count, noun=listed.noun)


def _ask(
    request: Request,
    listed: ListRows,
    act: Act,
    chosen: Selection,
    *,
    form: BulkForm | None = None,
    seen: Mapping[UUID, int] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page that asks. Asked again, it keeps to the versions `seen` at first."""
    versions = {row.pk: getattr(row, "version", 0) for row in chosen.rows} | dict(seen or {})
    count = listed.counted(chosen.count, chosen.cap)
    context = {
        "title": f"{act.asks.format(count)}?",
        "act": act,
        "form": form or _form(request, listed, act, len(chosen.rows)),
        "submit": act.asks.format(count),
        "cancel_url": listed.back(request),
        "crumbs": [{"label": f"{listed.noun}s".capitalize(), "url": listed.back(request)}],
        "chosen": choice_words(request, listed, chosen),
        "seen": ",".join(f"{row.pk}.{versions[row.pk]}" for row in chosen.rows),
        "token": request.POST.get("token") or str(uuid7()),
    }
    return page(request, "m3console/bulk.html", context, status=status)


def choice_words(request: Request, listed: ListRows, chosen: Selection) -> dict[str, Any]:
    """What a page that asks shows of the choice: who, how many more, and what is to be known of it."""
    return {
        "rows": chosen.rows[:NAMED],
        "more": listed.counted(chosen.count - NAMED, chosen.cap - NAMED) if chosen.count > NAMED else "",
        "none": not chosen.rows,
        "too_many": chosen.count > MOST,
        "most": f"{MOST:,}",
        "count": listed.counted(chosen.count, chosen.cap),
        "noun": listed.noun,
        "everything": chosen.everything,
        "all_name": EVERYTHING,
        "others": listed.counted(chosen.matching, chosen.cap)
        if not chosen.everything and chosen.matching > len(chosen.rows) and "seen" not in request.POST
        else "",
        "note": _note(request, listed, chosen),
    }


def _note(request: Request, listed: ListRows, chosen: Selection) -> str:
    """What is different from what the person saw in the list."""
    if chosen.missing:
        are = "is" if chosen.missing == 1 else "are"
        return f"{chosen.missing:,} of those chosen {are} not there any more and left out."
    then, now = request.POST.get(MATCHING, ""), count_words(chosen.count, chosen.cap)
    if chosen.everything and then[:20] not in ("", now):
        return f"{then[:20]} matched when you chose, {now} now."
    return ""


@dataclass(frozen=True, slots=True)
class _Work:
    """An act that was confirmed, on the rows that were seen; in history it is one act."""

    request: Request
    listed: ListRows
    act: Act
    seen: Mapping[UUID, int]
    form: BulkForm
    outcomes: Outcomes
    id: UUID = field(default_factory=uuid7)

    def carry_out(self) -> None:
        """Chunk by chunk, the newest rows first, each chunk and its outcomes in one transaction."""
        ids = sorted(self.seen, reverse=True)
        for at in range(0, len(ids), CHUNK):
            chunk = ids[at : at + CHUNK]
            try:
                patiently(partial(self._act_on, chunk, at))
            except OperationalError as lost:
                if not contended(lost):
                    raise
                del self.outcomes.all[at:]
                self.outcomes.add([Outcome(key, "", REFUSED, BUSY) for key in chunk])

    def _act_on(self, chunk: Sequence[UUID], reached: int) -> None:
        del self.outcomes.all[reached:]  # of an earlier try
        act, values = self.act, {**self.form.cleaned_data, "actor": self.request.user}
        with action(act.recorded, reason=self.form.why(), act=self.id):
            act.hold(list(self._rows(chunk)))
            # Read again, now that nobody else can change what the locks are about.
            rows = sorted(self._rows(chunk), key=act.turn)
            found = [_outcome(act, row, self.seen[row.pk], values) for row in rows]
            gone = sorted(set(chunk) - {row.pk for row in rows})
            self.outcomes.add([*found, *(Outcome(key, "", REFUSED, GONE) for key in gone)])

    def _rows(self, chunk: Sequence[UUID]) -> QuerySet[Any]:
        return self.listed.rows(self.request).filter(pk__in=chunk)


def _outcome(act: Act, row: Any, version: int, values: Mapping[str, Any]) -> Outcome:
    code = str(getattr(row, "code", ""))
    try:
        changed = act.apply(row, version, values)
    except RuleViolation as refusal:
        blockers = getattr(refusal, "blockers", ())
        named = [row, *(one.about for one in blockers if one.about is not None)]
        told = [(referring(one.text, named), one.url) for one in blockers]
        return Outcome(row.pk, code, REFUSED, referring(refusal.message, named), told)
    return Outcome(row.pk, code, DONE if changed else UNCHANGED)
