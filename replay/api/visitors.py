"""Visitors: erasure by what the site calls them."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router

from replay.api.problems import Problem
from replay.api.schemas import DeletedOut, ProblemOut
from replay.rights import member_of, owned_projects
from sessions.models import Project
from sessions.services import visitor_delete

router = Router(tags=["Visitors"])


@router.delete(
    "visitors/{path:external_id}",
    response={200: DeletedOut, 401: ProblemOut, 403: ProblemOut, 404: ProblemOut},
    summary="Erase a visitor",
)
def delete_visitor(request: HttpRequest, external_id: str, project: UUID | None = None) -> dict[str, Any]:
    """Deletes whom the site calls so, with all recordings, in the projects that you own. `project` names one."""
    member = member_of(request)
    known = Project.objects.for_member(member).filter(visitors__external_id=external_id).distinct()
    if project is not None:
        known = known.filter(pk=project)
    if not external_id or "\0" in external_id or not known.exists():
        raise Http404("No such visitor.")
    owned = list(known.filter(pk__in=owned_projects(member).values("pk")))
    if not owned:
        raise Problem(403, "forbidden", "Only owners of the project may delete.")
    return {"recordings": sum(visitor_delete(project=each, external_id=external_id) for each in owned)}
