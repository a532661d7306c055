"""Pages of a list at a million rows, beside a Django admin changelist of the same rows in the same run."""

import gc
import time
from argparse import Namespace
from collections import defaultdict
from collections.abc import Callable, Iterator
from statistics import quantiles

from django.conf import settings
from django.contrib import admin
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from m3console.core.ids import uuid7
from m3console.core.models import Organization, User
from m3console.core.organizations import create_user
from m3console.core.searching.search import key_of
from tests.bench.list_rows import PLANTED, make_accounts, some_ids
from tests.bench.report import Comparison, Report, Round

ADMIN_LIST, FIRST_PAGE, LIST = 0.5, 1.5, 2
"""The bars of p95: a list beside the admin's, a deep page beside the first, a search beside the list."""
LIST_QUERIES, PAGE_QUERIES = 8, 25
FEW, WARM = 100, 3
SEARCHES = (
    "zephyr", "zep", "ZEP-00", "billing@zephyr", "alytics 99", "tics", "example", "0999", "nothing like",
    PLANTED,
)  # fmt: skip
SAME = {"columns": "name,code,currency,parent_account,created_at"}


Request = tuple[str, Callable[[], HttpResponse]]


class PlainAdmin(admin.ModelAdmin):
    """The same columns, page size and order by the same index, with the settings that make it fastest."""

    list_display = ("name", "code", "currency", "parent_account", "created_at")
    list_select_related = ("parent_account",)
    list_per_page = 25
    show_full_result_count = False
    actions = None
    ordering = (key_of("name"), "pk")
    organization: Organization

    def get_queryset(self, request):
        return Account.objects.of(self.organization).order_by(*self.ordering)


def compare_lists(options: Namespace, report: Report) -> None:
    began = time.perf_counter()
    few, many = make_accounts("few", FEW), make_accounts("many", options.list_accounts)
    seconds = time.perf_counter() - began
    report.facts["list rows"] = f"{options.list_accounts:,} accounts made in {seconds:.0f} s"
    PlainAdmin.organization = many
    admin.site.unregister(Account)
    admin.site.register(Account, PlainAdmin)
    settings.ALLOWED_HOSTS = ["testserver"]
    client = _signed_in(few, many)
    assert PLANTED.title() in client.get("/o/many/accounts/", {"q": PLANTED}).content.decode()
    _same_queries(client, few, many, report)
    took = _measured(client, many, options.list_rounds)
    p95 = {what: _percentile(seconds, 95) for what, seconds in took.items()}
    for title, baseline, ours, bar in (
        ("account list beside Django admin's, p95", "admin list", "list", ADMIN_LIST),
        ("a page deep in the list beside the first, p95", "list", "deep page", FIRST_PAGE),
        ("a search beside the list, p95", "list", "search", LIST),
    ):
        report.comparisons.append(Comparison(title, [Round(p95[baseline], p95[ours])], bar))
    for what, seconds in took.items():
        report.facts[what] = (
            f"p50 {1000 * _percentile(seconds, 50):.0f} ms, p95 {1000 * p95[what]:.0f} ms of {len(seconds)}"
        )


def _signed_in(*organizations: Organization) -> Client:
    """Somebody of all the organizations, and of the admin."""
    email, role = "bench@bench.example", "operator"
    for organization in organizations:
        user = create_user(email=email, organization=organization, role=role, password=uuid7().hex)
    User.objects.update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _requests(client: Client, organization: Organization, number: int, ids: list[str]) -> Iterator[Request]:
    """What is asked in a round, ours and the admin's in turns."""
    base = f"/o/{organization.slug}/accounts/"
    search = SEARCHES[number % len(SEARCHES)]
    yield "list", lambda: client.get(base, SAME)
    yield "admin list", lambda: client.get("/admin/accounts/account/")
    yield "search", lambda: client.get(base, SAME | {"q": search})
    yield "deep page", lambda: client.get(base, SAME | {"cursor": f"a{ids[number]}"})
    yield "filtered list", lambda: client.get(base, SAME | {"currency": "EUR"})
    yield "list filtered to one in a thousand", lambda: client.get(base, SAME | {"currency": "CHF"})
    yield "list with plans and bills", lambda: client.get(base)
    yield "account page", lambda: client.get(f"{base}{ids[number]}/")


def _measured(client: Client, organization: Organization, rounds: int) -> dict[str, list[float]]:
    """Seconds of every request by what it was, after a few rounds that only warm up."""
    took: dict[str, list[float]] = defaultdict(list)
    ids = some_ids(organization, rounds + WARM)
    for round_ in range(rounds + WARM):
        gc.collect()
        for what, ask in _requests(client, organization, round_, ids):
            began = time.perf_counter()
            answer = ask()
            seconds = time.perf_counter() - began
            assert answer.status_code == 200, (what, answer.status_code)
            if round_ >= WARM:
                took[what].append(seconds)
    return took


def _same_queries(client: Client, few: Organization, many: Organization, report: Report) -> None:
    """As many queries at a hundred rows as at all, and few."""
    counts = {}
    for organization in (few, many):
        ids = some_ids(organization, WARM)
        for _, ask in _requests(client, organization, 0, ids):
            ask()
        for what, ask in _requests(client, organization, 0, ids):
            with CaptureQueriesContext(connection) as asked:
                ask()
            if what != "admin list":
                counts.setdefault(what, []).append(len(asked))
    for what, (at_few, at_many) in counts.items():
        assert at_few == at_many <= (PAGE_QUERIES if what == "account page" else LIST_QUERIES), (what, counts)
    report.facts["queries"] = ", ".join(f"{what} {number}" for what, (_, number) in counts.items())


def _percentile(seconds: list[float], percent: int) -> float:
    return quantiles(seconds, n=100, method="inclusive")[percent - 1]
