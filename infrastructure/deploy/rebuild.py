"""`make rebuild`: rebuilds a library's tables from the backup in its originals bucket, one slice per call."""

from collections.abc import Callable, Sequence

from infrastructure.deploy import sweep_calls
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.target import Target

COUNTS = ("restored", "unchanged", "without_original", "failed")  # of photos, in a `RebuildReport`
EVENT_SOURCE = "tintype.rebuild"  # `handlers.REBUILD_SOURCE`
PLAN = (
    "rebuild: photos, albums, their members and shared links become what they were in the last backup",
    "photos that were added since then stay; changes to others since then are lost:",
    "what was made private, moved to the trash or no longer shared since then is public or shared again",
)


def run(target: Target, report: Callable[[str], None]) -> None:
    """Call the function until everything is restored; raises UserError."""
    position, written_at = 0, ""
    counts, unreadable = dict.fromkeys(COUNTS, 0), list[str]()
    while True:
        skipped = bool(counts["failed"] or unreadable)
        detail = {"position": position, "written_at": written_at, "skipped": skipped}
        result = sweep_calls.call(target, EVENT_SOURCE, "Rebuild", detail, task="rebuild the tables")
        if "error" in result:
            raise UserError(str(result["error"]))
        for name in counts:
            counts[name] += result[name]
        unreadable += result["unreadable"]
        position, written_at = result["position"], result["written_at"]
        report(f"   {position} of {result['positions']} parts of the backup of {written_at}: {summary(counts)}")
        if position == result["positions"]:
            break
    if problem := problem_of(counts["failed"], unreadable):
        raise UserError(problem)


def summary(counts: dict[str, int]) -> str:
    """The counts in words."""
    return (
        f"{counts['restored']} photos restored, {counts['unchanged']} unchanged, "
        f"{counts['without_original']} whose originals are gone"
    )


def problem_of(failed: int, unreadable: Sequence[str]) -> str:
    """Why the rebuild is not complete and what to do, in sentences; an empty string if it is."""
    sentences = [*unreadable]
    if unreadable:
        sentences.append(
            'Put the files back (docs/operations.md, "Rebuild from the bucket") and run this command again. Until then '
            "the backup is not updated."
        )
    if failed:
        sentences.append(f"{failed} photos are busy or failed: run this command again in some minutes.")
    return " ".join(sentences)
