import json
from typing import Any

import pytest
from chalice.app import Chalice, Cron, Rate

from local.events.queues import carry
from local.events.sources import Schedule, connect, schedules
from local.provision import Provisioned


def app_on(bucket: str) -> Chalice:
    app = Chalice("small", configure_logs=False)

    @app.on_s3_event(bucket=bucket, events=["s3:ObjectCreated:*", "s3:ObjectRemoved:*"], name="look")
    def look(event: Any) -> None:
        """Never called here."""

    return app


def test_a_schedule_keeps_its_rate_or_the_laptops_if_that_is_sooner() -> None:
    app = Chalice("small", configure_logs=False)

    @app.schedule(Rate(5, unit=Rate.MINUTES))
    def seldom(event: Any) -> None: ...

    @app.schedule(Cron(0, 3, "*", "*", "?", "*"))
    def at_night(event: Any) -> None: ...

    assert schedules(app.event_sources, at_most=60) == [Schedule("seldom", 60), Schedule("at_night", 60)]
    assert schedules(app.event_sources, at_most=3600)[0] == Schedule("seldom", 300)


@pytest.mark.cloud
class TestABucketOfTheLocalCloud:
    @pytest.fixture
    def bucket(self, cloud: Provisioned) -> str:
        name = "sources-test"
        s3 = cloud.client("s3")
        s3.create_bucket(Bucket=name)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name

    def test_says_everything_that_lambda_would_be_told(self, cloud: Provisioned, bucket: str) -> None:
        s3, sqs = cloud.client("s3"), cloud.client("sqs")
        (source,) = connect(app_on(bucket).event_sources, sqs, s3)
        (again,) = connect(app_on(bucket).event_sources, sqs, s3)  # as a second worker does
        assert source.queue_url == again.queue_url
        told: list[Any] = []
        put = s3.put_object(Bucket=bucket, Key="a folder/ä + b.jpg", Body=b"12345")
        upload = s3.create_multipart_upload(Bucket=bucket, Key="parts.jpg")["UploadId"]
        part = s3.upload_part(Bucket=bucket, Key="parts.jpg", UploadId=upload, PartNumber=1, Body=b"1")
        s3.complete_multipart_upload(
            Bucket=bucket,
            Key="parts.jpg",
            UploadId=upload,
            MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
        )
        s3.copy_object(Bucket=bucket, Key="copy.jpg", CopySource={"Bucket": bucket, "Key": "parts.jpg"})
        s3.delete_object(Bucket=bucket, Key="copy.jpg")
        while carry(sqs, source, lambda _, event: told.extend(event["Records"]), wait=1):
            pass
        told.sort(key=lambda record: str(record["s3"]["object"]["sequencer"]))
        assert [record["eventName"] for record in told] == [
            "ObjectCreated:Put",
            "ObjectCreated:CompleteMultipartUpload",
            "ObjectCreated:Copy",
            "ObjectRemoved:DeleteMarkerCreated",
        ]
        first = told[0]["s3"]["object"]
        assert first["key"] == "a+folder/%C3%A4+%2B+b.jpg"
        assert (first["size"], first["versionId"]) == (5, put["VersionId"])

    def test_keeps_what_no_handler_can_do_among_the_dead_letters(self, cloud: Provisioned) -> None:
        sqs = cloud.client("sqs")
        dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 2})
        url = sqs.create_queue(QueueName="alive", Attributes={"RedrivePolicy": redrive, "VisibilityTimeout": "0"})[
            "QueueUrl"
        ]
        sqs.send_message(QueueUrl=url, MessageBody="no handler likes me")
        for _ in range(3):
            sqs.receive_message(QueueUrl=url)
        (letter,) = sqs.receive_message(QueueUrl=dead)["Messages"]
        assert letter["Body"] == "no handler likes me"
