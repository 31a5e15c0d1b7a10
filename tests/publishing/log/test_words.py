"""If the verifier met a fault for which it has no Chinese, a reader in China would be told half of it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from portal.publishing import verification
from portal.publishing.verification.words import CHINESE, translated

FOLDER = Path(verification.__file__).parent
SAYING = {"Refuted", "Doubt", "say", "translated", "_complain", "_both"}


def sentences() -> Iterator[str]:
    """Every sentence in the verifier's modules that is said to a person."""
    for path in FOLDER.glob("*.py"):
        source = ast.parse(path.read_text())
        constants = {
            target.id: node.value.value
            for node in ast.walk(source)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name) and isinstance(node.value.value, str)
        }
        for node in ast.walk(source):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SAYING:
                for given in node.args:
                    if isinstance(given, ast.Constant) and isinstance(given.value, str) and " " in given.value:
                        yield given.value
                    elif isinstance(given, ast.Name) and given.id in constants and given.id.isupper():
                        yield constants[given.id]


def test_every_sentence_is_there_in_chinese():
    missing = sorted({one for one in sentences() if one not in CHINESE})
    assert not missing, "give these in verification/words.py: " + "\n".join(missing)


def test_both_languages_say_the_same_things():
    for english, chinese in CHINESE.items():
        assert set(re.findall(r"{(\w+)}", english)) == set(re.findall(r"{(\w+)}", chinese)), english


def test_any_other_language_gets_english():
    assert translated("Key: {key}", "fr") == "Key: {key}"
