"""Fixtures of the tests of billing."""

import pytest

from tests.billing.make import simple_shop


@pytest.fixture
def shop(organization):
    """An organization that sells storage at 0.10 a GB."""
    return simple_shop(organization)
