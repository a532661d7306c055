"""The console's settings with what only tests need: quick passwords, no manifest, a cache of each process."""

import os

os.environ.setdefault("DEMO", "1")

from m3console.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = None  # nothing is collected: pages name files, and live servers find them in static/
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
