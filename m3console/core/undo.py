"""What can be taken back is done at once, and the toast that says so has an Undo button."""

from typing import Final

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

TAG: Final = "undo:"


def done(request: HttpRequest, text: str, *, undo_url: str) -> None:
    """Say what was done; posted to, `undo_url` takes it back."""
    messages.success(request, text, extra_tags=f"{TAG}{undo_url}")


def undo_url(message: Message) -> str:
    """Where a message is taken back; empty if it says nothing that can be."""
    tags = str(message.extra_tags or "")
    return tags.removeprefix(TAG) if tags.startswith(TAG) else ""
