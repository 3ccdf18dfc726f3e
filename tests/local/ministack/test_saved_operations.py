"""Each operation that changes small state is on the disk when it has been answered, and there after a kill -9."""

import base64
import hashlib
import json
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local import users
from local.ports import free_ports
from local.provision import ProvisionedStack, read_parameter
from local.site.inbox import fetch_messages
from tests.support.killable_cloud import Cloud

pytestmark = pytest.mark.cloud
VERIFIER = "v" * 43
TEMPLATE = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "of-stack"}}}})


def sign_in(cloud: Cloud) -> str:
    """Sign in on the hosted page; returns the refresh token."""
    demo = users.USERS["demo"]
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
    fields = cloud.page_client() | {"response_type": "code", "scope": "openid", "code_challenge": challenge}
    fields |= {"code_challenge_method": "S256", "username": demo.email, "password": demo.password}
    _, location = cloud.post_form("/login", **fields)
    (code,) = urllib.parse.parse_qs(urllib.parse.urlsplit(location).query)["code"]
    fields = cloud.page_client() | {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
    body, _ = cloud.post_form("/oauth2/token", **fields)
    return str(json.loads(body)["refresh_token"])


def create_user(cloud: Cloud) -> str:
    pool = cloud.stack.outputs["UserPoolId"]
    cloud.client("cognito-idp").admin_create_user(
        UserPoolId=pool,
        Username="saved@tintype.example",
        UserAttributes=[{"Name": "email", "Value": "saved@tintype.example"}],
    )
    return "saved@tintype.example"


def change_user(cloud: Cloud) -> str:
    cloud.client("cognito-idp").admin_update_user_attributes(
        UserPoolId=cloud.stack.outputs["UserPoolId"],
        Username=users.USERS["second"].email,
        UserAttributes=[{"Name": "name", "Value": "Saved Name"}],
    )
    return "Saved Name"


def set_password(cloud: Cloud) -> str:
    before = cloud.saved()
    cloud.client("cognito-idp").admin_set_user_password(
        UserPoolId=cloud.stack.outputs["UserPoolId"],
        Username=users.USERS["second"].email,
        Password="a-new-password",
        Permanent=True,
    )
    assert cloud.saved() != before
    return ""


def put_parameter(cloud: Cloud) -> str:
    cloud.client("ssm").put_parameter(Name="/saved/name", Value="saved-value", Type="SecureString")
    return "saved-value"


def create_topic(cloud: Cloud) -> str:
    return cloud.topic()


def subscribe(cloud: Cloud) -> str:
    cloud.client("sns").subscribe(TopicArn=cloud.topic(), Protocol="email", Endpoint="pending@tintype.example")
    return "pending@tintype.example"


def confirm_subscription(cloud: Cloud) -> str:
    cloud.client("sns").subscribe(TopicArn=cloud.topic(), Protocol="email", Endpoint="confirmed@tintype.example")
    before = cloud.saved()
    link = fetch_messages(cloud.running)[0].text.split()[-1]
    cloud.get(link.removeprefix(cloud.running.endpoint))
    assert cloud.saved() != before
    return "confirmed@tintype.example"


def publish(cloud: Cloud) -> str:
    cloud.client("sns").publish(TopicArn=cloud.topic(), Subject="Saved subject", Message="text")
    return "Saved subject"


def delete_topic(cloud: Cloud) -> str:
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="deleted-topic")["TopicArn"]
    sns.delete_topic(TopicArn=topic)
    assert "deleted-topic" not in cloud.saved()
    return ""


def create_bucket(cloud: Cloud) -> str:
    cloud.client("s3").create_bucket(Bucket="saved-bucket")
    return "saved-bucket"


def change_cors(cloud: Cloud) -> str:
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["https://saved.example"]}
    cloud.client("s3").put_bucket_cors(
        Bucket=cloud.stack.outputs["OriginalsBucket"], CORSConfiguration={"CORSRules": [rule]}
    )
    return "https://saved.example"


def configure_notification(cloud: Cloud) -> str:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="saved-queue")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    target = {"Id": "saved-notification", "QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}
    cloud.client("s3").put_bucket_notification_configuration(
        Bucket=cloud.stack.outputs["OriginalsBucket"], NotificationConfiguration={"QueueConfigurations": [target]}
    )
    return "saved-notification"


def change_queue(cloud: Cloud) -> str:
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName="tintype-local-bundles")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "961"})
    return '"961"'


def create_table(cloud: Cloud) -> str:
    cloud.client("dynamodb").create_table(
        TableName="saved-table",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return "saved-table"


def set_time_to_live(cloud: Cloud) -> str:
    cloud.client("dynamodb").update_time_to_live(
        TableName="tintype-local-bundles",
        TimeToLiveSpecification={"AttributeName": "kept_ttl", "Enabled": True},
    )
    return "kept_ttl"


def create_stack(cloud: Cloud) -> str:
    cloudformation = cloud.client("cloudformation")
    cloudformation.create_stack(StackName="saved-stack", TemplateBody=TEMPLATE)
    cloudformation.get_waiter("stack_create_complete").wait(StackName="saved-stack", WaiterConfig={"Delay": 0.05})
    assert "of-stack" in cloud.saved()
    return "saved-stack"


OPERATIONS: list[Callable[[Cloud], str]] = [
    sign_in,
    create_user,
    change_user,
    set_password,
    put_parameter,
    create_topic,
    subscribe,
    confirm_subscription,
    publish,
    delete_topic,
    create_bucket,
    change_cors,
    configure_notification,
    change_queue,
    create_table,
    set_time_to_live,
    create_stack,
]


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    """A provisioned cloud of its own, killed at the end."""
    running = Cloud(tmp_path / "data", free_ports()[0])
    running.start()
    running.provision()
    yield running
    running.kill()


def test_change_is_on_the_disk_when_it_is_answered_and_there_after_a_kill(cloud: Cloud) -> None:
    pool, secret = cloud.stack.outputs["UserPoolId"], read_parameter(cloud.client("ssm"), "id-secret")
    keys = cloud.get(f"/{pool}/.well-known/jwks.json")
    marks = {}
    for operation in OPERATIONS:
        before = cloud.saved()
        marks[operation.__name__] = operation(cloud)
        assert marks[operation.__name__] in cloud.saved(), operation.__name__
        assert marks[operation.__name__] == "" or marks[operation.__name__] not in before, operation.__name__
    received = fetch_messages(cloud.running)
    cloud.kill()
    cloud.start()
    assert {name for name, mark in marks.items() if mark not in cloud.saved()} == set()
    assert cloud.get(f"/{pool}/.well-known/jwks.json") == keys
    assert read_parameter(cloud.client("ssm"), "id-secret") == secret
    assert fetch_messages(cloud.running) == received
    cloud.stack = ProvisionedStack(cloud.running, cloud.stack.outputs)
    refresh = {"grant_type": "refresh_token", "refresh_token": marks["sign_in"], **cloud.page_client()}
    body, _ = cloud.post_form("/oauth2/token", **refresh)
    assert json.loads(body)["id_token"]
    second = users.USERS["second"].email
    flow = {"USERNAME": second, "PASSWORD": "a-new-password"}
    signed_in = cloud.client("cognito-idp").admin_initiate_auth(
        UserPoolId=pool, ClientId=refresh["client_id"], AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters=flow
    )
    assert signed_in["AuthenticationResult"]["IdToken"]
    subscribed = cloud.client("sns").list_subscriptions_by_topic(TopicArn=cloud.topic())["Subscriptions"]
    states = {each["Endpoint"]: each["SubscriptionArn"].startswith("arn:") for each in subscribed}
    assert states == {"pending@tintype.example": False, "confirmed@tintype.example": True}
    (described,) = cloud.client("cloudformation").describe_stacks(StackName="saved-stack")["Stacks"]
    assert described["StackStatus"] == "CREATE_COMPLETE"


def test_kill_while_the_stack_is_created_starts_from_nothing(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path / "data", free_ports()[0])
    cloud.start()
    cloud.client("cloudformation").create_stack(StackName="tintype-local", TemplateBody=TEMPLATE)
    cloud.kill()
    cloud.start()
    cloud.provision()
    cloud.kill()
    assert cloud.stack.outputs["OriginalsBucket"]


def test_inbox_is_bounded(cloud: Cloud) -> None:
    sns, topic = cloud.client("sns"), cloud.topic()
    sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+12025550123")
    for number in range(210):
        sns.publish(TopicArn=topic, Message=f"message {number}")
    messages = fetch_messages(cloud.running)
    assert len(messages) == 200
    assert messages[0].text == "message 209"
