"""The form of a product."""

from typing import Any

from m3console.core.custom_fields.typed import CustomFieldsFormField
from m3console.core.forms import EntityForm
from m3console.core.models import EntityType
from plans.forms.common import code_field, laid_out, name_field


class ProductForm(EntityForm):
    name = name_field()
    code = code_field()
    custom_fields = CustomFieldsFormField(EntityType.PRODUCT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = laid_out(
            self, {"Product details": ["name", "code"], "Custom fields": ["custom_fields"]}
        )
