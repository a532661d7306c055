"""The forms of a page, as a browser would send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = {"text", "search", "email", "date", "number", "url", "tel", "datetime-local", "textarea"}


@dataclass
class Form:
    """A form that posts: where to, what it would send as it stands, which fields people type in.

    `offered` are the values other than blank of each select.
    """

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    offered: dict[str, list[str]] = field(default_factory=dict)

    def sent(self, **changed: str) -> dict[str, list[str]]:
        return self.values | {name: [value] for name, value in changed.items()}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.form: Form | None = None
        self.area = self.select = ""
        self.options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "form":
            posts = (has.get("method") or "").lower() == "post"
            self.form = Form(has.get("action") or "") if posts else None
        name = has.get("name") or ""
        if self.form is None or "disabled" in has:
            return
        if tag == "option" and self.select:
            self.options.append((has.get("value") or "", "selected" in has))
        if not name:
            return
        if tag == "input":
            self._input(name, has)
        elif tag == "textarea":
            self.area = name
            self.form.values.setdefault(name, []).append("")
            self.form.typed.append(name)
        elif tag == "select":
            self.select, self.options = name, []

    def _input(self, name: str, has: dict[str, str | None]) -> None:
        assert self.form is not None
        kind = (has.get("type") or "text").lower()
        if kind in {"submit", "button", "file", "image", "reset"}:
            return
        if kind in {"checkbox", "radio"} and "checked" not in has:
            return
        ticked = "on" if kind in {"checkbox", "radio"} else ""
        self.form.values.setdefault(name, []).append(has.get("value") or ticked)
        if kind in TYPED:
            self.form.typed.append(name)

    def handle_data(self, data: str) -> None:
        if self.form is not None and self.area:
            self.form.values[self.area][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area and self.form is not None:
            self.form.values[self.area][-1] = self.form.values[self.area][-1].removeprefix("\n")
            self.area = ""
        elif tag == "select" and self.select and self.form is not None:
            chosen = [value for value, selected in self.options if selected] or [
                v for v, _ in self.options[:1]
            ]
            if chosen:
                self.form.values[self.select] = chosen
            if values := [value for value, _ in self.options if value]:
                self.form.offered[self.select] = values
            self.select = ""
        elif tag == "form" and self.form is not None:
            self.forms.append(self.form)
            self.form = None


def forms_in(html: str) -> list[Form]:
    """The forms of a page that post."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms
