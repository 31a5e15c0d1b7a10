"""What every application of the suite would compile again: its addresses, kept for each worker."""

from collections.abc import Callable, Hashable
from typing import Any

import pytest
from werkzeug.routing import Rule


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
