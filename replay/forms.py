"""Forms of the pages: what a member types, checked."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator

from sessions.models import Member, Membership, Project
from sessions.selectors import RecordingFilters

ANY: Final = ("", "Any")
BROWSERS: Final = [ANY, *((name, name) for name in ("Chrome", "Edge", "Firefox", "Safari", "Opera"))]
DEVICES: Final = [ANY, ("desktop", "Desktop"), ("mobile", "Mobile"), ("tablet", "Tablet"), ("bot", "Bot")]
DURATIONS: Final = [ANY, ("10", "10 s"), ("60", "1 min"), ("300", "5 min"), ("1800", "30 min")]
DAYS: Final = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))]
"""Years in which databases and time zones can calculate."""
_HOST = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:]+\]")
_PICKER = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class FilterForm(forms.Form):
    """The filters of the list. Every field may be empty."""

    q = forms.CharField(required=False, max_length=200)
    project = forms.ModelChoiceField(Project.objects.none(), required=False, empty_label="All")
    browser = forms.ChoiceField(required=False, choices=BROWSERS)
    device = forms.ChoiceField(required=False, choices=DEVICES)
    min_duration = forms.TypedChoiceField(required=False, choices=DURATIONS, coerce=int, empty_value=None)
    errors_only = forms.BooleanField(required=False)
    live = forms.BooleanField(required=False)
    cursor = forms.CharField(required=False, max_length=200)

    def __init__(self, data: Any, *, member: Member) -> None:
        super().__init__(data, auto_id="%s")
        # "from" is a word of Python, so both ends of the range are added here.
        self.fields["from"] = forms.DateField(required=False, widget=_PICKER, label="From", validators=DAYS)
        self.fields["to"] = forms.DateField(required=False, widget=_PICKER, label="To", validators=DAYS)
        projects = self.fields["project"]
        assert isinstance(projects, forms.ModelChoiceField)
        projects.queryset = Project.objects.for_member(member)

    @property
    def filtered(self) -> bool:
        return any(name != "cursor" and value for name, value in self.cleaned_data.items())

    def filters(self) -> RecordingFilters:
        """The days are whole days in UTC, both ends included. Only after `is_valid()`."""
        data = self.cleaned_data
        return RecordingFilters(
            q=data["q"],
            project=data["project"].pk if data["project"] else None,
            browser=data["browser"],
            device=data["device"],
            min_duration_ms=data["min_duration"] * 1000 if data["min_duration"] else None,
            has_errors=data["errors_only"] or None,
            live=data["live"] or None,
            since=_midnight(data["from"]) if data["from"] else None,
            until=_midnight(data["to"] + timedelta(days=1)) if data["to"] else None,
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def clean_origin(text: str) -> str:
    """`https://shop.example:8443`, lower case, nothing behind the host. Raises `ValidationError`."""
    try:
        parts = urlsplit(text.strip().lower())
        port = parts.port
    except ValueError as error:
        raise ValidationError(f"“{text}” cannot be read.") from error
    host = parts.netloc.rsplit(":", 1)[0] if port else parts.netloc
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        raise ValidationError(f"“{text}” is not an origin. Write it as https://shop.example")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValidationError(f"“{text}” has a path. An origin ends with the host: {parts.scheme}://{parts.netloc}")
    return f"{parts.scheme}://{parts.netloc}"


class ProjectForm(forms.Form):
    """Settings of a project; only its owners get it."""

    name = forms.CharField(max_length=100)
    policy = forms.ChoiceField(choices=Project.Policy.choices)
    origins = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": "https://shop.example", "spellcheck": "false"}),
        max_length=10_000,
    )
    loopback = forms.BooleanField(required=False)

    def __init__(self, data: Any = None, *, project: Project) -> None:
        allowed = project.allowed_origins
        super().__init__(
            data,
            initial={
                "name": project.name,
                "policy": project.policy,
                "origins": "\n".join(origin for origin in allowed if origin != "loopback"),
                "loopback": "loopback" in allowed,
            },
        )
        self.project = project

    def clean_origins(self) -> list[str]:
        lines = [line for line in self.cleaned_data["origins"].splitlines() if line.strip()]
        return list(dict.fromkeys(clean_origin(line) for line in lines))

    def save(self) -> Project:
        data, project = self.cleaned_data, self.project
        project.name, project.policy = data["name"], data["policy"]
        project.allowed_origins = [*data["origins"], *(["loopback"] if data["loopback"] else [])]
        project.save(update_fields=["name", "policy", "allowed_origins"])
        return project


class NewProjectForm(forms.Form):
    name = forms.CharField(max_length=100, label="Name", widget=forms.TextInput(attrs={"placeholder": "Web shop"}))


class AddMemberForm(forms.Form):
    """Adds somebody who has an account."""

    email = forms.EmailField(label="E-mail", widget=forms.EmailInput(attrs={"placeholder": "name@company.example"}))
    role = forms.ChoiceField(choices=[("member", "Member"), ("owner", "Owner")])

    def __init__(self, data: Any = None, *, project: Project) -> None:
        super().__init__(data)
        self.project = project

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        member = Member.objects.filter(email__iexact=email, is_active=True).first()
        if member is None:
            raise ValidationError("There is no account with this address. An administrator can create one.")
        if Membership.objects.filter(project=self.project, member=member).exists():
            raise ValidationError("This member is in the project already.")
        self.member = member
        return email

    def save(self) -> Membership:
        return Membership.objects.create(project=self.project, member=self.member, role=self.cleaned_data["role"])


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=[("member", "Member"), ("owner", "Owner")])


class TokenForm(forms.Form):
    name = forms.CharField(
        max_length=100, label="What is it for?", widget=forms.TextInput(attrs={"placeholder": "Nightly export"})
    )
