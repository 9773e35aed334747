"""A sandbox in a process of its own that takes its time: so long for each request, and so long for each part of a batch.

    python -m tests.bench.slow_service COMPANIES INVOICES REQUEST_MS PART_MS

It prints its URL, and one JSON line of what it has seen for each line it reads; it ends with its input.
"""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from datetime import timedelta

from importer.sandbox.app import BASE, Sandbox
from importer.sandbox.behaviour import Behaviour
from importer.sandbox.books import make_books
from importer.sandbox.server import Server
from tests.flow.fleet import company


def name(number: int) -> str:
    return f"k{number:04}"


def serve(companies: int, invoices: int, request_ms: float, part_ms: float) -> None:
    behaviour = Behaviour(request_time=timedelta(milliseconds=request_ms), part_time=timedelta(milliseconds=part_ms))
    books = make_books({"companies": [company(name(number), invoices) for number in range(companies)]})
    sandbox = Sandbox(books, behaviour=behaviour)
    with Server(sandbox, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        _say({"url": server.url + BASE})
        for _ in sys.stdin:
            _say(seen(sandbox))


def seen(sandbox: Sandbox) -> dict[str, object]:
    """Requests by status, journal lines, how many invoices were paid twice, the most requests at once and in five minutes."""
    paid = Counter(
        (company, line.invoice_number)
        for company in sandbox.company_names()
        for line in sandbox.journal_lines("BANK", company=company)
    )
    return {
        "requests": Counter(str(request.status) for request in sandbox.requests),
        "lines": paid.total(),
        "doubled": sum(count > 1 for count in paid.values()),
        "at_once": sandbox.traffic.most_worked_on,
        "in_window": most_in_window([request.at.timestamp() for request in sandbox.requests]),
    }


def most_in_window(times: list[float], window_s: float = 300) -> int:
    """The most requests in any five minutes; the times are in order."""
    most, start = 0, 0
    for end, time in enumerate(times):
        while times[start] <= time - window_s:
            start += 1
        most = max(most, end - start + 1)
    return most


def _say(fact: object) -> None:
    sys.stdout.write(json.dumps(fact) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
