"""Products: what is sold."""

from typing import Any

from m3console.core.audit import action
from m3console.core.models import Organization
from plans.models import Product
from plans.services.rows import Sentences, check_known, code_taken, created, updated


def _sentences(code: str) -> Sentences:
    return {"product_code_once": code_taken(Product, code)}


def create_product(*, organization: Organization, name: str, code: str) -> Product:
    """A new product; its code is unique among products (spec 2, Product). Raises RuleViolation."""
    with action("product.created"):
        return created(Product, _sentences(code), organization=organization, name=name, code=code)


def update_product(product: Product, *, version: int, **fields: Any) -> Product:
    """Change name or code. Raises RuleViolation, or StaleVersion if somebody else saved meanwhile."""
    check_known(fields, frozenset({"name", "code"}))
    with action("product.updated"):
        return updated(product, _sentences(fields.get("code", product.code)), version=version, **fields)
