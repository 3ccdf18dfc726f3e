"""The access that `local.services` configures by environment variables."""

from collections.abc import Mapping

from local.hosts import NAMES
from local.ministack.access.middleware import Access


def access_from_environment(environment: Mapping[str, str]) -> Access | None:
    """Keys, pages and limits; None if nothing is to be checked."""
    mode = environment["ACCESS"]
    if mode == "open":
        return None
    secrets = {environment["AWS_ACCESS_KEY_ID"]: environment["AWS_SECRET_ACCESS_KEY"]}
    provisioning_key_id, _, provisioning_secret = environment.get("PROVISIONING_KEY", "").partition(":")
    if provisioning_key_id:
        secrets[provisioning_key_id] = provisioning_secret
    page_port = environment["PAGE_PORT"]
    return Access(
        port=int(environment["GATEWAY_PORT"]),
        region=environment["AWS_REGION"],
        secrets=secrets,
        page_origins={f"http://{name}:{page_port}" for name in NAMES} if page_port else set(),
        provisioning_key_id=provisioning_key_id or None,
        restricted=mode == "library",
    )
