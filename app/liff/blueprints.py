"""Every part of the members' web."""

from app.liff import (
    assets,
    calendars,
    card,
    coupons,
    link,
    login,
    me,
    member_login,
    members,
    order_menu,
    orders,
    pages,
    payments,
    points,
    reservations,
    stores,
)

BLUEPRINTS = (
    *(pages.bp, stores.bp, assets.bp, me.bp, card.bp, points.bp, coupons.bp),
    *(orders.bp, order_menu.bp, payments.bp),
    *(reservations.bp, calendars.bp, link.bp, members.bp, login.bp, member_login.bp),
)
