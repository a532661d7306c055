"""{% url %} with the organization filled in; a template builtin, so it replaces Django's own everywhere."""

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.urls import NoReverseMatch
from django.utils.html import escape

from m3console.core.links import ORGANIZATION_NAMESPACES, current, reverse
from m3console.core.lists.back import left
from m3console.core.models import Organization
from m3console.core.undo import undo_url

register = template.Library()
register.filter(left)
register.filter(undo_url)


class OrganizationURLNode(URLNode):
    def render(self, context: Context) -> str:
        name = self.view_name.resolve(context)
        organization = getattr(context.get("request"), "organization", None) or current.get()
        ours = name.partition(":")[0] in ORGANIZATION_NAMESPACES
        if organization is None or not ours or self.args or "org" in self.kwargs:
            return super().render(context)
        url = self._ours(name, organization, context)
        if self.asvar:
            context[self.asvar] = url
            return ""
        return escape(url) if context.autoescape else url

    def _ours(self, name: str, organization: Organization, context: Context) -> str:
        try:
            kwargs = {key: value.resolve(context) for key, value in self.kwargs.items()}
            return reverse(name, organization=organization, **kwargs)
        except NoReverseMatch:
            if self.asvar is None:
                raise
            return ""


@register.tag
def url(parser: Parser, token: Token) -> OrganizationURLNode:
    node = django_url(parser, token)
    return OrganizationURLNode(node.view_name, node.args, node.kwargs, node.asvar)
