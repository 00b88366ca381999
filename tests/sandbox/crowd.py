"""Many friends at once, for what LINE ties to numbers of people."""

from tests.sandbox.helpers import Client


def befriend(sandbox: Client, number: int) -> list[str]:
    """Make this many friends of the account "main" and return their user ids."""
    user_ids = []
    for n in range(number):
        person = sandbox.post("/control/people", {"key": f"p{n}", "name": f"Person {n}"})
        user_ids.append(person["user_ids"]["main"])
        sandbox.act("add", person=f"p{n}")
    return user_ids
