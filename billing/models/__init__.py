from billing.models.bills import Bill, BillLine, BillQuerySet, BillRevision, BillStatus
from billing.models.jobs import BillJob, BillJobItem, BillJobResult, JobStatus, Outcome

__all__ = [
    "Bill",
    "BillJob",
    "BillJobItem",
    "BillJobResult",
    "BillLine",
    "BillQuerySet",
    "BillRevision",
    "BillStatus",
    "JobStatus",
    "Outcome",
]
