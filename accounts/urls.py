from django.urls import path

from accounts.views import accounts, bulk, children, erasing, guidance, imports

app_name = "accounts"

urlpatterns = [
    path("accounts/", accounts.account_list, name="account_list"),
    path("accounts/create/", accounts.account_create, name="account_create"),
    path("accounts/suggest/", accounts.account_suggest, name="account_suggest"),
    path("accounts/good-practice/", guidance.good_practice, name="good_practice"),
    path("accounts/deleted/", erasing.deleted_list, name="deleted_list"),
    path("accounts/import/", imports.import_create, name="import_create"),
    path("accounts/import/template/", imports.import_template, name="import_template"),
    path("accounts/many/edit/", bulk.account_edit_many, name="account_edit_many"),
    path("accounts/many/delete/", bulk.account_delete_many, name="account_delete_many"),
    # accounts/imports/<id>/
    path("accounts/imports/", imports.import_list, name="import_list"),
    path("accounts/imports/<uuid:pk>/", imports.import_detail, name="import_detail"),
    path("accounts/imports/<uuid:pk>/discard/", imports.import_discard, name="import_discard"),
    # accounts/<id>/
    path("accounts/<uuid:pk>/", accounts.account_detail, name="account_detail"),
    path("accounts/<uuid:pk>/edit/", accounts.account_edit, name="account_edit"),
    path("accounts/<uuid:pk>/delete/", accounts.account_delete, name="account_delete"),
    path("accounts/<uuid:pk>/erase/", erasing.account_erase, name="account_erase"),
    path("accounts/<uuid:pk>/history/", accounts.account_history, name="account_history"),
    path("accounts/<uuid:pk>/children/", children.account_children, name="account_children"),
    # accounts/<id of a child>/
    path("accounts/<uuid:pk>/remove-from-parent/", children.child_remove, name="child_remove"),
]
