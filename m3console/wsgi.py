"""The WSGI entry point of the console."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "m3console.settings")

application = get_wsgi_application()
