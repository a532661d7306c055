"""What the tests of acts on many rows share."""

import re


def chosen(*rows, everything=False, **more):
    """What a list posts: the ids that are ticked, or that all are meant that match."""
    return {"pk": [str(getattr(row, "pk", row)) for row in rows], "all": "1" if everything else "", **more}


def hidden(answer, name):
    """The value of a hidden field of the page that asks."""
    found = re.search(rf'name="{name}"\s+value="([^"]*)"', answer.content.decode())
    return found[1] if found else None


def confirm(client, url, asked, **values):
    """Send the form of the page that asks; answers the page with what came of it."""
    sent = {name: hidden(asked, name) for name in ("seen", "token")} | values
    return client.post(url, sent, follow=True)


def outcomes(answer):
    """What became of each row, by its name: the kind, and the sentence of a refusal."""
    return {one.name: (one.kind, one.sentence) for one in answer.context["outcomes"].all}
