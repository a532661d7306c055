from django.urls import path

from plans.views import attachments

app_name = "plans"

urlpatterns = [
    # Plan attachments, of an account and by themselves
    path("accounts/<uuid:pk>/plans/", attachments.attachment_list, name="attachment_list"),
    path("accounts/<uuid:pk>/plans/create/", attachments.attachment_create, name="attachment_create"),
    path("plan-attachments/<uuid:pk>/", attachments.attachment_detail, name="attachment_detail"),
    path("plan-attachments/<uuid:pk>/edit/", attachments.attachment_edit, name="attachment_edit"),
    path("plan-attachments/<uuid:pk>/delete/", attachments.attachment_delete, name="attachment_delete"),
    path("plan-attachments/<uuid:pk>/history/", attachments.attachment_history, name="attachment_history"),
]
