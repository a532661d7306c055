"""Paths of an organization's own pages, below the organization."""

from django.urls import path

from m3console.core.views import configuration

app_name = "core"

urlpatterns = [
    path("configuration/", configuration.organization_edit, name="organization_edit"),
    path("configuration/history/", configuration.organization_history, name="organization_history"),
    path("currencies/", configuration.currency_list, name="currency_list"),
    path("currencies/create/", configuration.currency_create, name="currency_create"),
    path("currencies/<uuid:pk>/", configuration.currency_edit, name="currency_edit"),
    path("currencies/<uuid:pk>/history/", configuration.currency_history, name="currency_history"),
]
