"""Runs of billing: starting one, watching it, retrying what failed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Case, Count, F, Q, QuerySet, When
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from accounts.bulk import ACCOUNTS
from billing.filters import JobFilter, ResultFilter
from billing.forms import RunBillingForm
from billing.models import BillJob, BillJobResult, JobStatus, Outcome
from billing.services.jobs import cancel_job, create_job, retry_failed
from billing.tables import JobTable, ResultTable, job_status
from m3console.core import clock
from m3console.core.bulk.acts import choice_words
from m3console.core.errors import RuleViolation
from m3console.core.htmx import page, wants_partial
from m3console.core.http import Request
from m3console.core.links import redirect, reverse
from m3console.core.lists.listing import listing
from m3console.core.lists.selection import Selection

Answer = HttpResponse | StreamingHttpResponse
# What needs somebody first. A job's results are few enough to be sorted without an index of their own.
ATTENTION = Case(
    When(outcome=Outcome.FAILED, then=0), When(outcome=Outcome.SKIPPED_LOCKED, then=1), default=2
)
RUN_WORDS = {
    "title": "Run billing",
    "submit": "Run billing",
    "lead": "Makes the bills that are due and rates pending ones again. Running twice adds nothing;"
    " locked bills are never touched.",
}


def run_billing(request: Request) -> HttpResponse:
    """Ask what to bill, then start the job and go to its page."""
    today = clock.today(request.organization.timezone)
    form = RunBillingForm(
        request.POST or None, organization=request.organization, initial={"bill_date": today}
    )
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("billing:job_detail", pk=_started(request, form).pk)
        except RuleViolation as refusal:
            form.refuse(refusal)
    context = {
        "form": form,
        "cancel_url": reverse("billing:bill_list"),
        "crumbs": [{"label": "Bill management", "url": reverse("billing:bill_list")}],
        **RUN_WORDS,
    }
    status = 422 if form.is_bound else 200
    return page(request, "m3console/form.html", context, partial="form", status=status)


def run_selected(request: Request) -> HttpResponse:
    """The form of a run with the accounts filled in that were chosen in their list."""
    if request.method != "POST":
        return HttpResponseRedirect(ACCOUNTS.back(request))
    chosen = Selection.of(request, ACCOUNTS)
    initial = {
        "bill_date": clock.today(request.organization.timezone),
        "accounts": "\n".join(account.code for account in chosen.rows),
    }
    context = {
        "form": RunBillingForm(organization=request.organization, initial=initial),
        "action_url": reverse("billing:run_billing"),
        "cancel_url": ACCOUNTS.back(request),
        "crumbs": [{"label": "Accounts", "url": ACCOUNTS.back(request)}],
        "chosen": choice_words(request, ACCOUNTS, chosen),
        **RUN_WORDS,
    }
    return page(request, "billing/run_selected.html", context)


def _started(request: Request, form: RunBillingForm) -> BillJob:
    asked = form.cleaned_data
    return create_job(
        organization=request.organization,
        bill_date=asked["bill_date"],
        billing_frequency=asked["billing_frequency"],
        latest_only=asked["periods"] == "latest",
        account_ids=[account.pk for account in asked["accounts"]] or None,
        source="console",
    )


@require_safe
def job_list(request: Request) -> Answer:
    return listing(
        request,
        title="Bill jobs",
        rows=BillJob.objects.filter(organization=request.organization)
        .select_related("created_by", "organization")
        .with_failures(),
        table=JobTable,
        sorts={"created_at": F("created_at")},
        default="-created_at",
        filters=JobFilter,
        create=("Run billing", "billing:run_billing", "run"),
        noun="bill job",
        empty="A run of billing shows here with its progress and its failures.",
    )


@require_safe
def job_detail(request: Request, pk: UUID) -> Answer:
    """Progress (asked for again by the page while it runs) and each account's result."""
    job = _job(request, pk)
    if wants_partial(request) and request.GET.get("part") == "progress":
        counts = _counts(job)
        answer = page(request, "billing/job_detail.html#progress", {"job": job, "counts": counts})
        if not counts["running"]:
            answer["HX-Refresh"] = "true"  # the status, the buttons and the results have changed as well
        return answer
    counts = _counts(job)
    return listing(
        request,
        title=f"Bill run, {job.bill_date:%-d %b %Y}",
        rows=BillJobResult.objects.filter(job=job).select_related("account"),
        table=ResultTable,
        sorts={"outcome": ATTENTION},
        default="outcome",
        filters=ResultFilter,
        search="Account name, code or email",
        noun="account",
        empty="Results appear here as accounts are billed.",
        context={
            "job": job,
            "counts": counts,
            "status": job_status(job, failures=bool(counts["failed"])),
            "crumbs": [{"label": "Bill jobs", "url": reverse("billing:job_list")}],
        },
        template="billing/job_detail.html",
    )


@require_POST
def job_cancel(request: Request, pk: UUID) -> HttpResponse:
    job = _job(request, pk)
    try:
        cancel_job(job)
        messages.success(request, "The run was cancelled. Bills that it made stay.")
    except RuleViolation as refusal:
        messages.error(request, refusal.message)
    return redirect("billing:job_detail", pk=job.pk)


@require_POST
def job_retry(request: Request, pk: UUID) -> HttpResponse:
    """Bill the accounts that failed again, as a job of its own."""
    job = _job(request, pk)
    try:
        job = retry_failed(job)
        messages.success(request, "The accounts that failed are billed again by this run.")
    except RuleViolation as refusal:
        messages.error(request, refusal.message)
    return redirect("billing:job_detail", pk=job.pk)


def _job(request: Request, pk: UUID) -> BillJob:
    rows = BillJob.objects.select_related("created_by", "organization")
    return get_object_or_404(rows, organization=request.organization, pk=pk)


def _counts(job: BillJob) -> dict[str, Any]:
    results: QuerySet[BillJobResult] = BillJobResult.objects.filter(job=job)
    counted = results.aggregate(
        **{outcome.value.lower(): Count("pk", filter=Q(outcome=outcome)) for outcome in Outcome},
        earlier=Count("pk", filter=Q(earlier_unbilled=True)),
    )
    running = job.status in (JobStatus.PENDING, JobStatus.RUNNING)
    with_result = sum(counted[outcome.value.lower()] for outcome in Outcome)
    return counted | {
        "running": running,
        "share": 100 * job.accounts_done // max(job.accounts_total, 1),
        "nothing_due": max(job.accounts_done - with_result, 0),
    }
