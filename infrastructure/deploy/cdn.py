"""The address: CloudFront in its own stack, and the key that image URLs are signed with.

Public keys stand in two places of the key group. One signs; a new one goes into the other place first and is used only
when CloudFront knows it, so that no URL is ever refused. The private key and CloudFront's id of it are one setting:
they change in one moment.
"""

from collections.abc import Mapping

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from infrastructure.deploy import settings
from infrastructure.deploy.domain import Domain
from infrastructure.deploy.errors import Problem
from infrastructure.deploy.stack import Stacks
from infrastructure.deploy.target import PROJECT, Place

TEMPLATE = PROJECT / "infrastructure" / "cdn.yaml"
PLACES = ("FirstKey", "SecondKey")
KEY_BITS = 2048  # the size that CloudFront takes
SETTING = "image-key"


def settle(place: Place, stacks: Stacks, api: str, outputs: Mapping[str, str], domain: Domain) -> None:
    """Bring the stack to what the template says, and let images be signed for it."""
    told = {
        "Stage": place.stage,
        "ApiId": api,
        "SignInDomain": outputs["SignInDomain"],
        **{name: outputs[name] for name in ("PageBucket", "DerivativesBucket", "OriginalsBucket")},
        **domain.parameters(stacks.parameters(place.cdn_stack)),
    }
    key = _signing(place)
    if key is None:
        _change_keys(place, stacks, told)
    else:
        _apply(place, stacks, told | _keys(place, stacks))
    settings.write(place, "image-base-url", stacks.outputs(place.cdn_stack)["ImagesAddress"])


def rotate(place: Place, stacks: Stacks) -> None:
    """Sign with a new key from now on; the one before stays valid until the next time."""
    told = {name: value for name, value in stacks.parameters(place.cdn_stack).items() if name not in PLACES}
    if not told:
        raise Problem(f"The library {place.stack} has no address, so no key signs its images: deploy it first.")
    _change_keys(place, stacks, told)


def free_place(taken: Mapping[str, str], signing: str | None) -> str:
    """Where a new public key goes: an empty place, else the one whose key does not sign."""
    for name in PLACES:
        if not taken.get(name):
            return name
    return next(name for name in PLACES if taken[name].strip() != (signing or "").strip())


def _change_keys(place: Place, stacks: Stacks, told: Mapping[str, str]) -> None:
    """Make a key, have CloudFront know it, and then sign with it."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    keys = _keys(place, stacks)
    free = free_place(keys, _signing(place))
    if keys[free]:  # CloudFront changes no key that it knows
        keys[free] = ""
        _apply(place, stacks, {**told, **keys})
    keys[free] = _public(private)
    _apply(place, stacks, {**told, **keys})
    known_as = stacks.outputs(place.cdn_stack)[f"{free}Id"]
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    settings.write(place, SETTING, f"{known_as}\n{pem.decode()}", secret=True)


def _apply(place: Place, stacks: Stacks, told: Mapping[str, str]) -> None:
    if stacks.prepare(place.cdn_stack, TEMPLATE, told):
        stacks.execute(place.cdn_stack)


def _keys(place: Place, stacks: Stacks) -> dict[str, str]:
    held = stacks.parameters(place.cdn_stack)
    return {name: held.get(name, "") for name in PLACES}


def _signing(place: Place) -> str | None:
    """The public key of the one that signs now; None before the first."""
    held = settings.read(place.client("ssm"), place.parameter(SETTING))
    if not held:
        return None
    private = serialization.load_pem_private_key(held.partition("\n")[2].encode(), password=None)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise TypeError(f"{SETTING} holds no RSA key")
    return _public(private)


def _public(private: rsa.RSAPrivateKey) -> str:
    told = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return told.decode()
