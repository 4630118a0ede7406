"""A member's own API tokens: made (shown once), listed, revoked."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from replay.forms import TokenForm
from replay.pages import page, site
from replay.rights import member_of
from sessions.services import api_token_create


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """POST makes a token; its text is in this one answer and nowhere else."""
    member = member_of(request)
    form = TokenForm(request.POST or None)
    plain = ""
    if request.method == "POST" and form.is_valid():
        _, plain = api_token_create(member=member, name=form.cleaned_data["name"])
        form = TokenForm()
    mine = member.api_tokens.order_by("-created_at")
    return page(request, "replay/tokens.html", "account", tokens=mine, form=form, plain=plain, **site())


@login_required
@require_POST
def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    deleted, _ = member_of(request).api_tokens.filter(pk=token_id).delete()
    if not deleted:
        raise Http404("No such token.")
    messages.success(request, "The token was revoked. It does not work any more.")
    return redirect("tokens")
