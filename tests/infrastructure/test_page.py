"""The files of the page as they are uploaded."""

from pathlib import Path

from infrastructure.deploy import page


def test_index_of_a_folder_is_at_the_path_of_the_folder(tmp_path: Path) -> None:
    for name in ("index.html", "shared/index.html", "assets/a.js", "icon.svg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    files = page.files({}, tmp_path)
    by_key = {file.key: file for file in files}
    assert by_key["shared/"].body == b"shared/index.html"
    assert by_key["shared/"].content_type == "text/html; charset=utf-8"
    # Documents come after all files that they refer to.
    assert [file.key for file in files][-2:] == ["index.html", "shared/"]
    assert files[0].key == "assets/a.js"
