"""The yardsticks: what a bare Flask application does, with nothing of ours in it."""

import os

from flask import Flask
from sqlalchemy import Integer, String, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


def hello() -> Flask:
    """Flask's own first example."""
    app = Flask("hello")

    @app.get("/")
    def say_hello() -> str:
        return "Hello, World!"

    return app


class _Base(DeclarativeBase):
    pass


class Mark(_Base):
    __tablename__ = "mark"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    service: Mapped[str] = mapped_column(String(80))
    level: Mapped[int] = mapped_column(Integer)


def inserter() -> Flask:
    """A view that inserts one row through the ORM, with the SQLite settings the portal uses."""
    from flask import request

    engine = create_engine(os.environ["BARE_DATABASE_URL"], connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def settings(raw: object, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            raw.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]

    _Base.metadata.create_all(engine)
    app = Flask("inserter")

    @app.post("/")
    def insert() -> tuple[str, int, dict[str, str]]:
        with Session(engine) as session:
            session.add(Mark(service=request.form["service"], level=int(request.form["level"])))
            session.commit()
        return "", 303, {"Location": "/"}

    return app


hello_app = hello()
if "BARE_DATABASE_URL" in os.environ:
    inserter_app = inserter()
