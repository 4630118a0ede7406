"""Pages and the REST API."""

from django.urls import URLPattern, URLResolver, path

from replay import account_pages, pages, project_pages
from replay.api import api
from replay.metrics import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.sessions, name="sessions"),
    path("live", pages.live, name="live"),
    path("sessions/<uuid:recording_id>", pages.session, name="session"),
    path("sessions/<uuid:recording_id>/delete", pages.session_delete, name="session-delete"),
    path("projects/", project_pages.projects, name="projects"),
    path("projects/<uuid:project_id>", project_pages.project, name="project"),
    path("projects/<uuid:project_id>/members", project_pages.member_add, name="member-add"),
    path("projects/<uuid:project_id>/members/<int:member_id>", project_pages.member_role, name="member-role"),
    path(
        "projects/<uuid:project_id>/members/<int:member_id>/remove", project_pages.member_remove, name="member-remove"
    ),
    path("account/tokens", account_pages.tokens, name="tokens"),
    path("account/tokens/<int:token_id>/revoke", account_pages.token_revoke, name="token-revoke"),
    path("metrics", metrics, name="metrics"),
    path("api/v1/", api.urls),
]
