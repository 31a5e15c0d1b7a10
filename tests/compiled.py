"""What every application of the suite would compile again, kept for each worker: addresses and statements."""

from collections.abc import Callable, Hashable
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
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
        # the values of defaults are written into the code
        defaults = tuple((name, type(value), value) for name, value in sorted((rule.defaults or {}).items()))
        key = (rule.rule, rule.subdomain, rule.host, append_unknown, defaults)
        if key not in self._known:
            self._known[key] = self._compile(rule, append_unknown)
        return self._known[key]


class CompiledStatements:
    """Statements in the words of each driver: an engine lives as long as a test, its words for the worker.

    SQLAlchemy keeps them for each engine and each dialect object; here those of one class count as one, for
    they are all set alike.
    """

    def __init__(self) -> None:
        self._known: LRUCache[Any, Any] = LRUCache(20_000)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        known = property(lambda engine: self._known, lambda engine, own: None)

        def alike(dialect: DefaultDialect, other: object) -> bool:
            return type(dialect) is type(other)

        monkeypatch.setattr(Engine, "_compiled_cache", known, raising=False)
        monkeypatch.setattr(DefaultDialect, "__eq__", alike)
        monkeypatch.setattr(DefaultDialect, "__hash__", lambda dialect: hash(type(dialect)))


RULES = CompiledRules()
STATEMENTS = CompiledStatements()
