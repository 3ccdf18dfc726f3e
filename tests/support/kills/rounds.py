"""Kills a library at random moments while users work with it, and compares what is left with what it acknowledged."""

import random
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.aws.dynamodb.transaction import Tables
from local.events.sources import DEAD_LETTER_QUEUE
from local.provision import read_parameter
from tests.support.invariants import find_count_violations, read_aws
from tests.support.kills.ledger import Ledger
from tests.support.kills.process import Client, LibraryProcess, Unanswered
from tests.support.kills.workload import User, photos_by_name

USERS = ("demo", "demo", "second")  # each in a thread
SERVICES = "local.ministack"
MAX_READS = 20
INGEST_QUEUE = "tintype-local-ingest_photo"


@dataclass
class Rounds:
    """A library under load that is killed again and again."""

    library: LibraryProcess
    rng: random.Random
    ledger: Ledger = field(default_factory=Ledger)
    losses: list[str] = field(default_factory=list)  # found right after a kill

    def run_and_kill(self, seconds: float, *, services_only: bool) -> None:
        """Let the users work for some time, kill at that moment, and bring the library back."""
        stopping = threading.Event()
        threads = [threading.Thread(target=user.run, args=(stopping,)) for user in self._users()]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        if services_only:
            self.library.kill_child(SERVICES)
        else:
            self.library.kill()
        stopping.set()
        for thread in threads:
            thread.join()
        self.library.recover()
        self.losses += self._find_lost(pending=True)

    def find_losses(self, *, wait_seconds: float = 0) -> list[str]:
        """What was acknowledged and is missing or different.

        With `wait_seconds`, photos must be processed once this time is up, also those whose event was received as often
        as it may be while its worker was killed: they would else wait for reconciliation, a quarter of an hour.
        """
        deadline = time.monotonic() + wait_seconds
        while wait_seconds and time.monotonic() < deadline and self._pending():
            self._redrive_events()
            self.losses += self._find_lost(pending=True)
            time.sleep(0.5)
        self.losses += self._find_lost(pending=not wait_seconds)
        return list(dict.fromkeys(self.losses))

    def _redrive_events(self) -> None:
        """Move events from the dead-letter queue back to the queue of ingest."""
        sqs = self.library.services().client("sqs")
        dead_letters = sqs.get_queue_url(QueueName=DEAD_LETTER_QUEUE)["QueueUrl"]
        events = sqs.get_queue_url(QueueName=INGEST_QUEUE)["QueueUrl"]
        for message in sqs.receive_message(QueueUrl=dead_letters, MaxNumberOfMessages=10).get("Messages", []):
            sqs.send_message(QueueUrl=events, MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=dead_letters, ReceiptHandle=message["ReceiptHandle"])

    def find_lost_events(self) -> list[str]:
        """The uploads without a record, if there are fewer events than such uploads.

        An upload that has a record needs no event: the schedule finishes it once the lease of the killed worker ends.
        """
        services = self.library.services()
        sqs = services.client("sqs")
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        url = sqs.get_queue_url(QueueName=INGEST_QUEUE)["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        # After the events: each is deleted when its photo is processed.
        recorded = {name for user in set(USERS) for name in photos_by_name(self.library.client(user))}
        unrecorded = [name for name in self.ledger.photos if name not in recorded]
        return unrecorded if len(unrecorded) > sum(int(attributes[name]) for name in names) else []

    def _pending(self) -> list[str]:
        return [name for name, entry in self.ledger.photos.items() if not entry.ready]

    def _find_lost(self, *, pending: bool) -> list[str]:
        losses: list[str] = []
        for name in set(USERS):
            client = self.library.client(name)
            losses += self.ledger.find_lost(name, photos_by_name(client), pending=pending)
            losses += self._find_lost_settings(name, client)
        return losses

    def find_violations(self) -> list[str]:
        """Counts that differ from a recount of the records.

        Photos may be processed between the reads of two tables, so that only what several reads agree on is wrong.
        """
        services = self.library.services()
        ssm = services.client("ssm")
        tables = Tables(
            *(read_parameter(ssm, f"{name}-table") for name in ("photos", "memberships", "trends", "albums"))
        )
        derivatives = read_parameter(ssm, "derivatives-bucket")
        clients = services.client("dynamodb"), tables, services.client("s3"), derivatives
        violations = find_count_violations(read_aws(*clients))
        for _ in range(MAX_READS):
            if not violations:
                break
            time.sleep(0.3)
            latest = find_count_violations(read_aws(*clients))
            violations = [violation for violation in violations if violation in latest]
        return violations

    def _users(self) -> Sequence[User]:
        services = self.library.services()
        bucket = read_parameter(services.client("ssm"), "originals-bucket")
        seeds = [random.Random(self.rng.random()) for _ in USERS]
        return [
            User(name, self.library.client(name), services.client("s3"), bucket, self.ledger, rng)
            for name, rng in zip(USERS, seeds, strict=True)
        ]

    def _find_lost_settings(self, name: str, client: Client) -> Iterator[str]:
        me: dict[str, Any] = client.json("GET", "/me")
        if self.ledger.owner_ids.setdefault(name, me["id"]) != me["id"]:
            yield f"the owner id of {name} changed"
        keys = {key["key_id"] for key in client.json("GET", "/keys")["items"]}
        yield from (f"API key {key} of {name} is missing" for key in self._of(self.ledger.api_keys, name) - keys)
        subscriptions = {each["channel"] for each in client.json("GET", "/me/notifications")["subscriptions"]}
        expected = self.ledger.subscriptions.get(name, frozenset())
        yield from (f"the {channel} subscription of {name} is missing" for channel in expected - subscriptions)
        for bundle in self._of(self.ledger.bundles, name):
            try:
                client.json("GET", f"/bundles/{bundle}")
            except Unanswered as error:
                yield f"bundle {bundle} of {name}: {error}"

    @staticmethod
    def _of(users: dict[str, str], name: str) -> set[str]:
        return {key for key, user in users.items() if user == name}
