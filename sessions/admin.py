"""The admin console. What machines write is read-only here; strangers' text is only ever escaped by the templates.

Frame is left out: Django's admin takes no composite primary keys. Stream shows how many are hot.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db.models import Count, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from .models import (
    AgentNode,
    ApiToken,
    Frame,
    Gap,
    Marker,
    Member,
    Membership,
    Project,
    Recording,
    Refusal,
    Sealing,
    Segment,
    Stream,
    Visitor,
)
from .services import recording_delete, visitors_delete

if TYPE_CHECKING:  # generic to the type checker alone
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Membership, Project]
    CreationForm = AdminUserCreationForm[Member]
    MemberAdminBase = UserAdmin[Member]
else:
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline
    CreationForm, MemberAdminBase = AdminUserCreationForm, UserAdmin


class ReadOnlyAdmin(ModelAdmin):
    """Rows that machines write: seen, not changed."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class DeletableAdmin(ReadOnlyAdmin):
    """Rows that go with all that hangs on them, objects in the store included."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super(ReadOnlyAdmin, self).has_delete_permission(request, obj)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """The rows themselves: the admin's own walk over what hangs on them stops at the frames' composite key."""
        rows = [str(obj) for obj in objs]
        return rows, {str(self.opts.verbose_name_plural): len(rows)}, set(), []


class MembershipInline(TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["member"]


@admin.register(Project)
class ProjectAdmin(ModelAdmin):
    list_display = ["name", "key", "policy", "created_at"]
    list_filter = ["policy"]
    search_fields = ["name", "key"]
    readonly_fields = ["id", "created_at"]
    inlines = [MembershipInline]

    def has_delete_permission(self, request: HttpRequest, obj: Project | None = None) -> bool:
        return False  # its recordings' objects are deleted recording by recording


class MemberCreationForm(CreationForm):
    """Members have no user name."""

    class Meta:
        model = Member
        fields = ("email",)


@admin.register(Member)
class MemberAdmin(MemberAdminBase):
    add_form = MemberCreationForm
    ordering = ["email"]
    list_display = ["email", "first_name", "last_name", "is_staff", "is_active", "last_login"]
    search_fields = ["email", "first_name", "last_name"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        ("Name", {"fields": ["first_name", "last_name"]}),
        ("Rights", {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"classes": ["wide"], "fields": ["email", "usable_password", "password1", "password2"]})]


@admin.register(ApiToken)
class ApiTokenAdmin(DeletableAdmin):
    """A token is made by its member, who sees it once; here it can be taken away."""

    list_display = ["name", "member", "created_at", "used_at"]
    search_fields = ["name", "member__email"]


@admin.register(Refusal)
class RefusalAdmin(ReadOnlyAdmin):
    list_display = ["day", "project", "code", "count"]
    list_filter = ["code", "project"]
    date_hierarchy = "day"


@admin.register(Visitor)
class VisitorAdmin(DeletableAdmin):
    """Deleting a visitor deletes all recordings, objects included."""

    list_display = ["__str__", "project", "created_at"]
    list_filter = ["project"]
    search_fields = ["external_id", "id"]

    def delete_model(self, request: HttpRequest, obj: Visitor) -> None:
        visitors_delete(visitors=[obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Visitor]) -> None:
        visitors_delete(visitors=queryset)


@admin.register(Recording)
class RecordingAdmin(DeletableAdmin):
    """Deleting a recording deletes its objects too."""

    list_display = [
        "id",
        "project",
        "visitor",
        "started_at",
        "state",
        "duration_ms",
        "pages",
        "errors",
        "browser",
        "os",
    ]
    list_filter = ["project", "device", "ended_at"]
    list_select_related = ["project", "visitor"]
    search_fields = ["id", "entry_url", "title", "visitor__external_id"]
    date_hierarchy = "started_at"

    def delete_model(self, request: HttpRequest, obj: Recording) -> None:
        recording_delete(recording=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Recording]) -> None:
        for recording in queryset:
            recording_delete(recording=recording)


@admin.register(Stream)
class StreamAdmin(ReadOnlyAdmin):
    list_display = ["id", "recording", "tab", "url", "began_at", "ended_at", "sealed_to", "hot_frames"]
    search_fields = ["id", "recording__id", "url", "title"]
    list_select_related = ["recording"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stream]:
        streams: QuerySet[Stream] = super().get_queryset(request)
        # Not a join: that would count the frames of all streams for each page.
        own = Frame.objects.filter(stream=OuterRef("pk")).order_by().values("stream")
        return streams.annotate(hot=Coalesce(Subquery(own.annotate(n=Count("seq")).values("n")), 0))

    @admin.display(description="hot frames")
    def hot_frames(self, obj: Stream) -> int:
        return int(getattr(obj, "hot", 0))


@admin.register(Segment)
class SegmentAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "stream", "first_seq", "last_seq", "events", "size", "sealed_at", "sealed_by"]
    search_fields = ["recording__id", "stream__id", "object_key"]
    date_hierarchy = "sealed_at"


@admin.register(Sealing)
class SealingAdmin(ReadOnlyAdmin):
    list_display = ["stream", "first_seq", "last_seq", "attempt", "claimed_at"]


@admin.register(Gap)
class GapAdmin(ReadOnlyAdmin):
    list_display = ["stream", "first_seq", "last_seq", "at", "cause"]
    list_filter = ["cause"]
    search_fields = ["stream__id"]


@admin.register(Marker)
class MarkerAdmin(ReadOnlyAdmin):
    list_display = ["kind", "label", "recording", "at"]
    list_filter = ["kind"]
    search_fields = ["label", "recording__id"]


@admin.register(AgentNode)
class AgentNodeAdmin(ReadOnlyAdmin):
    list_display = ["name", "connections", "capacity", "draining", "seen_at"]
