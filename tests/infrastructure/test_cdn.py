"""The CDN template: one origin for page and API, signed URLs for images, and security headers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from chalicelib.aws import content_disposition
from infrastructure.deploy.cdn import free_slot
from infrastructure.deploy.target import GATEWAY_STAGE
from tests.fakes import cloudfront
from tests.infrastructure.templates import read_template

TEMPLATE: Mapping[str, Any] = read_template(Path(__file__).parents[2] / "infrastructure" / "cdn.yaml")
RESOURCES, OUTPUTS = TEMPLATE["Resources"], TEMPLATE["Outputs"]
PAGE = RESOURCES["PageDistribution"]["Properties"]["DistributionConfig"]
IMAGES = RESOURCES["ImagesDistribution"]["Properties"]["DistributionConfig"]
(API,) = PAGE["CacheBehaviors"]


def headers(name: str) -> dict[str, Any]:
    """A response headers policy."""
    policy: dict[str, Any] = RESOURCES[name]["Properties"]["ResponseHeadersPolicyConfig"]
    return policy


def cache(name: str) -> dict[str, Any]:
    """A cache policy."""
    policy: dict[str, Any] = RESOURCES[name]["Properties"]["CachePolicyConfig"]
    return policy


class TestApi:
    def test_is_on_page_origin_below_its_stage_name(self) -> None:
        assert API["PathPattern"] == f"/{GATEWAY_STAGE}/*"
        (origin,) = [origin for origin in PAGE["Origins"] if origin["Id"] == API["TargetOriginId"]]
        assert "OriginPath" not in origin
        assert origin["DomainName"] == {"!Sub": "${ApiId}.execute-api.${AWS::Region}.${AWS::URLSuffix}"}
        assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"

    def test_forwards_all_methods_and_query_strings(self) -> None:
        assert set(API["AllowedMethods"]) == {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"}
        policy = cache("ApiCache")["ParametersInCacheKeyAndForwardedToOrigin"]
        assert policy["QueryStringsConfig"] == {"QueryStringBehavior": "all"}

    def test_cache_key_includes_authorization(self) -> None:
        policy = cache("ApiCache")["ParametersInCacheKeyAndForwardedToOrigin"]
        assert set(policy["HeadersConfig"]["Headers"]) == {"Authorization", "Accept"}  # as its Vary says

    def test_cache_lifetime_follows_cache_control(self) -> None:
        assert (cache("ApiCache")["MinTTL"], cache("ApiCache")["DefaultTTL"]) == (0, 0)

    def test_sets_its_own_cors_headers(self) -> None:
        assert "CorsConfig" not in headers("ApiHeaders")


class TestCustomDomain:
    def test_applies_to_page_with_certificate_and_modern_tls(self) -> None:
        assert PAGE["Aliases"] == {"!If": ["HasDomain", [{"!Ref": "Domain"}], {"!Ref": "AWS::NoValue"}]}
        condition, certificate, otherwise = PAGE["ViewerCertificate"]["!If"]
        assert (condition, otherwise) == ("HasDomain", {"!Ref": "AWS::NoValue"})
        assert (certificate["AcmCertificateArn"], certificate["SslSupportMethod"]) == (
            {"!Ref": "Certificate"},
            "sni-only",
        )
        assert certificate["MinimumProtocolVersion"] == "TLSv1.2_2021"
        assert "Aliases" not in IMAGES

    def test_is_page_address_in_outputs(self) -> None:
        condition, custom, default = OUTPUTS["PageUrl"]["Value"]["!If"]
        assert (condition, custom) == ("HasDomain", {"!Sub": "https://${Domain}"})
        assert default == {"!Sub": f"https://${{{OUTPUTS['PageDomainName']['Value']['!GetAtt']}}}"}


class TestImages:
    def test_require_signed_url(self) -> None:
        assert IMAGES["DefaultCacheBehavior"]["TrustedKeyGroups"] == [{"!Ref": "ImageKeyGroup"}]
        assert "CacheBehaviors" not in IMAGES

    def test_cache_key_excludes_signature(self) -> None:
        policy = cache("ImagesCache")["ParametersInCacheKeyAndForwardedToOrigin"]
        assert policy["HeadersConfig"] == {"HeaderBehavior": "none"}
        assert cache("ImagesCache")["MinTTL"] == 3600

    def test_forward_only_content_disposition(self) -> None:
        policy = cache("ImagesCache")["ParametersInCacheKeyAndForwardedToOrigin"]
        assert policy["QueryStringsConfig"] == {
            "QueryStringBehavior": "whitelist",
            "QueryStrings": list(cloudfront.FORWARDED_PARAMETERS),
        }
        assert cloudfront.FORWARDED_PARAMETERS == (content_disposition.PARAMETER,)

    def test_are_sandboxed(self) -> None:
        policy = headers("ImagesHeaders")["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]
        assert "sandbox" in policy.split("; ")


@pytest.mark.parametrize("distribution", [PAGE, IMAGES], ids=["page", "images"])
class TestDistributions:
    def test_log_no_requests(self, distribution: Mapping[str, Any]) -> None:
        assert "Logging" not in distribution  # paths hold the tokens of links

    def test_sign_requests_to_buckets(self, distribution: Any) -> None:
        buckets = [origin for origin in distribution["Origins"] if "S3OriginConfig" in origin]
        assert [origin["OriginAccessControlId"] for origin in buckets] == [{"!GetAtt": "OriginAccess.Id"}]
        signing = RESOURCES["OriginAccess"]["Properties"]["OriginAccessControlConfig"]
        assert (signing["SigningBehavior"], signing["SigningProtocol"]) == ("always", "sigv4")

    def test_require_https(self, distribution: Any) -> None:
        behaviors = [distribution["DefaultCacheBehavior"], *distribution.get("CacheBehaviors", [])]
        assert {each["ViewerProtocolPolicy"] for each in behaviors} <= {"https-only", "redirect-to-https"}

    def test_do_not_cache_errors(self, distribution: Any) -> None:
        policy = {each["ErrorCode"]: each["ErrorCachingMinTTL"] for each in distribution["CustomErrorResponses"]}
        assert {403, 404} <= policy.keys()
        assert set(policy.values()) == {0}


@pytest.mark.parametrize("name", ["PageHeaders", "ApiHeaders", "ImagesHeaders"])
def test_every_response_has_security_headers(name: str) -> None:
    policy = headers(name)["SecurityHeadersConfig"]
    assert policy["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31536000
    assert policy["ContentTypeOptions"] == {"Override": True}
    assert policy["ReferrerPolicy"]["ReferrerPolicy"] == "same-origin"


def test_page_csp_allows_only_library_origins() -> None:
    policy, _ = headers("PageHeaders")["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"][
        "!Sub"
    ]
    directives = dict(directive.split(maxsplit=1) for directive in policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == directives["worker-src"] == "'self'"
    assert directives["img-src"] == "'self' blob: data: https://${Images}"
    sign_in, *uploads = directives["connect-src"].removeprefix("'self' ").split()
    assert sign_in == "https://${SignInDomain}.auth.${AWS::Region}.amazoncognito.com"
    assert {url.rstrip("/").rpartition("/")[2] for url in uploads} == {"${OriginalsBucket}"}
    none_directives = {"base-uri", "form-action", "frame-ancestors"}
    assert {directives[name] for name in none_directives} == {"'none'"}
    assert directives.keys() == none_directives | {
        "default-src",
        "script-src",
        "style-src",
        "img-src",
        "manifest-src",
        "worker-src",
        "connect-src",
    }


def test_page_has_opener_and_permissions_policies() -> None:
    values = {each["Header"]: each["Value"] for each in headers("PageHeaders")["CustomHeadersConfig"]["Items"]}
    assert values["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in values["Permissions-Policy"]


@pytest.mark.parametrize(
    ("keys", "current_key", "slot"),
    [
        ({}, "", "FirstKey"),
        ({"FirstKey": "a"}, "a", "SecondKey"),
        ({"FirstKey": "a"}, "", "SecondKey"),  # of an interrupted deployment
        ({"FirstKey": "a", "SecondKey": "b"}, "a", "SecondKey"),
        ({"FirstKey": "a", "SecondKey": "b"}, "b", "FirstKey"),
    ],
)
def test_free_slot_is_never_that_of_current_key(keys: dict[str, str], current_key: str, slot: str) -> None:
    assert free_slot(keys, current_key) == slot
