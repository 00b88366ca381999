"""Tables: the company and its stores."""

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Company(Base):
    """The one company this deployment serves."""

    __tablename__ = "company"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    # Whether the member card shows the number as a bar code too; None: never said, so no.
    card_bars: Mapped[bool | None]


class Store(Base):
    """A shop with an address. `hours` maps "ja" and "en" to the words people read."""

    __tablename__ = "store"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[dict[str, str]] = mapped_column(JSON)
    address: Mapped[dict[str, str]] = mapped_column(JSON)
    hours: Mapped[dict[str, str]] = mapped_column(JSON)
    phone: Mapped[str] = mapped_column(String(20))
    # In degrees (WGS 84); NULL: not told.
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
