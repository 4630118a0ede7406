"""ASGI entry point: signaling through Channels, links of frames as bare ASGI apps, the rest through Django."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()  # before anything that imports models

from signaling.routing import route

application = route(django_application)
