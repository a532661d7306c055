"""What a counter adjustment would bring about, in words, before it is saved."""

from collections.abc import Iterator
from dataclasses import dataclass

from m3console.core.errors import RuleViolation
from m3console.core.registry import Effect, extensions
from m3console.core.text import day_in_words
from plans.adjustments import KIND, check_adjustment, check_priced, level_before
from plans.models import CounterAdjustment
from plans.models.counters import CounterAdjustmentQuerySet


@dataclass(frozen=True, slots=True)
class ForeseenAdjustment:
    """What would follow from a change of levels; only saving decides."""

    effects: list[Effect]


def foresee_adjustment(
    before: CounterAdjustment | None, after: CounterAdjustment | None
) -> ForeseenAdjustment:
    """What would follow now; without `before` it is new, without `after` it goes."""
    return ForeseenAdjustment(list(_effects(before, after)))


def _effects(before: CounterAdjustment | None, after: CounterAdjustment | None) -> Iterator[Effect]:
    try:
        if after is not None:
            check_priced(after)
        check_adjustment(before, after)
    except RuleViolation as refusal:
        yield Effect(
            "This cannot be saved." if after else "It cannot be deleted.", refusal.message, warning=True
        )
        return
    if after is not None:
        yield _new_level(before, after)
    elif before is not None:
        yield _level_back(before)
    for tell in extensions(KIND).change_effects:
        yield from tell(before, after)


def _new_level(before: CounterAdjustment | None, after: CounterAdjustment) -> Effect:
    others = _others(after)
    earlier, same_day = others.filter(date__lt=after.date), others.filter(date=after.date)
    if same_day.exists():
        return Effect(
            f"{after.counter} is adjusted on {day_in_words(after.date)} already.",
            "There is one adjustment a day: edit that one.",
            warning=True,
        )
    level = earlier.order_by("-date").values_list("value", flat=True).first() or 0
    following = others.filter(date__gt=after.date).order_by("date").first()
    until = (
        f"On {day_in_words(following.date)} it becomes {following.value:,}."
        if following
        else "Until adjusted."
    )
    return Effect(
        f"{after.counter} goes from {level:,} to {after.value:,} {after.counter.unit}"
        f" on {day_in_words(after.date)}.",
        until,
    )


def _level_back(before: CounterAdjustment) -> Effect:
    return Effect(
        f"{before.counter} stays at {level_before(before):,} {before.counter.unit}"
        f" on {day_in_words(before.date)}."
    )


def _others(adjustment: CounterAdjustment) -> CounterAdjustmentQuerySet:
    """The account's other adjustments of the counter."""
    rows = CounterAdjustment.objects.of_account(adjustment.account).filter(counter=adjustment.counter)
    return rows.exclude(pk=adjustment.pk)
