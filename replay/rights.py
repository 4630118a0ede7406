"""What a member may do in a project. Owners do all, members watch; superusers are owners everywhere."""

from uuid import UUID

from django.http import Http404, HttpRequest

from sessions.models import Member, Membership, Project, Recording
from sessions.models.team import ProjectQuerySet


def member_of(request: HttpRequest) -> Member:
    """The member who is signed in. Only behind `login_required` or the API's auth."""
    assert isinstance(request.user, Member)
    return request.user


def project_for(member: Member, project_id: UUID) -> Project:
    """Raises `Http404` also for a project of others: it does not exist for them."""
    project = Project.objects.for_member(member).filter(pk=project_id).first()
    if project is None:
        raise Http404("No such project.")
    return project


def recording_for(member: Member, recording_id: UUID) -> Recording:
    """With project and visitor at hand. Raises `Http404` also for a recording of others."""
    mine = Recording.objects.for_member(member).select_related("project", "visitor")
    recording = mine.filter(pk=recording_id).first()
    if recording is None:
        raise Http404("No such recording.")
    return recording


def owns(member: Member, project: Project) -> bool:
    return member.is_superuser or owned_projects(member).filter(pk=project.pk).exists()


def owned_projects(member: Member) -> ProjectQuerySet:
    if member.is_superuser:
        return Project.objects.all()
    return Project.objects.filter(memberships__member=member, memberships__role=Membership.Role.OWNER)
