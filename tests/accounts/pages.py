"""What the tests of account pages share."""

BASE = "/o/acme/accounts/"
HTMX = {"HX-Request": "true"}
OPTIONAL = [
    "parent_account", "address_line_1", "address_line_2", "locality", "region", "post_code", "country",
    "currency", "bill_epoch", "days_before_bill_due", "purchase_order_number",
]  # fmt: skip


def text(answer):
    return (answer.getvalue() if answer.streaming else answer.content).decode()


def listed(answer):
    """The names in a list page, in order."""
    return [row.record.name for row in answer.context["listing"].table.rows]


def given(**changes):
    """A whole filled-in account form."""
    form = {"name": "Borealis", "code": "borealis", "email_address": "b@b.example"}
    return dict.fromkeys(OPTIONAL, "") | form | changes
