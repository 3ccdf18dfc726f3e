"""The deployment, from an empty account to a library with a page, in stages.

Each stage asks AWS what is there and does what is missing; none hands anything to the next but what stands there. So a
deployment that broke off anywhere is taken up by running it again, and one that is complete changes nothing.

1. **Stack**: what lasts (buckets, tables, pool, queues, alarms), by a change set that was shown before; what a library
   of this name has kept at its end is taken over first.
2. **Secrets**: made once and never replaced.
3. **Functions**: the release, put together in a folder of its own, by `chalice deploy`; Chalice's record of a run that
   broke off is written anew first. A release that stands there is not deployed again.
4. **Gateway**: throttling, and refusals in the API's one shape.
5. **Triggers**: partial batches, dead letters, retention of logs.
6. **Address**: CloudFront before the page, the API and the images; a stack of its own, for it must know the API, which
   Chalice makes, and what lasts shall not hang on whether an account may have CloudFront yet.
7. **Opening**: the first stack once more, now that the page's address is known: sign-in leads back to it, the buckets
   know it, and CloudFront may read them.
8. **Owner**: the first account, who is sent an invitation; a library that has an owner keeps them.
9. **Page**: built, told of its library, and put into its bucket.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from infrastructure.deploy import (
    cdn,
    chalice_state,
    event_sources,
    gateway,
    page,
    preflight,
    release,
    resource_import,
    settings,
    users,
)
from infrastructure.deploy.domain import UNSAID, Domain
from infrastructure.deploy.errors import Problem
from infrastructure.deploy.stack import NEW, Stacks
from infrastructure.deploy.target import GATEWAY_STAGE, PROJECT, Place

TEMPLATE = PROJECT / "infrastructure" / "core.yaml"


@dataclass(frozen=True, slots=True)
class Deployment:
    """One library that is being deployed."""

    place: Place
    email: str
    address: bool  # with CloudFront, and so with a page
    say: Callable[[str], None]
    domain: Domain = UNSAID

    @property
    def stacks(self) -> Stacks:
        """The stacks of its region."""
        return Stacks(self.place.client("cloudformation"))

    @property
    def outputs(self) -> dict[str, str]:
        """What the first stack made."""
        return self.stacks.outputs(self.place.stack)

    @property
    def api(self) -> str:
        """The API's id."""
        found = chalice_state.api_id(self.place)
        if found is None:
            raise Problem("There is no API yet. Run this again.")
        return found

    @property
    def page_address(self) -> str:
        """Where the page is, without a slash at its end; "" where it has no address."""
        return self.stacks.outputs(self.place.cdn_stack).get("PageAddress", "")

    @property
    def api_address(self) -> str:
        """Where the API is, without a slash at its end: behind the page's address, or its own."""
        own = f"https://{self.api}.execute-api.{self.place.region}.amazonaws.com"
        return f"{self.page_address or own}/{GATEWAY_STAGE}"


@dataclass(frozen=True, slots=True)
class Stage:
    """A named piece of the work, which may be done again at any time."""

    name: str
    do: Callable[[Deployment], None]


def _stack(deployment: Deployment) -> None:
    place = deployment.place
    if deployment.stacks.status(place.stack) in NEW and (kept := resource_import.kept(place)):
        deployment.stacks.forget(place.stack)
        only, resources = resource_import.template_of(TEMPLATE, kept), resource_import.to_import(TEMPLATE, kept)
        deployment.stacks.take_over(place.stack, only, _told(deployment), resources)
    if deployment.stacks.prepare(place.stack, TEMPLATE, _told(deployment)):
        deployment.stacks.execute(place.stack)


def _secrets(deployment: Deployment) -> None:
    settings.make_secrets(deployment.place)


def _functions(deployment: Deployment) -> None:
    place = deployment.place
    reserved = release.reserved(place)
    if reserved is None:
        deployment.say("   Note: this account's quota leaves no concurrency to reserve for ingest: functions share it.")
    fingerprint = release.build(place, deployment.outputs, reserved)
    if release.deployed(place, fingerprint):
        return
    release.deploy(place)
    chalice_state.remove_others(place)
    release.done(place, fingerprint)


def _gateway(deployment: Deployment) -> None:
    gateway.settle(deployment.place, deployment.api)


def _triggers(deployment: Deployment) -> None:
    event_sources.settle(deployment.place, deployment.outputs["FailuresQueueArn"])


def _address(deployment: Deployment) -> None:
    if deployment.address:
        cdn.settle(deployment.place, deployment.stacks, deployment.api, deployment.outputs, deployment.domain)
    settings.write(deployment.place, "api-url", deployment.api_address)


def _owner(deployment: Deployment) -> None:
    users.make_owner(deployment.place, deployment.outputs["UserPoolId"], deployment.email)


def _page(deployment: Deployment) -> None:
    if not deployment.page_address:
        return
    built = deployment.place.building / "page"
    page.build(built)
    outputs = deployment.outputs
    told = page.config(deployment.place, outputs, deployment.page_address, deployment.api_address)
    sent = list(page.put(deployment.place, outputs["PageBucket"], page.files(told, built)))
    if sent:
        deployment.say(f"   {len(sent)} files of the page")


STAGES = (
    Stage("Stack", _stack),
    Stage("Secrets", _secrets),
    Stage("Functions", _functions),
    Stage("Gateway", _gateway),
    Stage("Triggers", _triggers),
    Stage("Address", _address),
    Stage("Opening", _stack),
    Stage("Owner", _owner),
    Stage("Page", _page),
)


def check(deployment: Deployment) -> None:
    """Raise Problem where this cannot come to a good end; nothing is touched."""
    preflight.stacks(deployment.place)
    preflight.names(deployment.place)
    if deployment.stacks.status(deployment.place.stack) in NEW:
        resource_import.kept(deployment.place)  # it raises where what it would take over is another's
    deployment.domain.parameters(deployment.stacks.parameters(deployment.place.cdn_stack))
    if not users.has_owner(deployment.place):
        users.check(deployment.email)


def plan(deployment: Deployment) -> list[str]:
    """What is there and what will change, a line each."""
    place = deployment.place
    lines = _planned_stack(deployment)
    if deployment.outputs:
        fingerprint = release.build(place, deployment.outputs, release.reserved(place))
        unchanged = release.deployed(place, fingerprint)
        lines.append(f"functions: {'unchanged' if unchanged else f'release {fingerprint}'}")
    else:
        lines.append(f"functions: create {', '.join(release.function_name(place, one) for one in release.handlers())}")
    if deployment.address:
        lines.append(f"address: {_planned_address(deployment)}")
    else:
        lines.append("address: none (CDN=no), and so no page; the API has one of its own")
    lines.append("owner: " + ("stays" if users.has_owner(place) else f"invite {deployment.email}"))
    return lines


def _planned_address(deployment: Deployment) -> str:
    held = deployment.stacks.parameters(deployment.place.cdn_stack)
    name = deployment.domain.parameters(held)["Domain"]
    if not deployment.page_address:
        return f"create{f' for {name}' if name else ''} (CloudFront takes about five minutes)"
    if name == held.get("Domain", ""):
        return deployment.page_address
    return f"{deployment.page_address} becomes {f'https://{name}' if name else 'one of CloudFront again'}"


def _planned_stack(deployment: Deployment) -> list[str]:
    name, stacks = deployment.place.stack, deployment.stacks
    if stacks.status(name) in NEW and (kept := resource_import.kept(deployment.place)):
        # No change set tells this: CloudFormation refuses to make what is there.
        taken = [f"   take over {one} ({', '.join(identifier.values())})" for one, identifier in kept.items()]
        return [f"stack {name}: create, with what was kept", *taken]
    new = not deployment.outputs
    changes = stacks.prepare(name, TEMPLATE, _told(deployment))
    if new:
        return [f"stack {name}: create, {len(changes)} resources"]
    if not changes:
        return [f"stack {name}: unchanged"]
    return [f"stack {name}: {len(changes)} changes", *(f"   {change}" for change in changes)]


def run(deployment: Deployment, stages: Iterable[Stage] = STAGES) -> None:
    """Do every stage in its turn; raises Problem with what a person can do."""
    for number, stage in enumerate(stages, 1):
        deployment.say(f"{number}/{len(STAGES)} {stage.name}")
        stage.do(deployment)


def summary(deployment: Deployment) -> list[str]:
    """What there is now, and what to do next."""
    lines = [f"page   {deployment.page_address}/"] if deployment.page_address else []
    address = deployment.stacks.outputs(deployment.place.cdn_stack)
    if address and (target := address["PageTarget"]) not in deployment.page_address:
        lines.append(f"DNS    {deployment.page_address.removeprefix('https://')} CNAME {target}")
    lines.append(f"API    {deployment.api_address}")
    lines.append(f"bucket s3://{deployment.outputs['OriginalsBucket']}")
    if deployment.page_address:
        lines.append("Next: follow the invitation in your mail (look into spam too), and drop a photo on the page.")
    else:
        lines.append("Next: follow the invitation in your mail, and copy a photo into the bucket.")
    return lines


def _told(deployment: Deployment) -> dict[str, Any]:
    """What the first stack is told: its stage, whom alarms tell, and the page's address as soon as there is one."""
    place = deployment.place
    alarms = deployment.email or deployment.stacks.parameters(place.stack).get("AlarmEmail", "")
    told = {"Stage": place.stage, "AlarmEmail": alarms}
    address = deployment.stacks.outputs(place.cdn_stack)
    if address:
        told |= {
            "PageOrigins": address["PageAddress"],
            "PageAddresses": f"{address['PageAddress']}/",
            "PageDistribution": address["PageDistribution"],
            "ImagesDistribution": address["ImagesDistribution"],
        }
    return told
