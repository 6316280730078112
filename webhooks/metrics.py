"""What is counted. No label ever holds anything of a person."""

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)


class Metrics:
    """Counters of one process; with PROMETHEUS_MULTIPROC_DIR set, all worker processes are added up when read."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        registry = self._registry
        self.messages = Counter(
            "rumbo_messages", "Messages answered.", ["channel", "outcome", "source"], registry=registry
        )
        self.refused = Counter("rumbo_refused", "Requests refused at the door.", ["reason"], registry=registry)
        self.errors = Counter("rumbo_errors", "Exceptions nobody expected.", ["type"], registry=registry)
        self.store_errors = Counter(
            "rumbo_store_errors", "Times a part was down and we did without.", ["event"], registry=registry
        )
        self.content_changes = Counter(
            "rumbo_content_changes",
            "Times the content was edited, and whether it is served.",
            ["outcome"],
            registry=registry,
        )
        self.reply_seconds = Histogram(
            "rumbo_reply_seconds",
            "From the signed request to the TwiML.",
            ["channel"],
            buckets=SECONDS,
            registry=registry,
        )

    def render(self) -> bytes:
        """Return the exposition text of Prometheus."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the package has no types there
        return generate_latest(registry)
