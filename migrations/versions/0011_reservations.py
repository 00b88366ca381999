"""Reservations, the calendars of stores, and calls to LINE that are of no use after a moment"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_HELD = sa.text("state = 'held'")
_WAITS = sa.text("state = 'waiting'")
_LIVE = sa.text("live")
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("store", sa.Column("latitude", sa.Double(), nullable=True))
    op.add_column("store", sa.Column("longitude", sa.Double(), nullable=True))
    op.add_column("outbox", _moment("expires_at"))
    _create_store_week()
    _create_store_day()
    _create_service()
    _create_resource()
    _create_resource_service()
    _create_booking_rules()
    _create_reservation()
    _create_reservation_use()
    _create_reservation_unit()
    _create_waitlist_entry()
    _create_day_closing()


def _moment(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _create_store_week() -> None:
    op.create_table(
        "store_week",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=True),
        sa.Column("weekly", sa.JSON(), nullable=False),
        sa.Column("holidays", sa.String(length=9), nullable=False),
        sa.Column("last_order_minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_store_week_store_id")),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_store_week")),
    )


def _create_store_day() -> None:
    op.create_table(
        "store_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.JSON(), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_store_day_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_day")),
        sa.UniqueConstraint("store_id", "day", name=op.f("uq_store_day_store_id_day")),
    )


def _create_service() -> None:
    op.create_table(
        "service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("before_minutes", sa.Integer(), nullable=False),
        sa.Column("after_minutes", sa.Integer(), nullable=False),
        sa.Column("grid_minutes", sa.Integer(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=True),
        sa.Column("per_person", sa.Boolean(), nullable=False),
        sa.Column("audience", sa.String(length=40), nullable=False),
        sa.Column("deposit", sa.JSON(), nullable=True),
        sa.Column("party_min", sa.Integer(), nullable=False),
        sa.Column("party_max", sa.Integer(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("code", name=op.f("uq_service_code")),
    )


def _create_resource() -> None:
    op.create_table(
        "resource",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("party_max", sa.Integer(), nullable=True),
        sa.Column("weekly", sa.JSON(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("feed_hash", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_resource_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
        sa.UniqueConstraint("feed_hash", name=op.f("uq_resource_feed_hash")),
        sa.UniqueConstraint("store_id", "code", name=op.f("uq_resource_store_id_code")),
    )


def _create_resource_service() -> None:
    op.create_table(
        "resource_service",
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_resource_service_resource_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_resource_service_service_id")
        ),
        sa.PrimaryKeyConstraint("resource_id", "service_id", name=op.f("pk_resource_service")),
    )
    op.create_index("ix_resource_service_service_id", "resource_service", ["service_id"])


def _create_booking_rules() -> None:
    op.create_table(
        "booking_rules",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("lead_minutes", sa.Integer(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("change_minutes", sa.Integer(), nullable=False),
        sa.Column("cancel_minutes", sa.Integer(), nullable=False),
        sa.Column("hold_minutes", sa.Integer(), nullable=False),
        sa.Column("open_limit", sa.Integer(), nullable=False),
        sa.Column("remind_hour", sa.Integer(), nullable=True),
        sa.Column("remind_hours", sa.Integer(), nullable=True),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_to", sa.Integer(), nullable=False),
        sa.Column("thanks_minutes", sa.Integer(), nullable=True),
        sa.Column("no_show_limit", sa.Integer(), nullable=True),
        sa.Column("no_show_days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_booking_rules_store_id")),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_booking_rules")),
    )


def _create_reservation() -> None:
    op.create_table(
        "reservation",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("guest_name", sa.String(length=100), nullable=True),
        sa.Column("guest_phone", sa.String(length=20), nullable=True),
        _moment("starts_at", nullable=False),
        _moment("ends_at", nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("price", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        _moment("hold_until"),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("cancelled_by", sa.String(length=10), nullable=True),
        sa.Column("cancel_reason", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=120), nullable=False),
        sa.Column("external_id", sa.String(length=60), nullable=True),
        _moment("changed_at", nullable=False),
        _moment("tell_at"),
        _moment("created_at", nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_reservation_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_reservation_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["line_user.id"], name=op.f("fk_reservation_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_reservation_service_id")
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_reservation_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
        sa.UniqueConstraint("cause", name=op.f("uq_reservation_cause")),
        sa.UniqueConstraint("code", name=op.f("uq_reservation_code")),
        sa.UniqueConstraint("external_id", name=op.f("uq_reservation_external_id")),
    )
    op.create_index(
        "ix_reservation_held",
        "reservation",
        ["hold_until"],
        sqlite_where=_HELD,
        postgresql_where=_HELD,
    )
    op.create_index("ix_reservation_member_id_starts_at", "reservation", ["member_id", "starts_at"])
    op.create_index("ix_reservation_person_id_starts_at", "reservation", ["person_id", "starts_at"])
    op.create_index("ix_reservation_service_id", "reservation", ["service_id"])
    op.create_index("ix_reservation_store_id_starts_at", "reservation", ["store_id", "starts_at"])
    op.create_index("ix_reservation_tell_at", "reservation", ["tell_at"])


def _create_reservation_use() -> None:
    op.create_table(
        "reservation_use",
        sa.Column("reservation_id", _BIG, nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("first_unit", sa.Integer(), nullable=False),
        sa.Column("end_unit", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["reservation.id"], name=op.f("fk_reservation_use_reservation_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_reservation_use_resource_id")
        ),
        sa.PrimaryKeyConstraint("reservation_id", "resource_id", name=op.f("pk_reservation_use")),
    )
    op.create_index(
        "ix_reservation_use_live",
        "reservation_use",
        ["resource_id", "end_unit"],
        sqlite_where=sa.text("live = 1"),
        postgresql_where=_LIVE,
    )


def _create_reservation_unit() -> None:
    op.create_table(
        "reservation_unit",
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Integer(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("reservation_id", _BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["reservation.id"], name=op.f("fk_reservation_unit_reservation_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_reservation_unit_resource_id")
        ),
        sa.PrimaryKeyConstraint("resource_id", "unit", "seat", name=op.f("pk_reservation_unit")),
    )
    op.create_index("ix_reservation_unit_reservation_id", "reservation_unit", ["reservation_id"])


def _create_waitlist_entry() -> None:
    op.create_table(
        "waitlist_entry",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("from_time", sa.String(length=5), nullable=False),
        sa.Column("to_time", sa.String(length=5), nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reservation_id", _BIG, nullable=True),
        _moment("offer_until"),
        sa.Column("cause", sa.String(length=120), nullable=False),
        _moment("created_at", nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_waitlist_entry_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["line_user.id"], name=op.f("fk_waitlist_entry_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["reservation.id"], name=op.f("fk_waitlist_entry_reservation_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_waitlist_entry_service_id")
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_waitlist_entry_store_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitlist_entry")),
        sa.UniqueConstraint("cause", name=op.f("uq_waitlist_entry_cause")),
        sa.UniqueConstraint("code", name=op.f("uq_waitlist_entry_code")),
    )
    op.create_index("ix_waitlist_entry_person_id", "waitlist_entry", ["person_id"])
    op.create_index("ix_waitlist_entry_reservation_id", "waitlist_entry", ["reservation_id"])
    op.create_index(
        "ix_waitlist_entry_waits",
        "waitlist_entry",
        ["store_id", "day", "id"],
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    )


def _create_day_closing() -> None:
    op.create_table(
        "day_closing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        _moment("begun_at", nullable=False),
        _moment("done_at"),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_day_closing_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_closing")),
        sa.UniqueConstraint("store_id", "day", name=op.f("uq_day_closing_store_id_day")),
    )


def downgrade() -> None:
    for table in (
        "day_closing",
        "waitlist_entry",
        "reservation_unit",
        "reservation_use",
        "reservation",
        "booking_rules",
        "resource_service",
        "resource",
        "service",
        "store_day",
        "store_week",
    ):
        op.drop_table(table)
    op.drop_column("outbox", "expires_at")
    op.drop_column("store", "longitude")
    op.drop_column("store", "latitude")
