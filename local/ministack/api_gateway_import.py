"""API Gateway: ImportRestApi, PutRestApi and UpdateRestApi, which `chalice deploy` uses and MiniStack 1.5 ignores.

ImportRestApi and PutRestApi take the whole API as Swagger; UpdateRestApi takes patches with JSON pointers. Only the
deployment tests need these three; `make run` does not.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ministack.services import apigateway_v1 as gateway

Response = tuple[int, Mapping[str, str], bytes]
Handle = Callable[[str, str, Mapping[str, str], bytes, Mapping[str, Any]], Awaitable[Response]]


def patch_handle_request(handle: Handle) -> Handle:
    """MiniStack's handler, extended by the three operations."""

    async def handler(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
    ) -> Response:
        match method, [part for part in path.split("/") if part]:
            case "POST", ["restapis"] if "import" in query.get("mode", []):
                api_id = _import_api(json.loads(body))
            case "PUT", ["restapis", api_id]:
                _overwrite(api_id, json.loads(body))
            case "PATCH", ["restapis", api_id]:
                operations = _apply_patch(api_id, json.loads(body)["patchOperations"])
                return await handle(method, path, headers, json.dumps({"patchOperations": operations}).encode(), query)
            case _:
                return await handle(method, path, headers, body, query)
        return await handle("GET", f"/restapis/{api_id}", headers, b"", {})

    return handler


def _import_api(document: dict[str, Any]) -> str:
    api_id: str = gateway._import_rest_api(document, {"binaryMediaTypes": _binary_types(document)})
    _add_mock_responses(api_id, document)
    return api_id


def _overwrite(api_id: str, document: dict[str, Any]) -> None:
    gateway._rest_apis[api_id]["binaryMediaTypes"] = _binary_types(document)
    resources = gateway._resources[api_id]
    root_id, root = next((key, resource) for key, resource in resources.items() if resource["path"] == "/")
    gateway._resources[api_id] = {root_id: {**root, "resourceMethods": {}}}
    gateway._authorizers_v1[api_id] = {}
    schemes = gateway._import_security_schemes(api_id, document)
    for path, item in document["paths"].items():
        gateway._import_path_item(api_id, path, item, schemes, document.get("security"))
    _add_mock_responses(api_id, document)


def _add_mock_responses(api_id: str, document: dict[str, Any]) -> None:
    """Add the mock integrations of OPTIONS, which MiniStack's import omits."""
    ids = {resource["path"]: key for key, resource in gateway._resources[api_id].items()}
    for path, item in document["paths"].items():
        for verb, operation in item.items():
            integration = operation.get("x-amazon-apigateway-integration", {})
            if integration.get("type") != "mock":
                continue
            method = (api_id, ids[path], verb.upper())
            gateway._put_integration(
                *method, {"type": "MOCK", "requestTemplates": integration.get("requestTemplates", {})}
            )
            for response in integration.get("responses", {}).values():
                parameters = response.get("responseParameters", {})
                gateway._put_method_response(
                    *method, response["statusCode"], {"responseParameters": dict.fromkeys(parameters, False)}
                )
                gateway._put_integration_response(
                    *method,
                    response["statusCode"],
                    {"responseParameters": parameters, "responseTemplates": response.get("responseTemplates", {})},
                )


def _apply_patch(api_id: str, operations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Apply the operations that MiniStack does not support and return the others."""
    api, others = gateway._rest_apis[api_id], []
    for operation in operations:
        _, name, *pointer = operation["path"].split("/", 2)
        if name == "minimumCompressionSize":  # an empty value clears it
            others.append({**operation, "value": int(operation["value"]) if operation.get("value") else None})
        elif name == "binaryMediaTypes" and pointer:
            media_type = pointer[0].replace("~1", "/").replace("~0", "~")
            types = [each for each in api["binaryMediaTypes"] if each != media_type]
            if operation["op"] != "remove":
                types.append(operation.get("value") or media_type)
            api["binaryMediaTypes"] = types
        elif name != "endpointConfiguration":
            others.append(operation)
    return others


def _binary_types(document: Mapping[str, Any]) -> list[str]:
    return list(document.get("x-amazon-apigateway-binary-media-types", []))
