"""CloudFront in its own stack, and the key that signs image URLs.

The key group has two slots for public keys. A new key goes into the slot that is not in use and signs only once every
edge knows it, so that every signed URL is valid: its name is also in the distribution's comment, so the distribution is
deployed again with the key group, and the key signs when the distribution's status is `Deployed`. CloudFront neither
changes a key or its name nor takes the name for another, so names are derived from the key, and a key keeps the name
that it has. The private key and its CloudFront id are one setting, so both change at once.
"""

import hashlib
from collections.abc import Mapping

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from infrastructure.deploy import settings
from infrastructure.deploy.domain import Domain
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.stack import Stacks
from infrastructure.deploy.target import PROJECT, Target

TEMPLATE = PROJECT / "infrastructure" / "cdn.yaml"
KEY_SLOTS = ("FirstKey", "SecondKey")
# Keys of stacks without parameters for names: these were the names, whatever the key.
FIXED_NAMES = {"FirstKey": "first", "SecondKey": "second"}
KEY_BITS = 2048  # required by CloudFront
SIGNING_KEY_SETTING = "image-key"
WAIT = {"Delay": 20, "MaxAttempts": 90}  # half an hour; a change of a distribution takes a few minutes


def deploy(target: Target, stacks: Stacks, api_id: str, outputs: Mapping[str, str], domain: Domain) -> None:
    """Create or update the stack, create a signing key unless the stack has the current one, and write the base URL."""
    parameters = {
        "Stage": target.stage,
        "ApiId": api_id,
        "SignInDomain": outputs["SignInDomain"],
        **{name: outputs[name] for name in ("PageBucket", "DerivativesBucket", "OriginalsBucket")},
        **domain.parameters(stacks.parameters(target.cdn_stack_name)),
    }
    keys = _slot_keys(target, stacks)
    if key_name(_current_public_key(target)) in {key_name(key) for key in keys.values() if key}:
        _deploy_stack(target, stacks, parameters, keys)
    else:
        _deploy_new_key(target, stacks, parameters)
    settings.write(target, "image-base-url", stacks.outputs(target.cdn_stack_name)["ImagesUrl"])


def rotate(target: Target, stacks: Stacks) -> None:
    """Sign with a new key; the previous key stays valid until the next rotation."""
    current = stacks.parameters(target.cdn_stack_name)
    parameters = {name: value for name, value in current.items() if not name.startswith(KEY_SLOTS)}
    if not parameters:
        raise UserError(
            f"Library {target.stage} has no CloudFront distribution, so there is no key to rotate: "
            f"run `make deploy STAGE={target.stage}` first."
        )
    _deploy_new_key(target, stacks, parameters)


def free_slot(keys: Mapping[str, str], current_key: str) -> str:
    """The slot for a new public key: an empty one, else the one whose key does not sign."""
    for name in KEY_SLOTS:
        if not keys.get(name):
            return name
    return next(name for name in KEY_SLOTS if keys[name].strip() != current_key.strip())


def key_name(public_key: str) -> str:
    """The name of a public key, PEM, which no other key has; "" for an empty slot."""
    key = public_key.strip()
    return hashlib.sha256(key.encode()).hexdigest()[:16] if key else ""


def _deploy_new_key(target: Target, stacks: Stacks, parameters: Mapping[str, str]) -> None:
    """Create a key pair, deploy the public key, then store the private key for signing."""
    private_key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    keys = _slot_keys(target, stacks)
    slot = free_slot(keys, _current_public_key(target))
    if keys[slot]:  # CloudFront public keys are immutable: delete the old one first
        keys[slot] = ""
        _deploy_stack(target, stacks, parameters, keys)
    keys[slot] = _public_pem(private_key)
    _deploy_stack(target, stacks, parameters, keys)
    outputs = stacks.outputs(target.cdn_stack_name)
    _wait_until_deployed(target, outputs["ImagesDistribution"])
    pem = private_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    settings.write(target, SIGNING_KEY_SETTING, f"{outputs[f'{slot}Id']}\n{pem.decode()}", secret=True)


def _deploy_stack(target: Target, stacks: Stacks, parameters: Mapping[str, str], keys: Mapping[str, str]) -> None:
    current = stacks.parameters(target.cdn_stack_name)
    names = {f"{slot}Name": _slot_name(current, slot, key) for slot, key in keys.items()}
    if stacks.create_change_set(target.cdn_stack_name, TEMPLATE, {**parameters, **keys, **names}):
        stacks.execute_change_set(target.cdn_stack_name)


def _slot_name(current: Mapping[str, str], slot: str, key: str) -> str:
    """The name of the key in a slot: for the key that the stack has there, its name; else the key's own."""
    if key and key == current.get(slot):
        return current.get(f"{slot}Name", FIXED_NAMES[slot])
    return key_name(key)


def _wait_until_deployed(target: Target, distribution: str) -> None:
    """Wait until every edge has the distribution's configuration; raises WaiterError."""
    target.client("cloudfront").get_waiter("distribution_deployed").wait(Id=distribution, WaiterConfig=WAIT)


def _slot_keys(target: Target, stacks: Stacks) -> dict[str, str]:
    parameters = stacks.parameters(target.cdn_stack_name)
    return {name: parameters.get(name, "") for name in KEY_SLOTS}


def _current_public_key(target: Target) -> str:
    """The public key, PEM, of the current signing key; "" if the setting holds none."""
    value = settings.read(target.client("ssm"), target.parameter_name(SIGNING_KEY_SETTING))
    try:
        private_key = serialization.load_pem_private_key(value.partition("\n")[2].encode(), password=None)
    except ValueError:  # nothing, or something written by hand
        return ""
    return _public_pem(private_key) if isinstance(private_key, rsa.RSAPrivateKey) else ""


def _public_pem(private_key: rsa.RSAPrivateKey) -> str:
    pem = private_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem.decode()
