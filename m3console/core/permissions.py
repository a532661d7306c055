"""Who may open which page: one right for each URL, and the rights of each role (spec 1, Organization).

The organization middleware asks this table for every request, so a view cannot forget to. A URL
that is missing here is refused, and a test names it.
"""

from enum import StrEnum

from m3console.core.models import Role


class Right(StrEnum):
    PUBLIC = "open without signing in"
    SIGNED_IN = "be signed in"
    READ = "read"
    OPERATE = "change accounts, attachments, usage or bills"
    APPROVE = "approve and lock bills"
    CATALOGUE = "change the catalogue"
    ADMINISTER = "administer the organization"
    SHARE = "share saved filters with the organization"


ROLE_RIGHTS: dict[str, frozenset[Right]] = {
    Role.VIEWER: frozenset({Right.READ}),
    Role.OPERATOR: frozenset({Right.READ, Right.SHARE, Right.OPERATE}),
    Role.APPROVER: frozenset({Right.READ, Right.SHARE, Right.OPERATE, Right.APPROVE}),
    Role.CATALOGUE: frozenset({Right.READ, Right.SHARE, Right.CATALOGUE}),
    Role.ADMINISTRATOR: frozenset(Right) - {Right.PUBLIC, Right.SIGNED_IN},
}

URL_RIGHTS: dict[str, Right] = {
    # Without an organization
    "home": Right.SIGNED_IN,
    "healthz": Right.PUBLIC,
    "readyz": Right.PUBLIC,
    # core
    "core:history_list": Right.READ,
    "core:bulk_detail": Right.READ,
    "core:organization_edit": Right.ADMINISTER,
    "core:organization_history": Right.ADMINISTER,
    "core:custom_field_list": Right.READ,
    "core:custom_field_create": Right.ADMINISTER,
    "core:custom_field_edit": Right.ADMINISTER,
    "core:custom_field_delete": Right.ADMINISTER,
    "core:custom_field_history": Right.READ,
    "core:search": Right.READ,
    "core:palette": Right.READ,
    "core:currency_list": Right.READ,
    "core:currency_create": Right.ADMINISTER,
    "core:currency_edit": Right.ADMINISTER,
    "core:currency_history": Right.READ,
    "core:columns_keep": Right.READ,
    "core:saved_filter_list": Right.READ,
    "core:saved_filter_create": Right.READ,
    "core:saved_filter_edit": Right.READ,
    "core:saved_filter_replace": Right.READ,
    "core:saved_filter_delete": Right.READ,
    "core:saved_filter_history": Right.READ,
    # accounts
    "accounts:account_list": Right.READ,
    "accounts:account_create": Right.OPERATE,
    "accounts:account_suggest": Right.READ,
    "accounts:good_practice": Right.READ,
    "accounts:account_detail": Right.READ,
    "accounts:account_edit": Right.OPERATE,
    "accounts:account_delete": Right.OPERATE,
    "accounts:account_edit_many": Right.OPERATE,
    "accounts:account_delete_many": Right.OPERATE,
    "accounts:account_erase": Right.ADMINISTER,
    "accounts:deleted_list": Right.READ,
    "accounts:import_create": Right.OPERATE,
    "accounts:import_template": Right.OPERATE,
    "accounts:import_list": Right.OPERATE,
    "accounts:import_detail": Right.OPERATE,
    "accounts:import_discard": Right.OPERATE,
    "accounts:account_history": Right.READ,
    "accounts:account_children": Right.READ,
    "accounts:child_remove": Right.OPERATE,
    # plans
    "plans:attachment_list": Right.READ,
    "plans:attachment_create": Right.OPERATE,
    "plans:attachment_detail": Right.READ,
    "plans:attachment_edit": Right.OPERATE,
    "plans:attachment_delete": Right.OPERATE,
    "plans:attachment_history": Right.READ,
    "plans:counter_adjustment_list": Right.READ,
    "plans:counter_adjustment_create": Right.OPERATE,
    "plans:counter_adjustment_detail": Right.READ,
    "plans:counter_adjustment_edit": Right.OPERATE,
    "plans:counter_adjustment_delete": Right.OPERATE,
    "plans:counter_adjustment_history": Right.READ,
    # plans: the catalogue
    "plans:product_list": Right.READ,
    "plans:product_create": Right.CATALOGUE,
    "plans:product_detail": Right.READ,
    "plans:product_edit": Right.CATALOGUE,
    "plans:product_delete": Right.CATALOGUE,
    "plans:product_delete_many": Right.CATALOGUE,
    "plans:product_history": Right.READ,
    "plans:meter_list": Right.READ,
    "plans:meter_create": Right.CATALOGUE,
    "plans:meter_detail": Right.READ,
    "plans:meter_edit": Right.CATALOGUE,
    "plans:meter_delete": Right.CATALOGUE,
    "plans:meter_delete_many": Right.CATALOGUE,
    "plans:meter_history": Right.READ,
    "plans:derived_field_create": Right.CATALOGUE,
    "plans:derived_field_edit": Right.CATALOGUE,
    "plans:derived_field_delete": Right.CATALOGUE,
    "plans:aggregation_list": Right.READ,
    "plans:aggregation_create": Right.CATALOGUE,
    "plans:aggregation_detail": Right.READ,
    "plans:aggregation_edit": Right.CATALOGUE,
    "plans:aggregation_delete": Right.CATALOGUE,
    "plans:aggregation_delete_many": Right.CATALOGUE,
    "plans:aggregation_history": Right.READ,
    "plans:compound_aggregation_list": Right.READ,
    "plans:compound_aggregation_create": Right.CATALOGUE,
    "plans:compound_aggregation_detail": Right.READ,
    "plans:compound_aggregation_edit": Right.CATALOGUE,
    "plans:compound_aggregation_delete": Right.CATALOGUE,
    "plans:compound_aggregation_delete_many": Right.CATALOGUE,
    "plans:compound_aggregation_history": Right.READ,
    "plans:counter_list": Right.READ,
    "plans:counter_create": Right.CATALOGUE,
    "plans:counter_detail": Right.READ,
    "plans:counter_edit": Right.CATALOGUE,
    "plans:counter_delete": Right.CATALOGUE,
    "plans:counter_delete_many": Right.CATALOGUE,
    "plans:counter_history": Right.READ,
    "plans:plan_template_list": Right.READ,
    "plans:plan_template_create": Right.CATALOGUE,
    "plans:plan_template_detail": Right.READ,
    "plans:plan_template_edit": Right.CATALOGUE,
    "plans:plan_template_delete": Right.CATALOGUE,
    "plans:plan_template_delete_many": Right.CATALOGUE,
    "plans:plan_template_history": Right.READ,
    "plans:plan_template_accounts": Right.READ,
    "plans:plan_template_duplicate": Right.CATALOGUE,
    "plans:plan_template_pricing_create": Right.CATALOGUE,
    "plans:plan_list": Right.READ,
    "plans:plan_create": Right.CATALOGUE,
    "plans:plan_detail": Right.READ,
    "plans:plan_edit": Right.CATALOGUE,
    "plans:plan_delete": Right.CATALOGUE,
    "plans:plan_delete_many": Right.CATALOGUE,
    "plans:plan_history": Right.READ,
    "plans:plan_accounts": Right.READ,
    "plans:plan_duplicate": Right.CATALOGUE,
    "plans:pricing_create": Right.CATALOGUE,
    "plans:pricing_list": Right.READ,
    "plans:pricing_detail": Right.READ,
    "plans:pricing_edit": Right.CATALOGUE,
    "plans:pricing_delete": Right.CATALOGUE,
    "plans:pricing_history": Right.READ,
    "plans:counter_pricing_create": Right.CATALOGUE,
    "plans:plan_template_counter_pricing_create": Right.CATALOGUE,
    "plans:counter_pricing_list": Right.READ,
    "plans:counter_pricing_detail": Right.READ,
    "plans:counter_pricing_edit": Right.CATALOGUE,
    "plans:counter_pricing_delete": Right.CATALOGUE,
    "plans:counter_pricing_history": Right.READ,
    # usage
    "usage:account_usage": Right.READ,
    "usage:usage_submit": Right.OPERATE,
    "usage:upload_list": Right.READ,
    "usage:upload_create": Right.OPERATE,
    "usage:upload_focus": Right.OPERATE,
    "usage:upload_detail": Right.READ,
    "usage:upload_rejects": Right.READ,
    "usage:upload_events_mark": Right.OPERATE,
    "usage:upload_events_reopen": Right.OPERATE,
    "usage:upload_template": Right.READ,
    "usage:event_list": Right.READ,
    "usage:event_detail": Right.READ,
    "usage:event_mark": Right.OPERATE,
    "usage:event_mark_many": Right.OPERATE,
    "usage:event_reopen": Right.OPERATE,
    # billing
    "billing:bill_list": Right.READ,
    "billing:run_billing": Right.OPERATE,
    "billing:run_selected": Right.OPERATE,
    "billing:job_list": Right.READ,
    "billing:job_detail": Right.READ,
    "billing:job_cancel": Right.OPERATE,
    "billing:job_retry": Right.OPERATE,
    "billing:bill_detail": Right.READ,
    "billing:bill_history": Right.READ,
    "billing:bill_export": Right.READ,
    "billing:bill_line": Right.READ,
    "billing:line_measurements": Right.READ,
    "billing:account_bills": Right.READ,
    "billing:latest_bills": Right.READ,
    "billing:attachment_bills": Right.READ,
    "billing:attachment_latest_bills": Right.READ,
}
# allauth's and the admin's own pages guard themselves; the organization middleware leaves them alone.
SELF_GUARDED = ("account_", "mfa_", "admin:")


def right_of(url_name: str) -> Right | None:
    """The right that a URL needs; None when the table does not know it."""
    return URL_RIGHTS.get(url_name)


def may(role: str, right: Right) -> bool:
    return right in ROLE_RIGHTS.get(role, frozenset())


def allows(role: str, url_name: str) -> bool:
    """Whether a role may open a URL: for hiding links, never in place of the middleware."""
    right = right_of(url_name)
    return right is not None and (right in {Right.PUBLIC, Right.SIGNED_IN} or may(role, right))
