"""manage.py in a process of its own, on the tests' database: python -m tests.usage.child NAME ARGUMENTS…"""

import os
import sys

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    from django.conf import settings

    import manage

    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    sys.argv = ["manage.py", *sys.argv[2:]]
    if "CHUNK_ROWS" in os.environ:
        import django

        django.setup()
        from billing.usage import ingest

        ingest.CHUNK_ROWS = int(os.environ["CHUNK_ROWS"])
    manage.main()
