"""Search over everything, and the palette: where to go, what to create."""

from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from m3console.core.htmx import page, wants_partial
from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.navigation import pages_of
from m3console.core.searching.finding import Hit, creations, exact_one, find
from m3console.core.searching.search import cleaned

RESULTS = 10
SUGGESTED = 4


@require_safe
def search(request: Request) -> HttpResponse:
    """What a text finds, first the one whose id or code it is; if that is all, straight to its page."""
    text = cleaned(request.GET.get("q", ""))
    hits = find(request.membership, text, RESULTS + 1)
    exact = exact_one(hits)
    if exact and len(hits) == 1 and not wants_partial(request):
        return HttpResponseRedirect(exact.url)
    kinds = _by_kind([hit for hit in hits if hit is not exact], text)
    if exact:
        kinds.insert(0, {"title": "Exact match", "kind": exact.kind, "hits": [exact], "more": ""})
    context = {"search_text": text, "kinds": kinds, "exact": exact, "empty": _empty(text)}
    return page(request, "core/search.html", context, partial="results")


@require_safe
def palette(request: Request) -> HttpResponse:
    """The options of the palette for what is typed: what it finds, pages, what can be created."""
    text = cleaned(request.GET.get("q", ""))
    hits = find(request.membership, text, SUGGESTED)
    exact = exact_one(hits)
    found = [_option(hit) for hit in sorted(hits, key=lambda hit: hit is not exact)]
    pages = [option for option in _pages(request) if _means(option, text)]
    made = [option for option in _creations(request) if _means(option, text)]
    ranked = [("Go to", pages), ("Create", made), ("Found", found)]
    groups = [{"label": label, "options": options} for label, options in ranked if options]
    if exact:
        groups.sort(key=lambda group: group["label"] != "Found")
    more = f"{reverse('core:search')}?{urlencode({'q': text})}" if text else ""
    context = {"groups": groups, "more": more, "text": text}
    return page(request, "core/palette.html", context)


def _by_kind(hits: list[Hit], text: str) -> list[dict[str, Any]]:
    """Hits in panels, each with a link to its list where there may be more."""
    kinds = []
    for kind, found in groupby(hits, key=lambda hit: hit.kind):
        shown = list(found)
        more = ""
        if kind.listed and len(shown) > RESULTS:
            more = f"{reverse(kind.listed)}?{urlencode({'q': text})}"
        kinds.append({"title": kind.plural, "kind": kind, "hits": shown[:RESULTS], "more": more})
    return kinds


def _empty(text: str) -> dict[str, str]:
    if not text:
        return {
            "kind": "first-run",
            "icon": "search",
            "title": "Search everything",
            "text": "Names, codes, email addresses, ids and bill references, as you type.",
        }
    return {
        "kind": "no-match",
        "title": f"Nothing found for “{text}”",
        "text": "From three letters on, search also looks inside words.",
    }


def _pages(request: Request) -> list[dict[str, str]]:
    return [
        {"label": entry.label, "hint": entry.group, "icon": entry.icon, "url": reverse(entry.url_name)}
        for entry in pages_of(request.membership)
    ]


def _creations(request: Request) -> list[dict[str, str]]:
    made = creations(request.membership)
    return [{"label": label, "hint": "", "icon": "plus", "url": url} for label, url in made]


def _option(hit: Hit) -> dict[str, str]:
    hint = " · ".join(part for part in (hit.kind.label, hit.hint) if part)
    return {"label": hit.title, "hint": hint, "icon": hit.kind.icon, "url": hit.url}


def _means(option: dict[str, str], text: str) -> bool:
    """Every word typed begins a word of the option."""
    words = option["label"].lower().split()
    return all(any(word.startswith(typed) for word in words) for typed in text.lower().split())
