"""What the address promises: one origin for page and API, images for whoever has a signed URL, and strict browsers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from chalicelib.aws import content_disposition
from infrastructure.deploy.cdn import free_place
from infrastructure.deploy.target import GATEWAY_STAGE
from tests.fakes import cloudfront
from tests.infrastructure.templates import read

TEMPLATE: Mapping[str, Any] = read(Path(__file__).parents[2] / "infrastructure" / "cdn.yaml")
RESOURCES, OUTPUTS = TEMPLATE["Resources"], TEMPLATE["Outputs"]
PAGE = RESOURCES["PageDistribution"]["Properties"]["DistributionConfig"]
IMAGES = RESOURCES["ImagesDistribution"]["Properties"]["DistributionConfig"]
(API,) = PAGE["CacheBehaviors"]


def headers(name: str) -> dict[str, Any]:
    """A policy of response headers."""
    told: dict[str, Any] = RESOURCES[name]["Properties"]["ResponseHeadersPolicyConfig"]
    return told


def cache(name: str) -> dict[str, Any]:
    """A policy of what is kept."""
    told: dict[str, Any] = RESOURCES[name]["Properties"]["CachePolicyConfig"]
    return told


class TestTheApi:
    def test_stands_on_the_page_s_own_origin_under_the_name_of_its_stage(self) -> None:
        assert API["PathPattern"] == f"/{GATEWAY_STAGE}/*"
        (origin,) = [origin for origin in PAGE["Origins"] if origin["Id"] == API["TargetOriginId"]]
        assert "OriginPath" not in origin
        assert origin["DomainName"] == {"!Sub": "${ApiId}.execute-api.${AWS::Region}.${AWS::URLSuffix}"}
        assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"

    def test_takes_every_method_and_every_query(self) -> None:
        assert set(API["AllowedMethods"]) == {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"}
        told = cache("ApiCache")["ParametersInCacheKeyAndForwardedToOrigin"]
        assert told["QueryStringsConfig"] == {"QueryStringBehavior": "all"}

    def test_never_answers_one_caller_with_what_was_kept_for_another(self) -> None:
        told = cache("ApiCache")["ParametersInCacheKeyAndForwardedToOrigin"]
        assert set(told["HeadersConfig"]["Headers"]) == {"Authorization", "Accept"}  # as its Vary says

    def test_says_itself_how_long_an_answer_may_be_kept(self) -> None:
        assert (cache("ApiCache")["MinTTL"], cache("ApiCache")["DefaultTTL"]) == (0, 0)

    def test_says_itself_who_may_read_it_across_origins(self) -> None:
        assert "CorsConfig" not in headers("ApiHeaders")


class TestANameOfOnesOwn:
    def test_is_the_page_s_alone_with_its_certificate_and_a_tls_of_today(self) -> None:
        assert PAGE["Aliases"] == {"!If": ["HasDomain", [{"!Ref": "Domain"}], {"!Ref": "AWS::NoValue"}]}
        condition, told, otherwise = PAGE["ViewerCertificate"]["!If"]
        assert (condition, otherwise) == ("HasDomain", {"!Ref": "AWS::NoValue"})
        assert (told["AcmCertificateArn"], told["SslSupportMethod"]) == ({"!Ref": "Certificate"}, "sni-only")
        assert told["MinimumProtocolVersion"] == "TLSv1.2_2021"
        assert "Aliases" not in IMAGES

    def test_is_the_address_that_all_else_is_told(self) -> None:
        condition, own, others = OUTPUTS["PageAddress"]["Value"]["!If"]
        assert (condition, own) == ("HasDomain", {"!Sub": "https://${Domain}"})
        assert others == {"!Sub": f"https://${{{OUTPUTS['PageTarget']['Value']['!GetAtt']}}}"}


class TestImages:
    def test_are_shown_to_nobody_without_a_signed_url(self) -> None:
        assert IMAGES["DefaultCacheBehavior"]["TrustedKeyGroups"] == [{"!Ref": "ImageSigners"}]
        assert "CacheBehaviors" not in IMAGES

    def test_are_kept_at_the_edge_whoever_signed_for_them(self) -> None:
        told = cache("ImagesCache")["ParametersInCacheKeyAndForwardedToOrigin"]
        assert told["HeadersConfig"] == {"HeaderBehavior": "none"}
        assert cache("ImagesCache")["MinTTL"] == 3600

    def test_come_under_the_name_that_was_signed_and_s3_is_asked_for_nothing_else(self) -> None:
        told = cache("ImagesCache")["ParametersInCacheKeyAndForwardedToOrigin"]
        assert told["QueryStringsConfig"] == {
            "QueryStringBehavior": "whitelist",
            "QueryStrings": list(cloudfront.FORWARDED),
        }
        assert cloudfront.FORWARDED == (content_disposition.PARAMETER,)

    def test_run_nothing_when_somebody_opens_one(self) -> None:
        told = headers("ImagesHeaders")["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]
        assert "sandbox" in told.split("; ")


@pytest.mark.parametrize("distribution", [PAGE, IMAGES], ids=["page", "images"])
class TestBoth:
    def test_read_their_bucket_signed(self, distribution: Any) -> None:
        buckets = [origin for origin in distribution["Origins"] if "S3OriginConfig" in origin]
        assert [origin["OriginAccessControlId"] for origin in buckets] == [{"!GetAtt": "BucketAccess.Id"}]
        signing = RESOURCES["BucketAccess"]["Properties"]["OriginAccessControlConfig"]
        assert (signing["SigningBehavior"], signing["SigningProtocol"]) == ("always", "sigv4")

    def test_speak_https_alone(self, distribution: Any) -> None:
        behaviours = [distribution["DefaultCacheBehavior"], *distribution.get("CacheBehaviors", [])]
        assert {told["ViewerProtocolPolicy"] for told in behaviours} <= {"https-only", "redirect-to-https"}

    def test_keep_no_error(self, distribution: Any) -> None:
        told = {each["ErrorCode"]: each["ErrorCachingMinTTL"] for each in distribution["CustomErrorResponses"]}
        assert {403, 404} <= told.keys()
        assert set(told.values()) == {0}


@pytest.mark.parametrize("name", ["PageHeaders", "ApiHeaders", "ImagesHeaders"])
def test_every_answer_is_for_https_and_of_the_type_it_says(name: str) -> None:
    told = headers(name)["SecurityHeadersConfig"]
    assert told["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31536000
    assert told["ContentTypeOptions"] == {"Override": True}
    assert told["ReferrerPolicy"]["ReferrerPolicy"] == "same-origin"


def test_the_page_loads_nothing_but_its_own_and_its_library_s() -> None:
    policy, _ = headers("PageHeaders")["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"][
        "!Sub"
    ]
    directives = dict(directive.split(maxsplit=1) for directive in policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["img-src"] == "'self' blob: data: https://${Images}"
    sign_in, *uploads = directives["connect-src"].removeprefix("'self' ").split()
    assert sign_in == "https://${SignInDomain}.auth.${AWS::Region}.amazoncognito.com"
    assert {place.rstrip("/").rpartition("/")[2] for place in uploads} == {"${OriginalsBucket}"}
    closed = {"base-uri", "form-action", "frame-ancestors"}
    assert {directives[name] for name in closed} == {"'none'"}
    assert directives.keys() == closed | {
        "default-src",
        "script-src",
        "style-src",
        "img-src",
        "manifest-src",
        "connect-src",
    }


def test_the_page_keeps_others_out_and_asks_for_no_device() -> None:
    told = {held["Header"]: held["Value"] for held in headers("PageHeaders")["CustomHeadersConfig"]["Items"]}
    assert told["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in told["Permissions-Policy"]


@pytest.mark.parametrize(
    ("taken", "signing", "free"),
    [
        ({}, None, "FirstKey"),
        ({"FirstKey": "a"}, "a", "SecondKey"),
        ({"FirstKey": "a"}, None, "SecondKey"),  # of a run that broke off before it signed
        ({"FirstKey": "a", "SecondKey": "b"}, "a", "SecondKey"),
        ({"FirstKey": "a", "SecondKey": "b"}, "b", "FirstKey"),
    ],
)
def test_a_new_key_never_takes_the_place_of_the_one_that_signs(
    taken: dict[str, str], signing: str | None, free: str
) -> None:
    assert free_place(taken, signing) == free
