"""What the clock does about reservations."""

from app.domain.reservations import closing, ending, telling, waitlist


def expire() -> int:
    """Give back what was held too long; answers how many holds and offers ended."""
    return ending.expire_due()


def remind() -> int:
    """Queue reminders and thanks whose moment has come; answers how many."""
    return telling.tell_due()


def offer() -> int:
    """Offer what became free by other ways than a cancellation; answers how many offers."""
    return waitlist.offer_all()


def close() -> int:
    """Finish closings of days that a crash left undone; answers how many were cancelled."""
    return closing.finish_all()
