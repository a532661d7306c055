"""Paths of an organization's own pages, below the organization."""

from django.urls import path

from m3console.core.views import bulk, configuration, custom_fields, history, saved_views, search

app_name = "core"

urlpatterns = [
    path("search/", search.search, name="search"),
    path("search/palette/", search.palette, name="palette"),
    path("done/<uuid:pk>/", bulk.bulk_detail, name="bulk_detail"),
    path("history/", history.history_list, name="history_list"),
    path("configuration/", configuration.organization_edit, name="organization_edit"),
    path("configuration/history/", configuration.organization_history, name="organization_history"),
    path("custom-fields/", custom_fields.custom_field_list, name="custom_field_list"),
    path("custom-fields/create/", custom_fields.custom_field_create, name="custom_field_create"),
    path("custom-fields/<uuid:pk>/", custom_fields.custom_field_edit, name="custom_field_edit"),
    path("custom-fields/<uuid:pk>/delete/", custom_fields.custom_field_delete, name="custom_field_delete"),
    path("custom-fields/<uuid:pk>/history/", custom_fields.custom_field_history, name="custom_field_history"),
    path("currencies/", configuration.currency_list, name="currency_list"),
    path("currencies/create/", configuration.currency_create, name="currency_create"),
    path("currencies/<uuid:pk>/", configuration.currency_edit, name="currency_edit"),
    path("currencies/<uuid:pk>/history/", configuration.currency_history, name="currency_history"),
    path("lists/columns/", saved_views.columns_keep, name="columns_keep"),
    path("saved-filters/", saved_views.saved_filter_list, name="saved_filter_list"),
    path("saved-filters/create/", saved_views.saved_filter_create, name="saved_filter_create"),
    path("saved-filters/<uuid:pk>/edit/", saved_views.saved_filter_edit, name="saved_filter_edit"),
    path("saved-filters/<uuid:pk>/replace/", saved_views.saved_filter_replace, name="saved_filter_replace"),
    path("saved-filters/<uuid:pk>/delete/", saved_views.saved_filter_delete, name="saved_filter_delete"),
    path("saved-filters/<uuid:pk>/history/", saved_views.saved_filter_history, name="saved_filter_history"),
]
