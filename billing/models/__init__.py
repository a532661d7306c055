from billing.models.bills import Bill, BillLine, BillRevision, BillStatus
from billing.models.jobs import BillJob, BillJobItem, BillJobResult, JobStatus, Outcome

__all__ = [
    "Bill",
    "BillJob",
    "BillJobItem",
    "BillJobResult",
    "BillLine",
    "BillRevision",
    "BillStatus",
    "JobStatus",
    "Outcome",
]
