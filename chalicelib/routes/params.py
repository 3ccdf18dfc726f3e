"""What a query says, in the library's own words: whose view is meant, and which tag."""

from chalicelib.errors import Invalid
from chalicelib.http.requests import Call
from chalicelib.library.photo import MAX_TAG_CHARACTERS, clean_tag
from chalicelib.library.queries import scope_for


def scope(call: Call) -> str:
    """The scope of `scope=mine|public`: without it the caller's own library when signed in, else the public one."""
    return scope_for(call.choice("scope", "mine", "public"), call.viewer)


def tag(word: str, name: str) -> str:
    """The tag that the parameter of this name means; raises Invalid."""
    if len(word) > MAX_TAG_CHARACTERS:
        raise Invalid(f"{name} has at most {MAX_TAG_CHARACTERS} characters.", field=name)
    try:
        return clean_tag(word)
    except Invalid as problem:
        raise Invalid(str(problem), field=name) from None
