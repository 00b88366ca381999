"""The webhook signature: LINE's own example of the rule, and what strangers may send."""

from hypothesis import example, given
from hypothesis import strategies as st

from app.line.signature import matches, sign

BODY = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"
# From LINE's page "Verify webhook signature".
EXPECTED = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="


def test_the_example_of_line_is_signed_as_line_says():
    assert sign(SECRET, BODY) == EXPECTED


def test_the_signature_of_the_body_matches():
    assert matches([SECRET], BODY, sign(SECRET, BODY))


def test_any_of_two_secrets_matches_while_a_rotation_is_staged():
    assert matches(["old", "new"], BODY, sign("old", BODY))
    assert matches(["old", "new"], BODY, sign("new", BODY))
    assert not matches(["new"], BODY, sign("old", BODY))


def test_a_changed_byte_does_not_match():
    assert not matches([SECRET], BODY + b" ", sign(SECRET, BODY))


def test_an_empty_secret_matches_nothing():
    assert not matches([""], BODY, sign("", BODY))


def test_no_secret_matches_nothing():
    assert not matches([], BODY, sign(SECRET, BODY))


def test_no_header_matches_nothing():
    assert not matches([SECRET], BODY, None)


@given(header=st.text(st.characters()))
@example("\ud800")
@example("")
@example("署名")
def test_a_strange_header_never_raises(header):
    assert not matches([SECRET], BODY, header)
