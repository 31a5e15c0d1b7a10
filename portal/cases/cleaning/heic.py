"""Pictures as telephones keep them (HEIC, ISO 23008-12): their dots, decoded by libheif without a single thread.

pillow-heif brings the library; its own interface lets the decoder start a thread, which the child may not. So
libheif is called itself, with what it takes to start none. It turns pictures upright by what the file says; what
the camera wrote beside them is not read.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_size_t, c_uint8, c_void_p
from typing import Any

import _pillow_heif
from PIL import Image

from portal.cases.cleaning.kinds import Refusal, Refused

_RGB, _WITHOUT_ALPHA, _WITH_ALPHA = 1, 10, 11
_INTERLEAVED = 10
_NO_THREADS = -1
"""The decoder starts as many threads as it is told, one for nothing said, and none for less than none."""


class _Error(Structure):
    _fields_ = (("code", c_int), ("sub", c_int), ("said", c_char_p))


class _Colours(Structure):
    _fields_ = (("version", c_uint8), ("down", c_int), ("up", c_int), ("only", c_uint8))


class _Options(Structure):
    """As libheif has them since 1.21; it makes them itself, and only adds at the end."""

    _fields_ = (
        *(("version", c_uint8), ("as_stored", c_uint8)),
        *(("started", c_void_p), ("progress", c_void_p), ("ended", c_void_p), ("with_progress", c_void_p)),
        *(("to_8_bits", c_uint8), ("strict", c_uint8), ("decoder", c_char_p), ("colours", _Colours)),
        *(("cancel", c_void_p), ("more_colours", c_void_p), ("whole_sequence", c_int), ("profile", c_void_p)),
        *(("library_threads", c_int), ("decoder_threads", c_int)),
    )


_WITH_THREADS_SAID = 8
"""The version of the options that first holds the last two."""


def _library() -> Any:
    library = ctypes.CDLL(_pillow_heif.__file__)
    for name, gives, takes in (
        ("heif_context_alloc", c_void_p, ()),
        ("heif_context_free", None, (c_void_p,)),
        ("heif_context_set_max_decoding_threads", None, (c_void_p, c_int)),
        ("heif_context_read_from_memory_without_copy", _Error, (c_void_p, c_char_p, c_size_t, c_void_p)),
        ("heif_context_get_primary_image_handle", _Error, (c_void_p, POINTER(c_void_p))),
        ("heif_image_handle_release", None, (c_void_p,)),
        ("heif_image_handle_get_width", c_int, (c_void_p,)),
        ("heif_image_handle_get_height", c_int, (c_void_p,)),
        ("heif_image_handle_has_alpha_channel", c_int, (c_void_p,)),
        ("heif_decoding_options_alloc", POINTER(_Options), ()),
        ("heif_decoding_options_free", None, (POINTER(_Options),)),
        ("heif_decode_image", _Error, (c_void_p, POINTER(c_void_p), c_int, c_int, POINTER(_Options))),
        ("heif_image_release", None, (c_void_p,)),
        ("heif_image_get_width", c_int, (c_void_p, c_int)),
        ("heif_image_get_height", c_int, (c_void_p, c_int)),
        ("heif_image_get_plane_readonly", c_void_p, (c_void_p, c_int, POINTER(c_int))),
    ):
        one = getattr(library, name)
        one.restype, one.argtypes = gives, takes
    return library


_HEIF = _library()


def picture(data: bytes, most_pixels: int) -> Image.Image:
    """The first picture, upright. Raises Refused."""
    context = _HEIF.heif_context_alloc()
    try:
        _HEIF.heif_context_set_max_decoding_threads(context, 0)
        _require(_HEIF.heif_context_read_from_memory_without_copy(context, data, len(data), None))
        handle = c_void_p()
        _require(_HEIF.heif_context_get_primary_image_handle(context, byref(handle)))
        try:
            return _decoded(handle, most_pixels)
        finally:
            _HEIF.heif_image_handle_release(handle)
    finally:
        _HEIF.heif_context_free(context)


def _decoded(handle: c_void_p, most_pixels: int) -> Image.Image:
    width, height = _HEIF.heif_image_handle_get_width(handle), _HEIF.heif_image_handle_get_height(handle)
    if width * height > most_pixels:
        raise Refused(Refusal.TOO_BIG)
    clear = bool(_HEIF.heif_image_handle_has_alpha_channel(handle))
    options, image = _HEIF.heif_decoding_options_alloc(), c_void_p()
    try:
        if options.contents.version < _WITH_THREADS_SAID:
            raise RuntimeError("a libheif that cannot be told to start no thread")
        options.contents.to_8_bits, options.contents.decoder_threads = 1, _NO_THREADS
        chroma = _WITH_ALPHA if clear else _WITHOUT_ALPHA
        _require(_HEIF.heif_decode_image(handle, byref(image), _RGB, chroma, options))
    finally:
        _HEIF.heif_decoding_options_free(options)
    try:
        return _dots(image, "RGBA" if clear else "RGB", most_pixels)
    finally:
        _HEIF.heif_image_release(image)


def _dots(image: c_void_p, mode: str, most_pixels: int) -> Image.Image:
    size = (_HEIF.heif_image_get_width(image, _INTERLEAVED), _HEIF.heif_image_get_height(image, _INTERLEAVED))
    stride = c_int()
    plane = _HEIF.heif_image_get_plane_readonly(image, _INTERLEAVED, byref(stride))
    if not plane or min(size) < 1 or size[0] * size[1] > most_pixels or stride.value < size[0] * len(mode):
        raise Refused(Refusal.HEIC)
    dots = (c_uint8 * (stride.value * size[1])).from_address(plane)
    return Image.frombytes(mode, size, memoryview(dots), "raw", mode, stride.value)


def _require(error: _Error) -> None:
    if error.code:
        raise Refused(Refusal.HEIC)
