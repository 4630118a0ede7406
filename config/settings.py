"""All settings, from the environment (docs/settings.md lists each). The mode follows from what is given:
no DATABASE_URL → SQLite, no REDIS_URL → everything in one process, no S3_BUCKET → a local folder,
no TURN_URLS → no TURN.
"""

from pathlib import Path
from typing import Any

from django.utils.csp import CSP

from config import database, env, logging

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))

DEBUG = env.flag("DEBUG", False)
SECRET_KEY = env.text("SECRET_KEY") or database.local_secret(VAR_DIR)
PORT = env.number("PORT", 8000, least=1)
APP_ORIGIN = env.text("APP_ORIGIN", f"http://localhost:{PORT}")
"""Where members and snippets find this server."""
STAGE_ORIGIN = env.text("STAGE_ORIGIN", f"http://127.0.0.1:{PORT}")
"""A host of its own, without cookies, on which recordings are rebuilt."""
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = [APP_ORIGIN]

LOG_LEVEL = env.text("LOG_LEVEL", "INFO").upper()
REDIS_URL = env.text("REDIS_URL")
LOG_JSON = env.flag("LOG_JSON", bool(REDIS_URL))
"""One JSON object a line; by default where there are several processes."""
LOGGING = logging.configure(as_json=LOG_JSON, level=LOG_LEVEL)
DATABASES = {"default": database.from_url(env.text("DATABASE_URL"), VAR_DIR)}

INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "allauth",
    "allauth.account",
    "sessions",
    "signaling",
    "replay",
    "config",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "replay.stage.StageHostMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.csp",
            ],
        },
    },
]

AUTH_USER_MODEL = "recordings.Member"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "UserAttributeSimilarityValidator")
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "replay.accounts.ClosedSignupAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

_secure = APP_ORIGIN.startswith("https:")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = False
SECURE_SSL_REDIRECT = _secure
SECURE_REDIRECT_EXEMPT = [r"^api/v1/health$", r"^metrics$"]  # asked from inside, behind the proxy
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # subdomains are not ours to bind
    "security.W021",  # nor is the preload list
]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _secure else None
_socket_origin = APP_ORIGIN.replace("http", "ws", 1)
SECURE_CSP: dict[str, Any] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF, _socket_origin],
    "worker-src": [CSP.SELF],
    "frame-src": [STAGE_ORIGIN],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = None  # served from where they are built; there is nothing to collect
STATICFILES_DIRS = [BASE_DIR / "static" / "dist"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

OBJECTS_DIR = VAR_DIR / "objects"
S3_BUCKET = env.text("S3_BUCKET")
S3_ENDPOINT = env.text("S3_ENDPOINT")
S3_REGION = env.text("S3_REGION", "us-east-1")
S3_ACCESS_KEY = env.text("S3_ACCESS_KEY")
S3_SECRET_KEY = env.text("S3_SECRET_KEY")

STUN_URLS = env.words("STUN_URLS")
TURN_URLS = env.words("TURN_URLS")
TURN_SECRET = env.text("TURN_SECRET")

RECORDING_IDLE_MS = env.number("RECORDING_IDLE_MS", 30 * 60 * 1000, least=1000)
"""A recording ends after this long without an event."""
SEAL_AFTER_MS = env.number("SEAL_AFTER_MS", 10_000)
"""Frames are sealed when the oldest is this old..."""
SEAL_BYTES = env.number("SEAL_BYTES", 1_048_576, least=1)
"""...or when there are this many bytes of them."""
AGENT_CAPACITY = env.number("AGENT_CAPACITY", 300, least=1)
"""Connections that one agent takes."""

LIMIT_STARTS_PER_MINUTE = env.number("LIMIT_STARTS_PER_MINUTE", 600, least=1)
"""Streams one key may start, and a tenth of it from one address, in a minute."""
LIMIT_BYTES_PER_MINUTE = env.number("LIMIT_BYTES_PER_MINUTE", 256 * 1_048_576, least=1)
"""Bytes of frames one key may send in a minute, a quarter of it one address and a tenth one stream; raw (inflated)
ten times that."""
LIMIT_FRAMES_PER_MINUTE = env.number("LIMIT_FRAMES_PER_MINUTE", 20_000, least=1)
"""Frames one stream may send in a minute; 333 a second leave room to catch up. Its key may send fifty times that, a
quarter of it from one address."""
LIMIT_RECORDING_BYTES = env.number("LIMIT_RECORDING_BYTES", 500 * 1_048_576, least=1)
"""Raw bytes that one recording may hold."""
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)
"""How many proxies stand in front: which entry of X-Forwarded-For is the peer."""
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

DEMO_SITE = ""
"""Where the demo shop is, for links to it; `serve --demo` sets it."""
METRICS_TOKEN = env.text("METRICS_TOKEN")
"""Bearer token of the metrics; without one they are for this machine only."""
METRICS_PORT = env.number("METRICS_PORT", 0)
"""Where agents and workers serve theirs; the web serves /metrics."""

CELERY_BROKER_URL = REDIS_URL or "memory://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600} if REDIS_URL else {"polling_interval": 0.05}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# What is asked for again expires until then: while no worker runs, nothing piles up.
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "recordings.sweep", "schedule": 10.0, "options": {"expires": 10.0}},
    "prune": {"task": "recordings.prune", "schedule": 3600.0, "options": {"expires": 3600.0}},
}
