import botocore.loaders
import pytest

from local.ministack.content_types import METADATA, patch_service_model


@pytest.mark.parametrize("service", METADATA)
def test_metadata_are_those_of_the_model(service: str) -> None:
    model = botocore.loaders.Loader().load_service_model(service, "service-2")
    for name in ("protocol", "jsonVersion"):
        assert METADATA[service].get(name) == model["metadata"].get(name)


def test_other_services_have_their_own_model() -> None:
    service_model = patch_service_model(lambda service: f"the model of {service}")
    assert service_model("ecs") == "the model of ecs"
    assert service_model("sqs").metadata == METADATA["sqs"]
