"""What the demo site answers with, before it becomes ASGI events."""

import json
from dataclasses import dataclass, field
from http import HTTPStatus

JSON_TYPE = "application/json"
HTML_TYPE = "text/html; charset=utf-8"
TEXT_TYPE = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Response:
    body: bytes
    content_type: str
    status: int = HTTPStatus.OK
    headers: dict[str, str] = field(default_factory=dict)
    "Beside Content-Type, Content-Length and Cache-Control, which every response has."


def json_response(data: object, status: int = HTTPStatus.OK, **headers: str) -> Response:
    return Response(json.dumps(data).encode(), JSON_TYPE, status, headers)


def problem(status: HTTPStatus, detail: str, **headers: str) -> Response:
    return json_response({"error": status.phrase, "detail": detail}, status, **headers)


def text_response(text: str, status: int = HTTPStatus.OK, **headers: str) -> Response:
    return Response(f"{text}\n".encode(), TEXT_TYPE, status, headers)
