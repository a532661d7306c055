"""When a standing charge is charged, in words for the pages of templates, plans and attachments."""

from plans.in_advance import InAdvance
from plans.models import PlanTemplate


def charged_rows(
    billed: InAdvance, template: PlanTemplate, whose: str = "template"
) -> list[tuple[str, str, str]]:
    """Label, value and hint: when it is due, and whether before or after its period.

    `whose` is the page's own entity: what it says itself needs no hint.
    """
    hint = "" if billed.source == whose else billed.origin
    return [("Charged", f"{template.turns_in_words}, {billed.in_words}", hint)]
