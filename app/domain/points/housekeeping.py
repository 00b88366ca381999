"""What time does to the ledger: points expire, tiers end. Each may be run again."""

from app.domain.points import ledger, queries, tiers

_SOME = 200


def expire_due() -> int:
    """Let the points go whose time is over; answers how many members had such."""
    count = 0
    while due := queries.due_members(_SOME):
        for member_id in due:
            ledger.sweep(member_id)
        count += len(due)
    return count


def look_at_tiers() -> int:
    """Bring every member's tier up to date; answers how many changed."""
    count, after = 0, 0
    while some := queries.members_after(after, _SOME):
        count += sum(tiers.look(member_id) for member_id in some)
        after = some[-1]
    return count
