from m3console.core.models.currencies import Currency, CurrencyConversion, RoundingMode
from m3console.core.models.custom_fields import CustomFieldDefinition, EntityType, ValueType
from m3console.core.models.organization import Organization
from m3console.core.models.saved_views import ListColumns, SavedFilter
from m3console.core.models.users import Membership, Role, User

__all__ = [
    "Currency",
    "CurrencyConversion",
    "CustomFieldDefinition",
    "EntityType",
    "ListColumns",
    "Membership",
    "Organization",
    "Role",
    "RoundingMode",
    "SavedFilter",
    "User",
    "ValueType",
]
