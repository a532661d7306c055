"""How fast lists, ingestion and billing are beside Django admin and PostgreSQL at their best: `make bench`.

Machines are noisy, so what is compared runs in turns, several times, and the median ratio counts.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.setdefault("DEMO", "1")
django.setup()
