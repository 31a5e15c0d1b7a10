"""The verifier as one file to download: a zip that Python runs, made of the portal's own modules.

The same modules check the portal's own database (`log verify`), so there is one verification, not two. What is
inside is found by following imports, and nothing outside the standard library may be among them but PyNaCl,
which is used where it is there.
"""

import ast
import hashlib
import io
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

NAME = "gongping-verify.pyz"
_ROOT = Path(__file__).parents[3]
_ENTRY = "portal.publishing.verification.__main__"
_WHEN = (1980, 1, 1, 0, 0, 0)  # the same modules give the same bytes, whenever they are packed
_MAIN = f"""import sys

if sys.version_info < (3, 11):
    sys.exit("Python 3.11 or newer is needed. 需要 Python 3.11 或更新版本。")

from {_ENTRY} import main

sys.exit(main())
"""


@cache
def packed() -> bytes:
    """The file."""
    out = io.BytesIO()
    out.write(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [("__main__.py", _MAIN.encode()), *_modules()]:
            archive.writestr(zipfile.ZipInfo(name, _WHEN), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@cache
def digest() -> str:
    """Its SHA-256 in hex."""
    return hashlib.sha256(packed()).hexdigest()


def _modules() -> Iterator[tuple[str, bytes]]:
    """Every module of ours that the verifier imports, with the packages they are in."""
    wanted, found = [_ENTRY], dict[Path, bytes]()
    while wanted:
        path = _path(wanted.pop())
        if path is None or path in found:
            continue
        found[path] = path.read_bytes()
        wanted += _imported(found[path], path.relative_to(_ROOT).parent)
        wanted += [".".join(parent.parts) for parent in path.relative_to(_ROOT).parents if parent.parts]
    for path in sorted(found):
        yield path.relative_to(_ROOT).as_posix(), found[path]


def _path(module: str) -> Path | None:
    place = _ROOT.joinpath(*module.split("."))
    return next((one for one in (place.with_suffix(".py"), place / "__init__.py") if one.is_file()), None)


def _imported(source: bytes, package: Path) -> Iterator[str]:
    """The modules of ours that a module of `package` imports, also those named as `from package import module`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("portal"))
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(node, package)
            if module.startswith("portal"):
                yield module
                yield from (f"{module}.{alias.name}" for alias in node.names)


def _absolute(node: ast.ImportFrom, package: Path) -> str:
    if not node.level:
        return node.module or ""
    place = package.parts[: len(package.parts) - node.level + 1]
    return ".".join((*place, *([node.module] if node.module else [])))
