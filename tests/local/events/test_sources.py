import json
from typing import Any

import pytest
from chalice.app import Chalice, Cron, Rate

from local.events.queues import process_batch
from local.events.sources import Schedule, create_event_sources, find_schedules
from local.provision import ProvisionedStack


def app_on(bucket: str) -> Chalice:
    app = Chalice("small", configure_logs=False)

    @app.on_s3_event(bucket=bucket, events=["s3:ObjectCreated:*", "s3:ObjectRemoved:*"], name="on_change")
    def on_change(event: Any) -> None:
        """Never called here."""

    return app


def test_schedule_interval_is_limited() -> None:
    app = Chalice("small", configure_logs=False)

    @app.schedule(Rate(5, unit=Rate.MINUTES))
    def every_five_minutes(event: Any) -> None: ...

    @app.schedule(Cron(0, 3, "*", "*", "?", "*"))
    def at_night(event: Any) -> None: ...

    assert find_schedules(app.event_sources, max_seconds=60) == [
        Schedule("every_five_minutes", 60),
        Schedule("at_night", 60),
    ]
    assert find_schedules(app.event_sources, max_seconds=3600)[0] == Schedule("every_five_minutes", 300)


@pytest.mark.cloud
class TestLocalBucket:
    @pytest.fixture
    def bucket(self, cloud: ProvisionedStack) -> str:
        name = "sources-test"
        s3 = cloud.client("s3")
        s3.create_bucket(Bucket=name)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name

    def test_sends_same_events_as_s3(self, cloud: ProvisionedStack, bucket: str) -> None:
        s3, sqs = cloud.client("s3"), cloud.client("sqs")
        (source,) = create_event_sources(app_on(bucket).event_sources, sqs, s3)
        (again,) = create_event_sources(app_on(bucket).event_sources, sqs, s3)  # as a second worker does
        assert source.queue_url == again.queue_url
        records: list[Any] = []
        response = s3.put_object(Bucket=bucket, Key="a folder/ä + b.jpg", Body=b"12345")
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
        while process_batch(sqs, source, lambda _, event: records.extend(event["Records"]), wait_seconds=1):
            pass
        records.sort(key=lambda record: str(record["s3"]["object"]["sequencer"]))
        assert [record["eventName"] for record in records] == [
            "ObjectCreated:Put",
            "ObjectCreated:CompleteMultipartUpload",
            "ObjectCreated:Copy",
            "ObjectRemoved:DeleteMarkerCreated",
        ]
        first = records[0]["s3"]["object"]
        assert first["key"] == "a+folder/%C3%A4+%2B+b.jpg"
        assert (first["size"], first["versionId"]) == (5, response["VersionId"])

    def test_moves_message_to_dead_letter_queue_after_max_receives(self, cloud: ProvisionedStack) -> None:
        sqs = cloud.client("sqs")
        dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 2})
        url = sqs.create_queue(QueueName="alive", Attributes={"RedrivePolicy": redrive, "VisibilityTimeout": "0"})[
            "QueueUrl"
        ]
        sqs.send_message(QueueUrl=url, MessageBody="unprocessable")
        for _ in range(3):
            sqs.receive_message(QueueUrl=url)
        (letter,) = sqs.receive_message(QueueUrl=dead)["Messages"]
        assert letter["Body"] == "unprocessable"
