"""How the tests of attachments use their pages."""

from m3console.core.links import reverse

HTMX = {"HTTP_HX_REQUEST": "true"}


def text(response):
    """What the page says, with runs of white space as one."""
    return " ".join(response.content.decode().split())


def create_url(account):
    return reverse("plans:attachment_create", pk=account.pk) + "?type=PLAN"


def given(plan, start="2026-06-01", **fields):
    product = plan.plan_template.product_id
    return {"product": product, "plans_of": product, "plan": plan.pk, "start_date": start, **fields}
