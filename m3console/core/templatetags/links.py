"""{% url %} with the organization filled in; a template builtin, so it replaces Django's own everywhere."""

from typing import Any

from django import template
from django.template.base import Parser, Token, Variable
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url

from m3console.core.links import ORGANIZATION_NAMESPACES, current

register = template.Library()


class OrganizationURLNode(URLNode):
    def render(self, context: Context) -> str:
        name = self.view_name.resolve(context)
        if "org" in self.kwargs or name.partition(":")[0] not in ORGANIZATION_NAMESPACES:
            return super().render(context)
        organization = getattr(context.get("request"), "organization", None) or current.get()
        if organization is None:
            return super().render(context)
        kwargs: dict[str, Any] = {**self.kwargs, "org": Variable(f'"{organization.slug}"')}
        return URLNode(self.view_name, self.args, kwargs, self.asvar).render(context)


@register.tag
def url(parser: Parser, token: Token) -> OrganizationURLNode:
    node = django_url(parser, token)
    return OrganizationURLNode(node.view_name, node.args, node.kwargs, node.asvar)
