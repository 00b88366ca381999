"""Every part of the staff's web."""

from app.staff import (
    adjustments,
    assets,
    audit,
    booking,
    counter,
    day_off,
    feeds,
    home,
    keys,
    login,
    me,
    members,
    order_calls,
    order_menu,
    orders,
    reservation_calls,
    reservations,
    scan,
    team,
)

BLUEPRINTS = (
    *(assets.bp, login.bp, home.bp, scan.bp, counter.bp),
    *(booking.bp, day_off.bp, feeds.bp, feeds.public, reservations.bp, reservation_calls.bp),
    *(orders.bp, order_calls.bp, order_menu.bp),
    *(members.bp, adjustments.bp, me.bp, team.bp, keys.bp, audit.bp),
)
