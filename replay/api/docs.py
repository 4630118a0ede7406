"""The API's reference page, written from its OpenAPI description. Needs no script and nothing from elsewhere."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase


class ReferencePage(DocsBase):
    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        schema = api.get_openapi_schema(path_params=kwargs)
        context = {
            "section": "account",
            "title": api.title,
            "version": api.version,
            "groups": groups(schema),
            "schemas": shapes(schema),
            "openapi_url": self.get_openapi_url(api, kwargs),
        }
        return render(request, "replay/api_docs.html", context)


def groups(schema: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Tag → operations, in the order of the routes."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            entry = {"method": method, "path": path, **_operation(operation)}
            found.setdefault(operation.get("tags", ["Other"])[0], []).append(entry)
    return list(found.items())


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": operation["operationId"],
        "summary": operation.get("summary", ""),
        "description": " ".join(operation.get("description", "").split()),
        "parameters": [_parameter(each) for each in operation.get("parameters", [])],
        "answers": [
            {"status": status, "text": answer.get("description", ""), "shape": _answer_shape(answer)}
            for status, answer in operation.get("responses", {}).items()
        ],
        "public": "security" not in operation,
    }


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    schema = parameter.get("schema", {})
    return {
        "name": parameter["name"],
        "where": parameter["in"],
        "required": parameter.get("required", False),
        "type": type_name(schema),
        "description": schema.get("description") or parameter.get("description", ""),
    }


def _answer_shape(answer: dict[str, Any]) -> str:
    content: dict[str, Any] = next(iter(answer.get("content", {}).values()), {})
    return type_name(content["schema"]) if "schema" in content else ""


def type_name(schema: dict[str, Any]) -> str:
    """A JSON schema in a few words: `string`, `RecordingOut`, `list of …`, `"a" or "b"`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " or ".join(type_name(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(f'"{each}"' for each in schema["enum"] if each != "")
    if schema.get("type") == "array":
        return f"list of {type_name(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "any")


def shapes(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The named shapes of the answers."""
    return [
        {
            "name": name,
            "description": " ".join(each.get("description", "").split()),
            "fields": [
                {"name": field, "type": type_name(of), "description": of.get("description", "")}
                for field, of in each.get("properties", {}).items()
            ],
        }
        for name, each in schema.get("components", {}).get("schemas", {}).items()
        if not name.endswith("Query")
    ]
