"""What is missing and, of one series, why: missing.py [TITLE].

The address stands in LACUNARR_URL, the key in LACUNARR_API_KEY. `lacunarr_client` is generated; the README says how.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

import httpx

from lacunarr_client import AuthenticatedClient
from lacunarr_client.api.checks import follow_check, get_check, start_check
from lacunarr_client.api.series import explain_series, list_series
from lacunarr_client.api.wanted import list_wanted
from lacunarr_client.models import CheckRequest, Problem

PAGE_SIZE = 50

T = TypeVar("T")


class Page(Protocol[T]):
    """A page of a list."""

    records: list[T]
    total_records: int


class Refused(Exception):
    """The service answered with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.title}: {problem.detail}")
        self.problem = problem


def taken(answer: T | Problem | None) -> T:
    """The answer, unless it is a problem. It is never None: the client raises where a status is not documented."""
    if isinstance(answer, Problem):
        raise Refused(answer)
    assert answer is not None
    return answer


def every(ask: Callable[[int], Page[T] | Problem | None]) -> Iterator[T]:
    """The records of all pages."""
    number, seen = 1, 0
    while True:
        page = taken(ask(number))
        yield from page.records
        seen += len(page.records)
        if not page.records or seen >= page.total_records:
            return
        number += 1


def show_missing(client: AuthenticatedClient) -> None:
    print("Series with missing volumes:")
    for series in every(lambda page: list_series.sync(client=client, missing=True, page=page, page_size=PAGE_SIZE)):
        print(f"  {series.title}: {series.missing} (owned: {series.owned})")
    wants = every(lambda page: list_wanted.sync(client=client, page=page, page_size=PAGE_SIZE))
    states = Counter(want.state.value for want in wants)
    print("Volumes:", ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none missing")


def show_why(client: AuthenticatedClient, title: str) -> None:
    """Searches, sends nothing, and says what became of each offer."""
    found = taken(list_series.sync(client=client, title=title)).records
    if not found:
        sys.exit(f"no series is called {title}")
    series = found[0]
    check = taken(start_check.sync(client=client, body=CheckRequest(series_ids=[series.id], dry_run=True)))
    # The stream of its events ends with the check.
    taken(follow_check.sync(check.id, client=client))
    stats = taken(get_check.sync(check.id, client=client)).stats
    print(f"{series.title}: {stats.offers} offers, {stats.would_send} would be sent")
    why = taken(explain_series.sync(series.id, client=client))
    print(why.line)
    for offer in why.offers:
        print(f"  {offer.decision.value}: {offer.title}")
        for reason in offer.reasons:
            print(f"    {reason.message}")


def main() -> None:
    client = AuthenticatedClient(
        base_url=os.environ.get("LACUNARR_URL", "http://localhost:9797"),
        token=os.environ.get("LACUNARR_API_KEY", ""),
        # A check that has nothing to tell sends a sign of life every 15 seconds.
        timeout=httpx.Timeout(30),
        raise_on_unexpected_status=True,
    )
    try:
        show_missing(client)
        if len(sys.argv) > 1:
            show_why(client, sys.argv[1])
    except (Refused, httpx.HTTPError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
