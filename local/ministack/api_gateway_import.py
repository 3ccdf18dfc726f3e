"""REST APIs from a document: what `chalice deploy` asks of API Gateway and MiniStack 1.5 answers with an empty API.

ImportRestApi and PutRestApi hand over the whole API as Swagger; UpdateRestApi patches with JSON pointers. The test that
deploys needs the three; the library of `make run` does not.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ministack.services import apigateway_v1 as gateway

Answer = tuple[int, Mapping[str, str], bytes]
Handle = Callable[[str, str, Mapping[str, str], bytes, Mapping[str, Any]], Awaitable[Answer]]


def importing(handle: Handle) -> Handle:
    """The gateway's own handler, with the three calls in front of it."""

    async def handler(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
    ) -> Answer:
        match method, [part for part in path.split("/") if part]:
            case "POST", ["restapis"] if "import" in query.get("mode", []):
                api_id = _imported(json.loads(body))
            case "PUT", ["restapis", api_id]:
                _overwrite(api_id, json.loads(body))
            case "PATCH", ["restapis", api_id]:
                operations = _patched(api_id, json.loads(body)["patchOperations"])
                return await handle(method, path, headers, json.dumps({"patchOperations": operations}).encode(), query)
            case _:
                return await handle(method, path, headers, body, query)
        return await handle("GET", f"/restapis/{api_id}", headers, b"", {})

    return handler


def _imported(document: dict[str, Any]) -> str:
    api_id: str = gateway._import_rest_api(document, {"binaryMediaTypes": _binary_types(document)})
    _answer_preflights(api_id, document)
    return api_id


def _overwrite(api_id: str, document: dict[str, Any]) -> None:
    gateway._rest_apis[api_id]["binaryMediaTypes"] = _binary_types(document)
    held = gateway._resources[api_id]
    root_id, root = next((key, resource) for key, resource in held.items() if resource["path"] == "/")
    gateway._resources[api_id] = {root_id: {**root, "resourceMethods": {}}}
    gateway._authorizers_v1[api_id] = {}
    schemes = gateway._import_security_schemes(api_id, document)
    for path, item in document["paths"].items():
        gateway._import_path_item(api_id, path, item, schemes, document.get("security"))
    _answer_preflights(api_id, document)


def _answer_preflights(api_id: str, document: dict[str, Any]) -> None:
    """Put in the mock answers of OPTIONS, which MiniStack's own import leaves out."""
    ids = {resource["path"]: key for key, resource in gateway._resources[api_id].items()}
    for path, item in document["paths"].items():
        for verb, operation in item.items():
            integration = operation.get("x-amazon-apigateway-integration", {})
            if integration.get("type") != "mock":
                continue
            at = (api_id, ids[path], verb.upper())
            gateway._put_integration(*at, {"type": "MOCK", "requestTemplates": integration.get("requestTemplates", {})})
            for answer in integration.get("responses", {}).values():
                parameters = answer.get("responseParameters", {})
                gateway._put_method_response(
                    *at, answer["statusCode"], {"responseParameters": dict.fromkeys(parameters, False)}
                )
                gateway._put_integration_response(
                    *at,
                    answer["statusCode"],
                    {"responseParameters": parameters, "responseTemplates": answer.get("responseTemplates", {})},
                )


def _patched(api_id: str, operations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Apply what MiniStack does not understand of a patch and return the rest."""
    api, rest = gateway._rest_apis[api_id], []
    for operation in operations:
        _, name, *pointer = operation["path"].split("/", 2)
        if name == "minimumCompressionSize":  # an empty value clears it
            rest.append({**operation, "value": int(operation["value"]) if operation.get("value") else None})
        elif name == "binaryMediaTypes" and pointer:
            kind = pointer[0].replace("~1", "/").replace("~0", "~")
            kept = [held for held in api["binaryMediaTypes"] if held != kind]
            api["binaryMediaTypes"] = kept if operation["op"] == "remove" else [*kept, operation.get("value") or kind]
        elif name != "endpointConfiguration":
            rest.append(operation)
    return rest


def _binary_types(document: Mapping[str, Any]) -> list[str]:
    return list(document.get("x-amazon-apigateway-binary-media-types", []))
