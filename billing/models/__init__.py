from billing.models.bills import Bill, BillLine, BillQuerySet, BillRevision, BillStatus
from billing.models.jobs import BillJob, BillJobAttempt, BillJobItem, BillJobResult, JobStatus, Outcome

__all__ = [
    "Bill",
    "BillJob",
    "BillJobAttempt",
    "BillJobItem",
    "BillJobResult",
    "BillLine",
    "BillQuerySet",
    "BillRevision",
    "BillStatus",
    "JobStatus",
    "Outcome",
]
