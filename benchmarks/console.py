"""Measure the console's pages over a million turns: `make bench-console`.

Logs in and asks for each page through the application itself, then prints how long the middle and the slow end took.
The database is made the first time (`benchmarks.console_seed`), which takes some minutes and two gigabytes.
"""

import re
import sys
import tempfile
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from flask.testing import FlaskClient
from flask_security import hash_password

from benchmarks.console_seed import seed
from console.app import ConsoleParts, ConsoleSettings, create_console
from console.conversations import create_conversations
from console.insights import create_insights
from console.review import create_review
from content.checks import load_catalogue
from rumbo.wiring import is_strange, now
from stores.audit import SqlAudit
from stores.counts import roll_up_all
from stores.database import make_engine
from stores.private_redis import private_redis
from stores.redis_client import connect
from stores.reviews import SqlReviews

DATABASE = Path("var/bench/console.db")
TURNS = 1_000_000
TIMES = 40
TARGET_MS = 300
ORIGIN = "https://localhost"
EMAIL, PASSWORD = "reviewer@example.org", "tres tristes tigres"
ROOT = Path(__file__).resolve().parents[1]

PAGES: tuple[tuple[str, str], ...] = (
    ("newest", "/conversations"),
    ("in the middle", "/conversations?before=500000"),
    ("back up", "/conversations?after=400000"),
    ("a day in spring", "/conversations?from=2026-04-01&to=2026-04-01"),
    ("a day, rare", "/conversations?from=2026-04-01&to=2026-04-01&locale=ixl&outcome=handoff"),
    ("locale", "/conversations?locale=kek"),
    ("rare locale", "/conversations?locale=ixl&channel=sms"),
    ("intent", "/conversations?intent=passport"),
    ("rare intent", "/conversations?intent=repatriation_remains"),
    ("low confidence", "/conversations?confidence=low"),
    ("unanswered", "/conversations?outcome=unknown"),
    ("unanswered, rare", "/conversations?outcome=unknown&locale=ixl&channel=sms"),
    ("handoff", "/conversations?outcome=handoff"),
    ("degraded", "/conversations?degraded=1"),
    ("degraded, rare", "/conversations?degraded=1&locale=ixl&outcome=clarified&channel=sms"),
    ("helped", "/conversations?feedback=yes"),
    ("did not help", "/conversations?feedback=no"),
    ("did not help, rare", "/conversations?feedback=no&locale=ixl&channel=sms"),
    ("flagged", "/conversations?flagged=1"),
    ("mine, to do", "/conversations?mine=1&state=todo"),
    ("done, rare", "/conversations?state=done&locale=ixl&confidence=low"),
    ("tag", "/conversations?tag=urgente"),
    ("nothing like it", "/conversations?intent=no_such_intent"),
    ("search", "/conversations?q=pasaporte"),
    ("search, two words", "/conversations?q=perdi+pasaporte"),
    ("search, rare word", "/conversations?q=comitancillo"),
    ("search, beginning", "/conversations?q=con"),
    ("search, no such word", "/conversations?q=xyzzyx"),
    ("common word, rare", "/conversations?q=de&locale=ixl&outcome=handoff"),
    ("common words, rare", "/conversations?q=mi+no+de+en&confidence=low&feedback=no"),
    ("review", "/review/"),
    ("needs, a month", "/insights"),
    ("needs, a week", "/insights?range=7"),
    ("needs, a quarter", "/insights?range=90"),
    ("needs, a year", "/insights?range=365"),
    ("needs, a year, locale", "/insights?range=365&locale=es"),
    ("needs, channel", "/insights?channel=whatsapp"),
    ("new topics", "/insights/new-topics"),
    ("needs, exported", "/insights/export/questions.xlsx?range=365"),
)
"""What is asked for; add the pages of other rooms here."""


def main() -> None:
    """Print the table; exit 1 when a page misses the target."""
    if not DATABASE.exists():
        print(f"making {DATABASE} with {TURNS:,} turns")
        DATABASE.parent.mkdir(parents=True, exist_ok=True)
        seed(DATABASE, TURNS)
    # What the line's housekeeping counts once a day.
    roll_up_all(make_engine(f"sqlite:///{DATABASE}"), datetime.now(UTC))
    with tempfile.TemporaryDirectory() as folder, private_redis(Path(folder)) as redis_url:
        client = log_in(redis_url)
        client.get("/conversations", base_url=ORIGIN)
        print(f"{'page':<24}{'p50 ms':>8}{'p95 ms':>8}{'kB':>6}")
        slow = [name for name, path in PAGES if report(client, name, path) > TARGET_MS]
    print(f"\nover {TARGET_MS} ms at p95: {', '.join(slow) or 'none'}")
    sys.exit(bool(slow))


def log_in(redis_url: str) -> FlaskClient:
    """Return a browser in which a reviewer is logged in."""
    engine = make_engine(f"sqlite:///{DATABASE}")
    audit = SqlAudit(engine)
    catalogue = load_catalogue(ROOT / "content", datetime.now(UTC).date())
    rooms = [
        create_conversations(engine, lambda: catalogue, audit, now),
        create_review(SqlReviews(engine, now, is_strange), lambda: catalogue, audit, now),
        create_insights(engine, lambda: catalogue, now, audit, Decimal("0.05")),
    ]
    parts = ConsoleParts(engine, connect(redis_url), lambda: catalogue, ROOT / "content", now, audit, rooms)
    app = create_console(ConsoleSettings(b"k" * 32, "localhost", requires_second_factor=False), parts)
    with app.app_context():
        accounts = app.extensions["security"].datastore
        if accounts.find_user(email=EMAIL) is None:
            role = accounts.find_or_create_role("reviewer")
            known = datetime(2026, 1, 1)  # noqa: DTZ001  (as Flask-Security writes it: the password is her own)
            accounts.create_user(email=EMAIL, password=hash_password(PASSWORD), roles=[role], confirmed_at=known)
            accounts.commit()
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login", base_url=ORIGIN).text)
    assert token
    form = {"csrf_token": token[1], "email": EMAIL, "password": PASSWORD}
    client.post("/login", data=form, base_url=ORIGIN, headers={"Referer": ORIGIN})
    return client


def report(client: FlaskClient, name: str, path: str) -> float:
    """Print how long a page takes; return its 95th percentile in milliseconds."""
    took: list[float] = []
    for _ in range(TIMES):
        began = time.perf_counter()
        response = client.get(path, base_url=ORIGIN)
        took.append((time.perf_counter() - began) * 1000)
        assert response.status_code == 200, (name, response.status_code)
    took.sort()
    p50, p95 = took[TIMES // 2], took[int((TIMES - 1) * 0.95)]
    print(f"{name:<24}{p50:>8.0f}{p95:>8.0f}{len(response.data) // 1024:>6}", flush=True)
    return p95


if __name__ == "__main__":
    main()
