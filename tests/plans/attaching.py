"""Accounts and plans for the tests of attachments: as few rows as an attachment needs."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import count

from accounts.models import Account, ChildMembership
from m3console.core import entities
from m3console.core.audit import action
from m3console.core.models import Organization
from plans.models import Plan, PlanTemplate, Product

JAN, FEB, MAR, APR, MAY, JUN = (date(2026, month, 1) for month in range(1, 7))


@dataclass
class Shop:
    """Makes accounts, and plans of named products, in one organization."""

    organization: Organization
    products: dict[str, Product] = field(default_factory=dict)
    numbers: count = field(default_factory=lambda: count(1))

    def account(self, name="Borealis", **fields) -> Account:
        code = f"account-{next(self.numbers)}"
        fields = {
            "code": code,
            "email_address": f"{code}@example.com",
            "organization": self.organization,
            **fields,
        }
        with action("account.created"):
            account = entities.create(Account, name=name, **fields)
            if account.parent_account:
                born = {"child": account, "parent": account.parent_account}
                ChildMembership.objects.create(organization=self.organization, **born)
            return account

    def product(self, name="Storage") -> Product:
        if name not in self.products:
            with action("product.created"):
                self.products[name] = entities.create(
                    Product, organization=self.organization, name=name, code=name.lower()
                )
        return self.products[name]

    def plan(self, name="Standard", product="Storage", standing_charge="30", **template) -> Plan:
        number = next(self.numbers)
        fields = {"currency": "USD", "standing_charge": Decimal(standing_charge), **template}
        with action("plan.created"):
            made = entities.create(
                PlanTemplate,
                organization=self.organization,
                product=self.product(product),
                name=f"{product} monthly",
                **fields,
            )
            return entities.create(
                Plan, organization=self.organization, plan_template=made, name=name, code=f"plan-{number}"
            )
