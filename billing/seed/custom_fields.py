"""Custom fields of made-up organizations: a few definitions, and own values for a part of the entities."""

from decimal import Decimal
from typing import Final

from billing.seed.customers import dice
from m3console.core.custom_fields.definitions import create_custom_field
from m3console.core.models import CustomFieldDefinition, EntityType, Organization, ValueType

TEXT, NUMBER = ValueType.STRING, ValueType.NUMBER
DEFINED: Final = (
    (EntityType.PRODUCT, "team", TEXT, "platform"),
    (EntityType.PLAN, "gl_account", TEXT, "4000"),
    (EntityType.ACCOUNT, "segment", TEXT, "smb"),
    (EntityType.ACCOUNT, "sla_hours", NUMBER, "24"),
    (EntityType.ACCOUNT_PLAN, "cost_centre", TEXT, "shared"),
    (EntityType.ACCOUNT_PLAN, "sla_hours", NUMBER, "24"),
    (EntityType.ACCOUNT_PLAN, "renewal", TEXT, "automatic"),
)
Values = dict[str, Decimal | str]


def define_custom_fields(organization: Organization) -> None:
    """Define them for types of entity that have none yet; where people have defined some, theirs stay."""
    rows = CustomFieldDefinition.objects.filter(organization=organization)
    settled = set(rows.values_list("entity_type", flat=True))
    for entity_type, name, value_type, default in DEFINED:
        if entity_type not in settled:
            create_custom_field(
                organization=organization, entity_type=entity_type, name=name, value_type=value_type,
                default_value=default,
            )  # fmt: skip


class OwnValues:
    """The values that made-up entities have of their own, where a name is defined as it is here."""

    def __init__(self, organization: Organization, seed: int = 0) -> None:
        rows = CustomFieldDefinition.objects.filter(organization=organization)
        defined = set(rows.values_list("entity_type", "name", "value_type"))
        ours = {(str(of), name, str(kind)) for of, name, kind, _ in DEFINED}
        self._fitting = {(of, name) for of, name, _ in defined & ours}
        self._seed = seed

    def of_plan(self) -> Values:
        """Of a plan with a standing charge of its own."""
        return self._kept(EntityType.PLAN, {"gl_account": "4400"})

    def of_account(self, number: int) -> Values:
        """Of every third customer a segment, of every sixth another response time."""
        roll = dice(self._seed, number, "custom fields")
        values: Values = {}
        if roll.randrange(3) == 0:
            values["segment"] = roll.choice(("mid-market", "enterprise"))
        if roll.randrange(6) == 0:
            values["sla_hours"] = Decimal(roll.choice((4, 8)))
        return self._kept(EntityType.ACCOUNT, values)

    def of_attachment(self, number: int, plan: str) -> Values:
        """Of every third attachment a cost centre, of a few another response time."""
        roll = dice(self._seed, number, plan, "custom fields")
        values: Values = {}
        if roll.randrange(3) == 0:
            values["cost_centre"] = f"CC-{roll.randint(1000, 9999)}"
        if roll.randrange(8) == 0:
            values["sla_hours"] = Decimal(8)
        return self._kept(EntityType.ACCOUNT_PLAN, values)

    def _kept(self, entity_type: EntityType, values: Values) -> Values:
        return {name: value for name, value in values.items() if (entity_type, name) in self._fitting}
