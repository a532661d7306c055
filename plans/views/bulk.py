"""Deleting many things of the catalogue that were chosen in their list; each that is in use is refused."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse

from m3console.core.bulk.acts import Act, bulk_page
from m3console.core.bulk.forms import TypedCountForm
from m3console.core.http import Request
from m3console.core.lists.selection import ListRows
from m3console.core.registry import BulkEntry, extensions
from plans import services
from plans.views.aggregations import AGGREGATIONS
from plans.views.compounds import COMPOUNDS
from plans.views.counters import COUNTERS
from plans.views.meters import METERS
from plans.views.plans import PLANS
from plans.views.products import PRODUCTS
from plans.views.templates import TEMPLATES

# By the model: the beginning of its URLs' names.
KEYS = {
    "product": "product",
    "meter": "meter",
    "aggregation": "aggregation",
    "compoundaggregation": "compound_aggregation",
    "counter": "counter",
    "plantemplate": "plan_template",
    "plan": "plan",
}
View = Callable[[Request], HttpResponse]


def _deleting(listed: ListRows, delete: Callable[..., None], goes: str, stays: str) -> View:
    """The view that deletes what is chosen in a list: what goes with it, and what keeps one from going."""

    def apply(row: Any, version: int, values: Mapping[str, Any]) -> bool:
        delete(row, version=version)
        return True

    act = Act(
        asks="Delete {}",
        done="deleted",
        recorded=f"{listed.noun.replace(' ', '_')}s.deleted",
        apply=apply,
        effects=[
            f"{goes}Their history stays.",
            f"What {stays} is refused and stays; the others are deleted.",
        ],
        form=TypedCountForm,
        danger=True,
    )

    def view(request: Request) -> HttpResponse:
        return bulk_page(request, listed, act)

    return view


product_delete_many = _deleting(PRODUCTS, services.delete_product, "", "holds anything")
meter_delete_many = _deleting(
    METERS, services.delete_meter, "Their data fields go with them. ", "has aggregations or usage"
)
aggregation_delete_many = _deleting(AGGREGATIONS, services.delete_aggregation, "", "is priced")
compound_aggregation_delete_many = _deleting(COMPOUNDS, services.delete_compound_aggregation, "", "is priced")
counter_delete_many = _deleting(COUNTERS, services.delete_counter, "", "is priced or adjusted")
plan_template_delete_many = _deleting(
    TEMPLATES, services.delete_plan_template, "Their pricings go with them. ", "has plans"
)
plan_delete_many = _deleting(
    PLANS, services.delete_plan, "Their own pricings go with them. ", "is attached to an account"
)


def register() -> None:
    for kind, key in KEYS.items():
        entry = BulkEntry("Delete", f"plans:{key}_delete_many", 100, danger=True)
        extensions(f"plans.{kind}").bulk.append(entry)
