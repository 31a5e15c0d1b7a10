"""What every application of the suite would compile again, kept for each worker: addresses and statements."""

from collections.abc import Hashable
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule


class CompiledRules:
    """Addresses read and their builders made: for one application that takes longer than most tests."""

    def __init__(self) -> None:
        self._compile = Rule.compile
        self._known: dict[Hashable, Rule] = {}

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        compiled = self

        def compile_once(rule: Rule) -> None:
            compiled.compile(rule)

        monkeypatch.setattr(Rule, "compile", compile_once)

    def compile(self, rule: Rule) -> None:
        assert rule.map is not None, "rule not bound"
        # the values of defaults are written into the code
        defaults = tuple((name, type(value), value) for name, value in sorted((rule.defaults or {}).items()))
        domain = rule.host if rule.map.host_matching else rule.subdomain
        key = (rule.rule, domain, rule.merge_slashes, defaults, *rule.map.converters.values())
        if key not in self._known:
            self._compile(rule)
            self._known[key] = rule
            return
        known = self._known[key]
        rule._parts, rule._trace, rule._converters = known._parts, known._trace, known._converters
        rule.arguments.update(known._converters)
        # they are methods of one rule, and hold nothing of it but its converters
        rule._build = known._build.__func__.__get__(rule, None)  # type: ignore[attr-defined]
        rule._build_unknown = known._build_unknown.__func__.__get__(rule, None)  # type: ignore[attr-defined]


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
