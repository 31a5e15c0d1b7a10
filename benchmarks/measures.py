"""What a benchmark found: a number, what it must be, and a sentence that says what was measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """`least` or `most` bounds the value; without either it is told for the record."""

    name: str
    value: float
    said: str
    least: float | None = None
    most: float | None = None
    unit: str = ""

    @property
    def missed(self) -> bool:
        too_little = self.least is not None and self.value < self.least
        return too_little or (self.most is not None and self.value > self.most)

    def __str__(self) -> str:
        verdict = "MISSED" if self.missed else "met"
        bound = "for the record"
        if self.least is not None:
            bound = f"at least {self.least:g}{self.unit}: {verdict}"
        if self.most is not None:
            bound = f"at most {self.most:g}{self.unit}: {verdict}"
        return f"{self.name}: {self.value:.2f}{self.unit} ({bound}); {self.said}"
