"""How values look on every page: statuses, money, dates, ids. A builtin of all templates.

Values come in exact (Decimal, date, aware datetime) and go out escaped; a float is a mistake and raises.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from django import template
from django.http import QueryDict
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from m3console.core import links

register = template.Library()

MINUS = "\N{MINUS SIGN}"
SIX_DECIMALS = Decimal("0.000001")
# Status: its icon and the tint that repeats it; a word missing here still shows, in grey.
STATUSES: dict[str, tuple[str, str]] = {
    "ACTIVE": ("dot", "active"),
    "APPROVED": ("check", "approved"),
    "BILLED": ("check", "complete"),
    "CANCELLED": ("slash", "cancelled"),
    "COMPLETE": ("check", "complete"),
    "COMPLETED": ("check", "complete"),
    "ENDED": ("slash", "inactive"),
    "ENDING": ("clock", "pending"),
    "FAILED": ("cross", "failed"),
    "INACTIVE": ("slash", "inactive"),
    "INGESTED": ("check", "complete"),
    "LATE": ("inbox", "pending"),
    "LOCKED": ("lock", "locked"),
    "PENDING": ("clock", "pending"),
    "QUEUED": ("clock", "pending"),
    "REFUSED": ("cross", "failed"),
    "RUNNING": ("half", "running"),
    "SKIPPED": ("slash", "inactive"),
    "STALE": ("stale", "stale"),
    "WAITING": ("clock", "pending"),
    "WARNING": ("event", "pending"),
}
# Parts of an address that hold for one result only.
PAGING = ("cursor", "format")


@register.simple_tag
@cache
def icon(name: str, size: str = "") -> SafeString:
    """An icon of static/icons.svg, for the eye only: its meaning stands beside it in words."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f" icon-{size}" if size else "",
        static("icons.svg"),
        name,
    )


@register.simple_tag
def status(value: object, label: object = "") -> SafeString:
    """A status as sign, word and tint. `label` is shown in place of the value's own word."""
    key = str(getattr(value, "value", value) or "").upper()
    if not key:
        return SafeString("")
    sign, tint = STATUSES.get(key, ("info", "inactive"))
    word = str(label or key.replace("_", " ")).upper()
    return format_html('<span class="status status-{}">{}{}</span>', tint, icon(sign), word)


def decimals_of(currency: Any) -> int:
    """The decimal places of a currency: the organization's own where its row is given, else ISO 4217's."""
    places = getattr(currency, "max_decimal_places", None)
    return int(places) if places is not None else get_currency_precision(str(currency))


def spelled(value: Decimal | int, at_least: int = 0) -> str:
    """Every significant digit, thousands separated, a true minus sign, at least so many decimals.

    Never rounds: digits beyond the currency's decimals are shown, not hidden.
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise TypeError(f"{value!r} is not an exact number")
    exact = Decimal(value)
    if not exact.is_finite():
        raise ValueError(f"{value!r} is not a finite number")
    exponent = exact.normalize().as_tuple().exponent if exact else 0
    places = max(at_least, -int(exponent), 0)
    text = f"{abs(exact):,.{places}f}"
    return MINUS + text if exact < 0 else text


@register.filter
def money(value: Decimal | int | None, currency: Any) -> SafeString | str:
    """An amount with its currency's code. `currency` is a code or a Currency."""
    if value is None or value == "":
        return ""
    number = spelled(value, decimals_of(currency))
    return format_html('<span class="money">{} <span class="ccy">{}</span></span>', number, str(currency))


@register.filter
def amount(value: Decimal | int | None, currency: Any = None) -> str:
    """An amount without its code, for a column whose head names the currency."""
    if value is None or value == "":
        return ""
    return spelled(value, 2 if currency is None else decimals_of(currency))


@register.filter
def quantity(value: Decimal | int | None) -> str:
    """A number of units, in full, without an exponent or trailing zeros."""
    return "" if value is None or value == "" else spelled(value)


@register.filter
def price(value: Decimal | int | None) -> str:
    """A unit price, unrounded, with two decimals or as many as it has."""
    return "" if value is None or value == "" else spelled(value, 2)


@register.filter
def average(value: Decimal | None) -> str:
    """An average price, which people compare but nobody charges: six decimals at most."""
    return "" if value is None or value == "" else spelled(value.quantize(SIX_DECIMALS), 2)


def day_text(value: date) -> str:
    return f"{value.day} {value:%b %Y}"


@register.filter
def day(value: date | None) -> SafeString | str:
    """A day, as in 1 Jun 2026. An instant is refused: its day depends on the zone."""
    if not value:
        return ""
    if isinstance(value, datetime):
        raise TypeError("an instant is shown by |instant, not |day")
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), day_text(value))


@register.filter
def day_words(value: date | None) -> str:
    """A day with its weekday, as in Monday, 15 Jun 2026."""
    return f"{value:%A}, {day_text(value)}" if value else ""


@register.filter
def last_day(value: date | None, label: str = "Last billed day") -> str:
    """The last day of a period that ends, exclusively, on the value, under what it is called."""
    return f"{label}: {day_text(value - timedelta(days=1))}" if value else ""


def period_text(start: date | None, end: date | None) -> str:
    """A period [start, end) by its first and last day, as in 1 – 31 May 2026."""
    if start is None:
        return f"until {day_text(end - timedelta(days=1))}" if end else "always"
    if end is None:
        return f"from {day_text(start)}"
    last = end - timedelta(days=1)
    if last < start:
        return f"no day, ends as it starts on {day_text(start)}"
    if last == start:
        return day_text(start)
    first = f"{start.day}"
    if (start.year, start.month) != (last.year, last.month):
        first += f" {start:%b}"
    if start.year != last.year:
        first += f" {start.year}"
    return f"{first} – {day_text(last)}"


@register.simple_tag
def period(start: date | None, end_exclusive: date | None) -> SafeString:
    return format_html('<span class="nowrap tabular">{}</span>', period_text(start, end_exclusive))


def zone() -> ZoneInfo:
    """The time zone of the organization whose page this is; UTC outside of one."""
    organization = links.current.get()
    return ZoneInfo(organization.timezone) if organization else ZoneInfo("UTC")


def zone_name(moment: datetime) -> str:
    """CEST where the zone has letters for it, UTC+3 where it has only an offset."""
    name = moment.strftime("%Z")
    return name if name.isalpha() else offset(moment)


def offset(moment: datetime) -> str:
    seconds = int((moment.utcoffset() or timedelta()).total_seconds())
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"UTC{MINUS if seconds < 0 else '+'}{hours}" + (f":{minutes:02}" if minutes else "")


@register.filter
def instant(value: datetime | None) -> SafeString | str:
    """An instant by the organization's clock, its zone named; UTC in the title."""
    if not value:
        return ""
    local = value.astimezone(zone())
    return _time(value, f"{day_text(local)}, {local:%H:%M} {zone_name(local)}")


@register.filter
def clock_time(value: datetime | None) -> SafeString | str:
    """The time of day of an instant by the organization's clock, below a heading that names its day."""
    return _time(value, f"{value.astimezone(zone()):%H:%M}") if value else ""


def _time(value: datetime, words: str) -> SafeString:
    utc = value.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        utc.isoformat(timespec="seconds"),
        f"{utc:%Y-%m-%d %H:%M:%S} UTC",
        words,
    )


@register.simple_tag
def copy(value: object, label: str) -> SafeString:
    """An id, code or reference with a button that copies it. `label` says what it is: "account id"."""
    if value in (None, ""):
        return SafeString("")
    return format_html(
        '<span class="id">{}<button class="copy" type="button" data-copy="{}" aria-label="Copy {}">'
        "{}</button></span>",
        value,
        value,
        label,
        icon("copy", "sm"),
    )


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """The query of this page with parts replaced; None or "" removes a part, paging starts again."""
    parts: QueryDict = context["request"].GET.copy()
    for name in PAGING:
        parts.pop(name, None)
    for name, value in changes.items():
        if value is None or value == "":
            parts.pop(name, None)
        else:
            parts[name] = str(value)
    return f"?{parts.urlencode()}"


@register.simple_tag
def sorting(listing: Any, column: Any) -> dict[str, str] | None:
    """How a list's column is sorted, if it can be: the URL of a click, and the `aria-sort` it has now."""
    found: dict[str, str] | None = getattr(listing, "sorts", {}).get(column.name)
    return found
