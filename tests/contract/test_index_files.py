from tests.contract.conftest import Buckets


def test_files_are_stored_replaced_and_removed(buckets: Buckets) -> None:
    files = buckets.index_files
    assert (files.read("similarity/a/groups.json"), files.exists("similarity/a/groups.json")) == (None, False)
    files.write("similarity/a/groups.json", b"\0first")
    files.write("similarity/a/groups.json", b"\0second")
    assert (files.read("similarity/a/groups.json"), files.exists("similarity/a/groups.json")) == (b"\0second", True)
    files.remove(["similarity/a/groups.json", "similarity/a/missing"])
    assert files.read("similarity/a/groups.json") is None
