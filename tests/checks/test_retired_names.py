import pytest

from checks import retired_names


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("template", set()),
        ("takings_tolerance", set()),
        ("told", {"told"}),
        ("was_told_of", {"told"}),
        ("isShown", {"shown"}),
        ("ShelfDoor", {"shelf", "door"}),
        ("KEPT_FOR", {"kept"}),
        ("HTTPDesk", {"desk"}),
        ("desks", {"desks"}),
        ("__said__", {"said"}),
    ],
)
def test_name_is_split_at_underscores_and_capitals(name: str, words: set[str]) -> None:
    assert retired_names.retired_words(name) == words


@pytest.mark.parametrize(
    "source",
    [
        "told = 1",
        "def told(): ...",
        "async def told(): ...",
        "class Told: ...",
        "def f(told): ...",
        "def f(*told): ...",
        "f(told=1)",
        "a.told",
        "a.told = 1",
        "import told",
        "from a import b as told",
        "try: ...\nexcept E as told: ...",
        "match a:\n    case {**told}: ...",
        "match a:\n    case [1, *told]: ...",
        "match a:\n    case B() as told: ...",
        "def f():\n    global told",
        "lambda told: 1",
        "[told for told in a]",
        "def f[Told](): ...",
        "def f[**Told](): ...",
        "def f[*Told](): ...",
        "from a.told import b",
        "match a:\n    case B(told=1): ...",
        "type Told = int",
        "ｔｏｌｄ = 1",
        "(told := 1)",
    ],
)
def test_retired_word_is_refused_wherever_python_has_names(source: str) -> None:
    assert retired_names.violations("a.py", source)


def test_strings_comments_and_docstrings_are_not_names() -> None:
    assert retired_names.violations("a.py", '"""What it is told."""\nx = "told"  # told\n') == []


def test_module_path_counts_as_a_name() -> None:
    assert retired_names.violations("chalicelib/doors.py", "") == [
        "chalicelib/doors.py:0: 'chalicelib/doors.py' uses the retired word 'doors'"
    ]


def test_violation_names_file_line_and_word() -> None:
    assert retired_names.violations("a.py", "x = 1\ntold = 2\n") == ["a.py:2: 'told' uses the retired word 'told'"]
