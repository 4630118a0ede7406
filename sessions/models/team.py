"""Who watches what: members, projects, and the rights between them."""

import hashlib
import secrets
import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.utils import timezone


class MemberManager(DjangoUserManager["Member"]):
    """Members are known by their e-mail address; there is no user name."""

    def create_user(  # type: ignore[override]  # no user name
        self, email: str, password: str | None = None, **fields: Any
    ) -> "Member":
        member = self.model(email=self.normalize_email(email), **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member

    def create_superuser(  # type: ignore[override]  # no user name
        self, email: str, password: str | None = None, **fields: Any
    ) -> "Member":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class Member(AbstractUser):
    """The person of the team, who watches."""

    username = None  # type: ignore[assignment]  # the e-mail address is the name
    email = models.EmailField("e-mail address", unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[MemberManager] = MemberManager()

    class Meta:
        verbose_name = "member"


def new_key() -> str:
    return "sl_" + secrets.token_urlsafe(18)


class ProjectQuerySet(models.QuerySet["Project"]):
    def for_member(self, member: Member) -> "ProjectQuerySet":
        """The projects that the member may see. Superusers see all."""
        return self if member.is_superuser else self.filter(memberships__member=member)


class Project(models.Model):
    """A site, or several that belong together: one public key, one policy, one team."""

    class Policy(models.TextChoices):
        STRICT = "strict", "Strict: all text, inputs and media masked"
        BALANCED = "balanced", "Balanced: inputs, e-mail addresses and long numbers masked"
        OPEN = "open", "Open: sensitive fields masked"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    key = models.CharField(max_length=64, unique=True, default=new_key)
    """Public and write-only: it stands in the page."""
    policy = models.CharField(max_length=16, choices=Policy, default=Policy.STRICT)
    allowed_origins = models.JSONField(default=list, blank=True)
    """Origins a page may record from, as "https://shop.example"; "loopback" stands for any origin of this machine.
    Empty: every origin. A filter, never a proof: what is not a browser can say any origin."""
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    members = models.ManyToManyField(Member, through="Membership", related_name="projects")

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """What one member may do in one project."""

    class Role(models.TextChoices):
        OWNER = "owner", "Owner: settings, members, deleting"
        MEMBER = "member", "Member: watching"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role, default=Role.MEMBER)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "member"], name="one_membership")]

    def __str__(self) -> str:
        return f"{self.member} in {self.project}"


class ApiToken(models.Model):
    """A bearer token of the REST API. Only its digest is kept."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = "API token"

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def digest_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()


class Refusal(models.Model):
    """How often the project's key was refused on a day, and why. Shown to the owner, since silence helps nobody."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="refusals")
    day = models.DateField()
    code = models.CharField(max_length=32)
    """An error code of the wire."""
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "day", "code"], name="one_refusal_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.code}: {self.count}"
