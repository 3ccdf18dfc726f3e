"""The deployment of a library to an AWS account, as a list of idempotent steps.

Each step compares what exists on AWS with what should exist and changes the difference; steps pass nothing to each
other. So an interrupted deployment continues when it is run again, and a complete one changes nothing.

1. **Core stack**: buckets, tables, user pool, queues and alarms, by a change set that the plan lists. What an
   earlier `make destroy` of this library retained is imported first. Then whether a second factor is required.
2. **Settings**: secrets are created once and never replaced; what the command chooses, such as `places`, is written.
3. **Owner**: the first user is invited by email; an existing owner stays. Functions cannot run before there is one.
4. **Vision layer**: what ingest needs to find labels by itself, published unless a version with these contents is.
5. **Functions**: the release, built in a separate folder, deployed by `chalice deploy` unless it is deployed already.
   If Chalice's state file is missing, it is rebuilt from AWS first. Then unused versions of the layer are deleted.
6. **API Gateway**: throttling, error responses in the API's format, and the access log. From here on, the library works
   without a page.
7. **Event sources**: partial batch responses, failure destinations, log retention.
8. **CDN**: CloudFront for page, API and images. It is a separate stack because it needs the API's id, and because
   some new accounts cannot use CloudFront yet.
9. **Page origin**: the core stack again, with the page's URL: for sign-in redirects, CORS and bucket access.
10. **Page**: built, configured and uploaded to its bucket.
"""

import shlex
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infrastructure import pam
from infrastructure.deploy import (
    access_logs,
    cdn,
    chalice_state,
    event_sources,
    gateway,
    labels,
    layer_contents,
    layers,
    package_size,
    page,
    preflight,
    release,
    resource_import,
    second_factor,
    settings,
    users,
)
from infrastructure.deploy.domain import UNCHANGED, Domain
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.settling import Sleep
from infrastructure.deploy.stack import NOT_CREATED, Stacks
from infrastructure.deploy.target import GATEWAY_STAGE, PROJECT, Target

TEMPLATE = PROJECT / "infrastructure" / "core.yaml"


@dataclass(frozen=True, slots=True)
class Deployment:
    """The deployment of one library."""

    target: Target
    email: str
    with_cdn: bool  # with CloudFront and therefore with the page
    report: Callable[[str], None]
    domain: Domain = UNCHANGED
    pam: str = ""  # address of the Photo Asset Manager's client; empty keeps the current one
    mfa: str = ""  # the second factor, `required` or `optional`; empty keeps the current choice
    metrics: str = ""  # basic or full; empty keeps the current choice
    labels: str = ""  # vision, rekognition or none; empty keeps the current choice
    choices: Mapping[str, str] = field(default_factory=dict)  # settings by name; an empty one keeps the current value
    sleep: Sleep = time.sleep

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """Names and values of the settings that this deployment changes."""
        return [(name, value) for name, value in self.choices.items() if value]

    @property
    def stacks(self) -> Stacks:
        """CloudFormation stacks of the target's region."""
        return Stacks(self.target.client("cloudformation"), self.sleep)

    @property
    def outputs(self) -> dict[str, str]:
        """Outputs of the core stack."""
        return self.stacks.outputs(self.target.stack_name)

    @property
    def api_id(self) -> str:
        """Id of the REST API."""
        api_id = chalice_state.api_id(self.target)
        if api_id is None:
            raise UserError("The REST API does not exist. Run this command again.")
        return api_id

    @property
    def page_url(self) -> str:
        """URL of the page without a trailing slash; "" if there is no page."""
        return self.stacks.outputs(self.target.cdn_stack_name).get("PageUrl", "")

    @property
    def api_url(self) -> str:
        """URL of the API without a trailing slash: on the page's origin, or API Gateway's own."""
        gateway_url = f"https://{self.api_id}.execute-api.{self.target.region}.amazonaws.com"
        return f"{self.page_url or gateway_url}/{GATEWAY_STAGE}"


@dataclass(frozen=True, slots=True)
class Step:
    """One idempotent step of the deployment."""

    name: str
    run: Callable[[Deployment], None]


def _deploy_core_stack(deployment: Deployment) -> None:
    name, parameters = deployment.target.stack_name, _parameters(deployment)
    if deployment.stacks.status(name) in NOT_CREATED and (retained := resource_import.find_retained(deployment.target)):
        deployment.stacks.discard_change_set(name)
        properties = resource_import.find_properties(deployment.target, retained)
        template = resource_import.import_template(TEMPLATE, retained, properties)
        resources = resource_import.resources_to_import(TEMPLATE, retained)
        deployment.stacks.import_resources(name, template, parameters, resources)
    if deployment.stacks.create_change_set(name, TEMPLATE, parameters):
        deployment.stacks.execute_change_set(name)
    second_factor.configure(deployment.target, deployment.outputs["UserPoolId"], deployment.mfa)


def _write_settings(deployment: Deployment) -> None:
    settings.create_secrets(deployment.target)
    for name, value in deployment.chosen:
        settings.write(deployment.target, name, value)


def _invite_owner(deployment: Deployment) -> None:
    users.ensure_owner(deployment.target, deployment.outputs["UserPoolId"], deployment.email)


def _publish_layer(deployment: Deployment) -> None:
    target, choice = deployment.target, labels.choose(deployment.target, deployment.labels)
    labels.keep(target, choice)
    if choice != labels.VISION or layers.find(target):
        return
    release.build(target, deployment.outputs, release.Options(choice))
    package = release.package(target)
    with tempfile.TemporaryDirectory(dir=target.builds_dir) as folder:
        contents = layer_contents.build(Path(folder))
        package_size.check(package, contents.unzipped_bytes)
        layers.publish(target, contents, deployment.outputs["BundlesBucket"])
        deployment.report(f"   uploaded {contents.path.stat().st_size / 1e6:.0f} MB")


def _deploy_functions(deployment: Deployment) -> None:
    target = deployment.target
    choice = labels.choose(target, deployment.labels)
    layer = layers.find(target) if choice == labels.VISION else None
    options = release.Options(choice, layer.arn if layer else "", release.reserved_concurrency(target))
    fingerprint = release.build(target, deployment.outputs, options)
    if not release.is_deployed(target, fingerprint):
        package_size.check(release.package(target), layer.unzipped_bytes if layer else 0)
        release.deploy(target)
        chalice_state.delete_other_apis(target)
        release.record_deployed(target, fingerprint)
    layers.delete_unused(target, layer)


def _configure_gateway(deployment: Deployment) -> None:
    gateway.configure(deployment.target, deployment.api_id, deployment.sleep)
    access_logs.configure(deployment.target, deployment.api_id, deployment.sleep)
    settings.write(deployment.target, "api-url", deployment.api_url)


def _configure_event_sources(deployment: Deployment) -> None:
    event_sources.configure(deployment.target, deployment.outputs["FailuresQueueArn"], deployment.sleep)


def _deploy_cdn(deployment: Deployment) -> None:
    if deployment.with_cdn:
        cdn.deploy(deployment.target, deployment.stacks, deployment.api_id, deployment.outputs, deployment.domain)
    settings.write(deployment.target, "api-url", deployment.api_url)
    if deployment.page_url:
        settings.write(deployment.target, "page-url", f"{deployment.page_url}/")


def _deploy_page(deployment: Deployment) -> None:
    if not deployment.page_url:
        return
    dist = deployment.target.build_dir / "page"
    page.build(dist)
    outputs = deployment.outputs
    config = page.build_config(deployment.target, outputs, deployment.page_url, deployment.api_url)
    uploaded = list(page.upload(deployment.target, outputs["PageBucket"], page.files(config, dist)))
    if uploaded:
        deployment.report(f"   uploaded {len(uploaded)} files")


STEPS = (
    Step("Core stack", _deploy_core_stack),
    Step("Settings", _write_settings),
    Step("Owner", _invite_owner),
    Step("Vision layer", _publish_layer),
    Step("Functions", _deploy_functions),
    Step("API Gateway", _configure_gateway),
    Step("Event sources", _configure_event_sources),
    Step("CDN", _deploy_cdn),
    Step("Page origin", _deploy_core_stack),
    Step("Page", _deploy_page),
)


def check(deployment: Deployment) -> None:
    """Raise UserError if the deployment cannot succeed; changes nothing."""
    preflight.check_stacks(deployment.target)
    preflight.check_names(deployment.target)
    if deployment.stacks.status(deployment.target.stack_name) in NOT_CREATED:
        resource_import.find_retained(deployment.target)  # raises if a bucket belongs to another account
    deployment.domain.parameters(deployment.stacks.parameters(deployment.target.cdn_stack_name))
    _parameters(deployment)  # raises if PAM is invalid
    second_factor.check(deployment.mfa)
    if not users.has_owner(deployment.target):
        users.check_email(deployment.email)


def plan(deployment: Deployment) -> list[str]:
    """The planned changes, one line each."""
    target = deployment.target
    concurrency = release.reserved_concurrency(target)
    lines = [*_plan_core_stack(deployment), *_plan_functions(deployment, concurrency)]
    if deployment.with_cdn:
        lines.append(f"page: {_plan_cdn(deployment)}")
    else:
        lines.append("page: none (CDN=no); the API has its own URL")
    if deployment.mfa:
        lines.append(f"second factor: {deployment.mfa}")
    lines += (f"{name}: {value}" for name, value in deployment.chosen)
    lines += access_logs.plan(target)
    if concurrency is None:
        lines.append(f"account: {release.concurrency_note(target)}")
    lines.append("owner: " + ("unchanged" if users.has_owner(target) else f"invite {deployment.email}"))
    return lines


def _plan_functions(deployment: Deployment, concurrency: int | None) -> list[str]:
    target, choice = deployment.target, labels.choose(deployment.target, deployment.labels)
    layer = layers.find(target) if choice == labels.VISION else None
    needs_layer = choice == labels.VISION and layer is None
    line = f"labels: {choice}" + (f", with a new layer {layers.name(target)} (53 MB to upload)" if needs_layer else "")
    if not deployment.outputs:
        functions = [release.function_name(target, handler) for handler in release.handlers()]
        return [f"functions: create {', '.join(functions)}", line]
    options = release.Options(choice, layer.arn if layer else "", concurrency)
    fingerprint = release.build(target, deployment.outputs, options)
    unchanged = release.is_deployed(target, fingerprint)
    return [f"functions: {'unchanged' if unchanged else f'deploy release {fingerprint}'}", line]


def _plan_cdn(deployment: Deployment) -> str:
    current = deployment.stacks.parameters(deployment.target.cdn_stack_name)
    domain = deployment.domain.parameters(current)["Domain"]
    if not deployment.page_url:
        return f"create{f' at https://{domain}' if domain else ''} (CloudFront takes about five minutes)"
    if domain == current.get("Domain", ""):
        return deployment.page_url
    return f"move from {deployment.page_url} to {f'https://{domain}' if domain else 'its CloudFront domain'}"


def _plan_core_stack(deployment: Deployment) -> list[str]:
    name, stacks = deployment.target.stack_name, deployment.stacks
    if stacks.status(name) in NOT_CREATED and (retained := resource_import.find_retained(deployment.target)):
        # Without a change set: CloudFormation would refuse to create resources that exist.
        imports = [f"   import {each} ({', '.join(identifier.values())})" for each, identifier in retained.items()]
        return [f"stack {name}: create, import retained resources", *imports]
    is_new = not deployment.outputs
    changes = stacks.create_change_set(name, TEMPLATE, _parameters(deployment))
    if is_new:
        return [f"stack {name}: create, {len(changes)} resources"]
    if not changes:
        return [f"stack {name}: unchanged"]
    return [f"stack {name}: {len(changes)} changes", *(f"   {change}" for change in changes)]


def run(deployment: Deployment, steps: Iterable[Step] = STEPS) -> None:
    """Run the steps in order; raises UserError."""
    for number, step in enumerate(steps, 1):
        deployment.report(f"{number}/{len(STEPS)} {step.name}")
        step.run(deployment)


def summary(deployment: Deployment) -> list[str]:
    """URLs of the deployed library and the next step, one line each."""
    lines = [f"page   {deployment.page_url}/"] if deployment.page_url else []
    cdn_outputs = deployment.stacks.outputs(deployment.target.cdn_stack_name)
    if cdn_outputs and (distribution := cdn_outputs["PageDomainName"]) not in deployment.page_url:
        lines.append(f"DNS    {deployment.page_url.removeprefix('https://')} CNAME {distribution}")
    lines.append(f"API    {deployment.api_url}")
    lines.append(f"bucket s3://{deployment.outputs['OriginalsBucket']}")
    if client_id := deployment.outputs.get("PamClientId"):
        url = pam.client_url(deployment.stacks.parameters(deployment.target.stack_name))
        sign_in_url = page.sign_in_url(deployment.target, deployment.outputs)
        variables = pam.environment(url, client_id, api_url=deployment.api_url, sign_in_url=sign_in_url)
        lines.append("PAM    build the Photo Asset Manager's client with:")
        lines += [f"       {name}={shlex.quote(value)}" for name, value in variables.items()]
    upload = "drop a photo on the page" if deployment.page_url else "copy a photo into the bucket"
    lines.append(f"Next: open the invitation in your email (check the spam folder), sign in, and {upload}.")
    return lines


def _parameters(deployment: Deployment) -> dict[str, Any]:
    """Parameters of the core stack; those of the page are added once it has a URL. Raises UserError."""
    target = deployment.target
    current = deployment.stacks.parameters(target.stack_name)
    parameters = {
        "Stage": target.stage,
        "AlarmEmail": deployment.email or current.get("AlarmEmail", ""),
        "Metrics": deployment.metrics or current.get("Metrics", "basic"),
    }
    try:
        parameters |= pam.stack_parameters(deployment.pam, current)
    except ValueError as error:
        raise UserError(str(error)) from error
    cdn_outputs = deployment.stacks.outputs(target.cdn_stack_name)
    if cdn_outputs:
        parameters |= {
            "PageOrigins": cdn_outputs["PageUrl"],
            "PageUrls": f"{cdn_outputs['PageUrl']}/",
            "PageDistribution": cdn_outputs["PageDistribution"],
            "ImagesDistribution": cdn_outputs["ImagesDistribution"],
        }
    return parameters
