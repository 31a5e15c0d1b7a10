"""A file that is streamed must be read exactly as one that is read whole."""

from pathlib import Path

import pytest

from portal.foundation.streams import stream_table
from portal.foundation.tables import ImportRefused, read_table

GOOD = [
    b"a,b\r\n1,2\r\n",
    b"\xef\xbb\xbfa,b\n1,2\n\n,\n3\n",
    'a,b\n"two\nlines",甲\n5,6\n'.encode("gb18030"),
    b"a,b\n",
    b'a,b\n1,2, \n"x,y",""\n',
]
BAD = [b"", b"\n", b"a,a\n1,2\n", b"a,b\n1,2,3\n", b'a,b\n"1,2\n', b"a,b\n\xff\xfe\xff,1\n"]


@pytest.mark.parametrize("data", GOOD)
def test_rows_and_their_numbers_are_those_of_the_whole_file(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    whole, streamed = read_table(path), stream_table(path)
    assert streamed.headers == whole.headers
    expected = [(row.number, [row.cells[header] for header in whole.headers]) for row in whole.rows]
    assert [(number, list(cells)) for number, cells in streamed.lines()] == expected
    assert streamed.bytes_read == len(data)


@pytest.mark.parametrize("data", BAD)
def test_the_same_files_are_refused_with_the_same_faults(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    with pytest.raises(ImportRefused) as whole:
        read_table(path)
    with pytest.raises(ImportRefused) as streamed:
        list(stream_table(path).lines())
    assert [(f.row, f.column) for f in streamed.value.faults] == [(f.row, f.column) for f in whole.value.faults]
