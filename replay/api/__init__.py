"""The REST API, `/api/v1/` (docs/api.md)."""

from django.contrib.auth.decorators import login_required
from ninja import NinjaAPI

from replay.api import content, health, recordings, visitors
from replay.api.auth import BearerToken, Login
from replay.api.docs import ReferencePage
from replay.api.problems import add_handlers

api = NinjaAPI(
    title="Sightline API",
    version="1",
    urls_namespace="api-1",
    auth=[BearerToken(), Login()],
    docs=ReferencePage(),
    docs_url="docs",
    openapi_url="openapi.json",
    docs_decorator=login_required,
)
api.add_router("", recordings.router)
api.add_router("", content.router)
api.add_router("", visitors.router)
api.add_router("", health.router)
add_handlers(api)
