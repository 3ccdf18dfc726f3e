"""Progress in the terminal."""

from io import StringIO

from rich.console import Console

from tintype_cli.progress import ProgressBars


def last_line(*, total: int | None, done: int, skipped: int, size: int = 0) -> str:
    """The last state of the bar of a phase."""
    console = Console(file=StringIO(), force_terminal=True, width=120, color_system=None)
    with ProgressBars(console) as progress:
        progress.begin("Sending photos", total)
        for _ in range(skipped):
            progress.skip()
        for _ in range(done):
            progress.advance(1, size)
    assert isinstance(console.file, StringIO)
    return [line for line in console.file.getvalue().splitlines() if "Sending photos" in line][-1]


def test_photos_that_need_no_work_are_counted_apart() -> None:
    line = last_line(total=10, done=4, skipped=6, size=1000)
    assert " 4/4 4.0 kB, 6 already there " in line


def test_total_grows_with_what_is_found() -> None:
    assert " 3/3 " in last_line(total=2, done=3, skipped=0)
    assert " 0/0 2 already there" in last_line(total=1, done=0, skipped=2)


def test_unknown_total_is_a_question_mark() -> None:
    assert " 3/? " in last_line(total=None, done=3, skipped=1)


def test_no_bar_without_a_terminal() -> None:
    file = StringIO()
    with ProgressBars(Console(file=file)) as progress:
        progress.begin("Sending photos", 1)
        progress.advance()
    assert file.getvalue().strip() == ""
