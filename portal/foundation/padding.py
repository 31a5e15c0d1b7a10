"""Lengths that say little: what is sealed is padded first, so that its size does not tell what it holds."""

_MARK = b"\x80"


def pad(data: bytes, smallest: int) -> bytes:
    """ISO/IEC 7816-4 padding up to the next power of two bytes, no fewer than `smallest`."""
    return data + _MARK + bytes(bucket(len(data) + 1, smallest) - len(data) - 1)


def unpad(padded: bytes) -> bytes:
    """What was padded. Raises ValueError when the padding is broken."""
    data, mark, rest = padded.rpartition(_MARK)
    if not mark or rest.strip(b"\0"):
        raise ValueError("the padding is broken")
    return data


def bucket(length: int, smallest: int) -> int:
    """The first of `smallest`, twice that, and so on that holds this many bytes."""
    size = smallest
    while size < length:
        size *= 2
    return size


def padme(length: int, smallest: int) -> int:
    """The padded length of a large file: at most 12 % more, few distinct lengths (Padmé, PURBs, 2019)."""
    if length <= smallest:
        return smallest
    exponent = length.bit_length() - 1
    last = exponent - exponent.bit_length()
    return (length + (1 << last) - 1) >> last << last
