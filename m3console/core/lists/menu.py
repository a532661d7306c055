"""The views of a list: filters saved under a name, which one is on, and what can be done with it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.lists.addresses import SAVED, address, essence
from m3console.core.lists.around import Saved


@dataclass(frozen=True, slots=True)
class View:
    """A saved filter in the menu of a list."""

    name: str
    url: str
    shared: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Views:
    """The menu: `name` of the one that is on, `changed` if more was chosen since. URLs are of dialogs."""

    name: str
    changed: bool
    own: list[View]
    shared: list[View]
    all_current: bool
    save_url: str
    replace_url: str
    manage_url: str
    columns_url: str
    shared_link: str


def views_of(request: Request, saved: list[Saved], columns: str) -> Views:
    """What the menu of a list shows to the person; `columns` are the names of those that stand there."""
    params = request.GET
    shown = essence(params)
    named = next((each for each in saved if str(each.pk) == params.get(SAVED)), None)
    same = next((each for each in saved if essence(QueryDict(each.query)) == shown), None)
    if named and essence(QueryDict(named.query)) == shown:
        same = named
    on = same or named
    here = urlencode({"at": request.path + address(params)})
    entries = [(each.own, _view(each, current=each is same)) for each in saved]
    replaceable = named is not None and named.own and named is not same
    return Views(
        name=on.name if on else "",
        changed=same is None,
        own=[view for own, view in entries if own],
        shared=[view for own, view in entries if not own],
        all_current=not shown,
        save_url="" if same else f"{reverse('core:saved_filter_create')}?{here}",
        replace_url=f"{reverse('core:saved_filter_replace', pk=named.pk)}?{here}"
        if named and replaceable
        else "",
        manage_url=reverse("core:saved_filter_list"),
        columns_url=address(params, show="columns"),
        shared_link=request.build_absolute_uri(address(params, SAVED, columns=columns)),
    )


def _view(saved: Saved, *, current: bool) -> View:
    params = QueryDict(saved.query, mutable=True)
    params[SAVED] = str(saved.pk)
    return View(saved.name, f"?{params.urlencode()}", saved.shared, current)
