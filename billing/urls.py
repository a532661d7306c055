from django.urls import path

from billing.views import attachments, bills, jobs, measurements, overview

app_name = "billing"

urlpatterns = [
    path("bills/", bills.bill_list, name="bill_list"),
    path("bills/run/", jobs.run_billing, name="run_billing"),
    path("bills/run/selected/", jobs.run_selected, name="run_selected"),
    # bills/jobs/<job>/
    path("bills/jobs/", jobs.job_list, name="job_list"),
    path("bills/jobs/<uuid:pk>/", jobs.job_detail, name="job_detail"),
    path("bills/jobs/<uuid:pk>/cancel/", jobs.job_cancel, name="job_cancel"),
    path("bills/jobs/<uuid:pk>/retry/", jobs.job_retry, name="job_retry"),
    # bills/<bill>/
    path("bills/<uuid:pk>/", bills.bill_detail, name="bill_detail"),
    path("bills/<uuid:pk>/history/", bills.bill_history, name="bill_history"),
    path("bills/<uuid:pk>/export/<slug:kind>/", bills.bill_export, name="bill_export"),
    path("bills/<uuid:pk>/lines/<uuid:line>/", bills.bill_line, name="bill_line"),
    path(
        "bills/<uuid:pk>/lines/<uuid:line>/measurements/",
        measurements.line_measurements,
        name="line_measurements",
    ),
    # accounts/<account>/
    path("accounts/<uuid:pk>/bills/", bills.account_bills, name="account_bills"),
    path("accounts/<uuid:pk>/bills/latest/", overview.latest_bills, name="latest_bills"),
    # plan-attachments/<attachment>/
    path("plan-attachments/<uuid:pk>/bills/", bills.attachment_bills, name="attachment_bills"),
    path(
        "plan-attachments/<uuid:pk>/bills/latest/",
        attachments.attachment_latest_bills,
        name="attachment_latest_bills",
    ),
]
