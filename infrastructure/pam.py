"""The Photo Asset Manager's client: its address, as parameters of the core stack.

Without an address the app client with the implicit flow does not exist, and S3 accepts no uploads from its origin.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

REMOVE = "no"
HOST = r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?"
# Cognito redirects to HTTPS and, "for testing purposes only", to http://localhost; never to a URL with a fragment.
ADDRESS = re.compile(rf"(?P<origin>https://{HOST}(:\d{{1,5}})?|http://localhost(:\d{{1,5}})?)(?P<path>/[^\s,?#\"\\]*)?")


def stack_parameters(address: str, current: Mapping[str, str]) -> dict[str, str]:
    """The core stack's parameters for this address; an empty one leaves the `current` parameters, `no` removes them.

    Sign-in and sign-out may redirect to the address with and without a trailing slash. Raises ValueError if it is not
    an HTTPS URL, or http://localhost.
    """
    if not address and current.get("PamOrigin"):
        return {name: current[name] for name in ("PamOrigin", "PamUrls")}
    if address in ("", REMOVE):
        return {"PamOrigin": ""}
    match = ADDRESS.fullmatch(address)
    if match is None:
        raise ValueError(
            f"Invalid PAM {address!r}: sign-in returns only to HTTPS or to http://localhost, without a query. "
            "Examples: https://pam.example.org, http://localhost:5173; `PAM=no` removes the client."
        )
    url = address.rstrip("/")
    return {"PamOrigin": match["origin"], "PamUrls": f"{url},{url}/"}


def client_url(parameters: Mapping[str, str]) -> str:
    """The client's URL without a trailing slash; empty if there is none."""
    return parameters.get("PamUrls", "").partition(",")[0] if parameters.get("PamOrigin") else ""


def environment(address: str, client_id: str, *, api_url: str, sign_in_url: str) -> dict[str, str]:
    """The environment variables that the client is built with; URLs without a trailing slash."""
    query = urlencode({"client_id": client_id, "response_type": "token", "scope": "openid profile"})
    redirect, logout = urlencode({"redirect_uri": address}), urlencode({"logout_uri": address})
    return {
        "VITE_API_GATEWAY_BASE_URL": f"{api_url}/",  # it appends the path without a slash
        "VITE_COGNITO_SIGN_IN_URL": f"{sign_in_url}/login?{query}&{redirect}",
        "VITE_COGNITO_SIGN_OUT_URL": f"{sign_in_url}/logout?client_id={client_id}&{logout}",
    }
