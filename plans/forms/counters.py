"""The form of a counter."""

from typing import Any

from django import forms

from m3console.core.forms import EntityForm
from m3console.core.models import Organization
from plans.forms.common import choose_from, code_field, laid_out, name_field, product_field, products
from plans.models import Counter


class CounterForm(EntityForm):
    name = name_field()
    code = code_field()
    unit = forms.CharField(
        max_length=50,
        help_text="As it stands on bills: seat, licence, device.",
        error_messages={"required": "Enter what one is called."},
    )
    product = product_field(optional=True, help_text="A global counter may be priced on any product’s plans.")

    def __init__(
        self, *args: Any, organization: Organization, entity: Counter | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, entity=entity, **kwargs)
        choose_from(self, "product", products(organization))
        self.helper = laid_out(self, {"Counter details": ["product", "name", "code", "unit"]})
