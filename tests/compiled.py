"""What every application of the suite would compile again: templates and addresses, kept for each worker."""

from collections.abc import Callable, Hashable
from typing import Any

import pytest
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule


class CompiledTemplates(BytecodeCache):
    """Compiled once for each worker, not once for each application."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = CompiledTemplates()


class CompiledRules:
    """Builders of addresses: for one application they take longer to compile than most tests take to run."""

    def __init__(self) -> None:
        self._compile = Rule._compile_builder
        self._known: dict[Hashable, Callable[..., Any]] = {}

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        compiled = self

        def compile_builder(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
            return compiled.builder(rule, append_unknown)

        monkeypatch.setattr(Rule, "_compile_builder", compile_builder)

    def builder(self, rule: Rule, append_unknown: bool) -> Callable[..., Any]:
        if rule.defaults:  # their values are written into the code
            return self._compile(rule, append_unknown)
        key = (rule.rule, rule.subdomain, rule.host, append_unknown)
        if key not in self._known:
            self._known[key] = self._compile(rule, append_unknown)
        return self._known[key]


RULES = CompiledRules()
