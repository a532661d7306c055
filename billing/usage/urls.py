"""Paths of usage, below an organization."""

from django.urls import path

from billing.usage.views import events, focus, measurements, uploads

app_name = "usage"

urlpatterns = [
    # accounts/<id>/
    path("accounts/<uuid:pk>/usage/", measurements.account_usage, name="account_usage"),
    path("accounts/<uuid:pk>/usage/submit/", measurements.usage_submit, name="usage_submit"),
    # uploads/
    path("usage/uploads/", uploads.upload_list, name="upload_list"),
    path("usage/uploads/create/", uploads.upload_create, name="upload_create"),
    path("usage/uploads/focus/", focus.upload_focus, name="upload_focus"),
    path("usage/uploads/<uuid:pk>/", uploads.upload_detail, name="upload_detail"),
    path("usage/uploads/<uuid:pk>/rejects/", uploads.upload_rejects, name="upload_rejects"),
    path("usage/uploads/<uuid:pk>/mark-events/", uploads.upload_events_mark, name="upload_events_mark"),
    path("usage/uploads/<uuid:pk>/reopen-events/", uploads.upload_events_reopen, name="upload_events_reopen"),
    path("usage/templates/<uuid:pk>/", uploads.upload_template, name="upload_template"),
    # events/
    path("usage/events/", events.event_list, name="event_list"),
    path("usage/events/many/mark/", events.event_mark_many, name="event_mark_many"),
    path("usage/events/<uuid:pk>/", events.event_detail, name="event_detail"),
    path("usage/events/<uuid:pk>/mark/", events.event_mark, name="event_mark"),
    path("usage/events/<uuid:pk>/reopen/", events.event_reopen, name="event_reopen"),
]
