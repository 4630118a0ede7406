"""Pages of projects: key and snippet, masking, origins, members, refusals."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from replay.forms import AddMemberForm, NewProjectForm, ProjectForm, RoleForm
from replay.pages import page, site
from replay.rights import member_of, owns, project_for
from sessions.models import Membership, Project, Recording
from sessions.services import project_create
from sessions.wire.errors import WireError

REFUSALS_DAYS: Final = 14
POLICIES: Final = [
    ("strict", "Strict", "All text, inputs and media are masked in the page. The layout stays readable. Start here."),
    ("balanced", "Balanced", "Inputs, e-mail addresses and long numbers are masked; other text is recorded."),
    ("open", "Open", "Only sensitive fields are masked. For internal tools and test sites."),
]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def projects(request: HttpRequest) -> HttpResponse:
    member = member_of(request)
    form = NewProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        project = project_create(name=form.cleaned_data["name"], owner=member)
        messages.success(request, f"{project.name} is ready. Put the snippet into its pages.")
        return redirect("project", project.pk)
    mine = Project.objects.for_member(member).annotate(
        recording_count=_count_of(Recording), member_count=_count_of(Membership)
    )
    return page(request, "replay/projects.html", "projects", projects=mine, form=form)


def _count_of(model: type[Recording | Membership]) -> Coalesce:
    """A query of its own: a join would count no more than the rights of the member who asks let through."""
    rows = model._default_manager.filter(project=OuterRef("pk")).order_by().values("project")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def project(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """Shows the project; POST changes its settings."""
    found = project_for(member_of(request), project_id)
    form = ProjectForm(request.POST or None, project=found)
    if request.method == "POST":
        require_owner(request, found)
        if form.is_valid():
            form.save()
            messages.success(request, "Settings saved. Pages follow them from their next load.")
            return redirect("project", project_id)
    return _show(request, found, form, AddMemberForm(project=found))


def require_owner(request: HttpRequest, found: Project) -> None:
    if not owns(member_of(request), found):
        raise PermissionDenied


def _show(request: HttpRequest, found: Project, form: ProjectForm, add_form: AddMemberForm) -> HttpResponse:
    return page(
        request,
        "replay/project.html",
        "projects",
        project=found,
        form=form,
        add_form=add_form,
        policies=POLICIES,
        memberships=found.memberships.select_related("member").order_by("role", "member__email"),
        refusals=_refusals(found),
        refusals_days=REFUSALS_DAYS,
        is_owner=owns(member_of(request), found),
        **site(),
    )


def _refusals(found: Project) -> list[tuple[str, str, int]]:
    """Code, sentence and count of the last days, most frequent first."""
    sentences = {cls.code: cls.sentence for cls in _errors(WireError)}
    since = timezone.now().date() - timedelta(days=REFUSALS_DAYS)
    rows = found.refusals.filter(day__gte=since).values("code").annotate(total=Sum("count")).order_by("-total")
    return [(row["code"], sentences.get(row["code"], ""), row["total"]) for row in rows]


def _errors(cls: type[WireError]) -> list[type[WireError]]:
    return [cls, *(leaf for sub in cls.__subclasses__() for leaf in _errors(sub))]


@login_required
@require_POST
def member_add(request: HttpRequest, project_id: UUID) -> HttpResponse:
    found = project_for(member_of(request), project_id)
    require_owner(request, found)
    form = AddMemberForm(request.POST, project=found)
    if not form.is_valid():
        return _show(request, found, ProjectForm(project=found), form)
    membership = form.save()
    messages.success(request, f"{membership.member.email} was added.")
    return redirect("project", project_id)


@login_required
@require_POST
def member_role(request: HttpRequest, project_id: UUID, member_id: int) -> HttpResponse:
    membership = _membership(request, project_id, member_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "There is no such role.")
    elif _is_last_owner(membership) and form.cleaned_data["role"] != Membership.Role.OWNER:
        messages.error(request, "A project needs an owner. Make somebody else owner first.")
    else:
        membership.role = form.cleaned_data["role"]
        membership.save(update_fields=["role"])
        messages.success(request, f"{membership.member.email} is {membership.role} now.")
    return redirect("project", project_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def member_remove(request: HttpRequest, project_id: UUID, member_id: int) -> HttpResponse:
    """Asks, and removes on POST."""
    membership = _membership(request, project_id, member_id)
    if request.method != "POST":
        return render(request, "replay/member_remove.html", {"membership": membership})
    if _is_last_owner(membership):
        messages.error(request, "A project needs an owner. Make somebody else owner first.")
    else:
        membership.delete()
        messages.success(request, f"{membership.member.email} was removed.")
    return redirect("project", project_id)


def _membership(request: HttpRequest, project_id: UUID, member_id: int) -> Membership:
    """The membership, for an owner of the project. Raises `Http404` or `PermissionDenied`."""
    found = project_for(member_of(request), project_id)
    require_owner(request, found)
    membership = found.memberships.select_related("member").filter(member=member_id).first()
    if membership is None:
        raise Http404("No such member.")
    return membership


def _is_last_owner(membership: Membership) -> bool:
    owners = Membership.objects.filter(project=membership.project_id, role=Membership.Role.OWNER)
    return membership.role == Membership.Role.OWNER and not owners.exclude(pk=membership.pk).exists()
