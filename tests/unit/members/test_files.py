"""Files of members: whatever comes in is read as rows or refused calmly, cells never run."""

import io
import json
import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.files.cells import defuse, restore
from app.domain.files.errors import BadFile
from app.domain.files.reading import Row, csv_rows, decoded
from app.domain.members.transfer.objects import json_rows

few = settings(max_examples=50)


def as_they_are(headers: list[str]) -> list[str | None]:
    return list(headers)


def table(content: bytes) -> list[Row]:
    return list(csv_rows(decoded(io.BytesIO(content)), as_they_are))


def objects(content: str) -> list[Row]:
    return list(json_rows(io.StringIO(content), as_they_are))


@few
@given(st.text(st.sampled_from("'=+-@\t\rab")))
@example("'=1")
@example("=HYPERLINK()")
def test_a_harmless_cell_comes_back_as_it_was(value):
    cell = defuse(value)
    assert cell[:1] not in {"=", "+", "-", "@", "\t", "\r"}
    assert restore(cell) == value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_utf_8_and_shift_jis_are_told_apart(encoding):
    content = "氏名,備考\r\n髙橋 花子,①～\r\n".encode(encoding)
    assert table(content) == [Row(2, {"氏名": "髙橋 花子", "備考": "①～"})]


@pytest.mark.parametrize(
    "content",
    ["氏名\n花子\n".encode("utf-16"), b"name\n\x81", b"name\n\xfd\x00"],
)
def test_other_bytes_are_no_file_of_members(content):
    with pytest.raises(BadFile, match="UTF-8"):
        table(content)


def test_a_row_is_named_by_the_line_it_begins_on():
    rows = table(b'a,b\n1,"2\n2"\n\n , \n3,4\n5\n')
    assert [(row.line, row.written) for row in rows[:2]] == [
        (2, {"a": "1", "b": "2\n2"}),
        (6, {"a": "3", "b": "4"}),
    ]
    assert (rows[2].line, rows[2].written) == (7, {})
    assert rows[2].flaw


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b'a\n"x', b'a\n"x"y\n', b'a\n"' + b"x" * 200_000, b",".join([b"a"] * 201)],
)
def test_a_table_that_is_none(content):
    with pytest.raises(BadFile):
        table(content)


@pytest.mark.parametrize(
    "content",
    ['[\n{"a": 1},\n{"a": true}\n]\n', '\n{"a": 1}\n{"a": true}\n', '[\n{"a": 1}, \n{"a": true}]'],
)
def test_an_array_and_an_object_a_line_are_the_same(content):
    assert objects(content) == [Row(2, {"a": "1"}), Row(3, {"a": "true"})]


def test_attributes_and_external_ids_are_put_in_line():
    found = objects('{"attributes": {"size": "M"}, "external_ids": {"ec": null}, "tier": "gold"}')
    assert found == [Row(1, {"attribute:size": "M", "external_id:ec": "", "tier": "gold"})]


def test_what_is_no_object_is_a_wrong_row():
    rows = objects('[1, "x", [], {"a": {"b": 1}}, {"a": "b"}]')
    assert [bool(row.flaw) for row in rows] == [True, True, True, True, False]


@pytest.mark.parametrize(
    "content",
    [
        "[",
        '[{"a": 1}',
        '[{"a": 1}] x',
        '{"a": ',
        "x",
        "[" * 100_000,
        '{"a": "' + "x" * 300_000 + '"}',
    ],
)
def test_json_that_is_none(content):
    with pytest.raises(BadFile):
        objects(content)


@few
@given(
    st.lists(st.dictionaries(st.text(string.ascii_lowercase, min_size=1), st.text(), max_size=3)),
    st.sampled_from([None, 1]),
)
def test_whatever_json_writes_is_read(people, indent):
    rows = objects(json.dumps(people, indent=indent))
    assert [row.written for row in rows] == people


def test_objects_are_read_across_the_steps_of_reading():
    people = [{"name": "x" * 1000, "number": str(number)} for number in range(300)]
    rows = objects("[" + ",\n".join(map(json.dumps, people)) + "]")
    assert [row.written for row in rows] == people
    assert [row.line for row in rows] == list(range(1, 301))


@few
@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading(content):
    for read in (csv_rows, json_rows):
        try:
            list(read(decoded(io.BytesIO(content)), as_they_are))
        except BadFile:
            continue
