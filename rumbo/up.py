"""`rumbo up`: everything the line needs, started in order, watched, and stopped together."""

import contextlib
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from time import monotonic

import urllib3

from nlu.client import NluServer
from rumbo.catalogues import unbuilt
from rumbo.housekeeping import keep_house
from rumbo.kept_models import ModelMissing, name_of
from rumbo.models import MODELS, ensure_model, model_path
from rumbo.processes import ProcessFailed, announce_nlu, free_port, is_taken, start, start_nlu, stop, wait_until
from rumbo.settings import ROOT, VAR, Settings
from rumbo.staffing import FIRST_STAFF, add_first_staff
from rumbo.wiring import read_catalogue
from stores.database import make_engine, upgrade
from stores.private_redis import private_redis

WATCH_SECONDS = 1.0
RESTART_AFTER_SECONDS = 3.0
WEB_LOG, NLU_LOG, CONSOLE_LOG = (VAR / "log" / f"{name}.log" for name in ("web", "nlu", "console"))
CONSOLE_THREADS = 8

Say = Callable[[str], None]


def up(settings: Settings, say: Say) -> None:
    """Serve until a signal comes; raise before anything is started when content or settings are wrong."""
    stopping = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopping.set())
    began = monotonic()
    settings.require_complete()
    if is_taken(settings.port):
        hint = f"Stop what listens there (another `rumbo up`?), or choose another: rumbo up --port {settings.port + 1}"
        raise ProcessFailed(f"Port {settings.port} is taken. {hint}")
    if is_taken(settings.console_port):
        hint = f"Stop what listens there, or choose another: RUMBO_CONSOLE_PORT={settings.console_port + 1}"
        raise ProcessFailed(f"The console's port {settings.console_port} is taken. {hint}")
    read_catalogue(settings)
    say("content: checked")
    if locales := unbuilt(ROOT):
        say(f"interface: {', '.join(locales)} not built, pages for staff may be in Spanish only; run `make setup`")
    with contextlib.ExitStack() as stack:
        redis_url = settings.redis_url or stack.enter_context(private_redis(VAR / "run" / str(settings.port)))
        say("redis: ready" if settings.redis_url else "redis: private server ready")
        _prepare_database(settings)
        say("database: migrated")
        first_password = add_first_staff(settings)
        port = settings.nlu_port or free_port()
        nlu = Understanding(port, say)
        stack.callback(nlu.stop)
        web = Child("web", lambda: _start_web(settings, redis_url, port))
        stack.callback(web.stop)
        console = Child("console", lambda: _start_console(settings, redis_url, port))
        stack.callback(console.stop)
        say("understanding and web: starting")
        wait_until(
            lambda: stopping.is_set() or _answers(f"http://127.0.0.1:{settings.port}/health/live"), web.process, WEB_LOG
        )
        server = NluServer(f"http://127.0.0.1:{port}", 1.0)
        nlu.wait(lambda: stopping.is_set() or server.is_ready())
        wait_until(lambda: stopping.is_set() or is_taken(settings.console_port), console.process, CONSOLE_LOG)
        announce_nlu(nlu.model, port)
        if not stopping.is_set():
            _greet(settings, say, monotonic() - began, first_password)
        keep_house(settings, stopping, say)
        _watch(nlu, (web, console), stopping, say)
        say("stopping")
    say("stopped")


class Child:
    """A process that is started again when it ends by itself."""

    def __init__(self, name: str, begin: "Callable[[], Popen[bytes]]") -> None:
        self.name, self._begin = name, begin
        self.process, self._started = begin(), monotonic()

    def revive(self, say: Say) -> None:
        """Start it again if it ended; not oftener than every few seconds."""
        if self.process.poll() is None or monotonic() - self._started < RESTART_AFTER_SECONDS:
            return
        say(f"{self.name}: ended with {self.process.returncode}, starting again (var/log/{self.name}.log)")
        self.restart()

    def restart(self) -> None:
        """End it and start it anew."""
        stop(self.process)
        self.process, self._started = self._begin(), monotonic()

    def stop(self) -> None:
        """End it."""
        stop(self.process)


class Understanding(Child):
    """The NLU server. It takes another model as soon as one is pinned, or none is any more."""

    def __init__(self, port: int, say: Say) -> None:
        self._port, self._seen = port, MODELS.pin_state()
        self.model = ensure_model(say)
        super().__init__("nlu", lambda: start_nlu(self.model, port))

    def wait(self, is_ready: Callable[[], bool]) -> None:
        """Wait until it serves; raise ProcessFailed, saying how to do without a pinned model that does not load."""
        try:
            wait_until(is_ready, self.process, NLU_LOG)
        except ProcessFailed as error:
            if MODELS.pinned() is None:
                raise
            hint = f"The model {name_of(self.model)} is pinned. `rumbo nlu rollback --latest` goes back to the newest."
            raise ProcessFailed(f"{error}\n{hint}") from error

    def follow_pin(self, say: Say) -> None:
        """Serve what is pinned, if that has changed; the light classifier answers for the seconds it takes."""
        seen = MODELS.pin_state()
        if seen == self._seen:
            return
        self._seen = seen
        try:
            model = MODELS.pinned() or model_path()
        except ModelMissing as error:
            say(f"nlu: {error}")
            return
        if model != self.model and model.exists():
            say(f"nlu: taking the model {name_of(model)}")
            self.model = model
            self.restart()
            announce_nlu(model, self._port)


def _prepare_database(settings: Settings) -> None:
    engine = make_engine(settings.database_url)
    upgrade(engine)
    engine.dispose()


def _start_web(settings: Settings, redis_url: str, nlu_port: int) -> "Popen[bytes]":
    counts = VAR / "run" / str(settings.port) / "metrics"
    shutil.rmtree(counts, ignore_errors=True)
    counts.mkdir(parents=True)
    env = os.environ | {
        "REDIS_URL": redis_url,
        "RUMBO_PORT": str(settings.port),
        "RUMBO_NLU_PORT": str(nlu_port),
        "RUMBO_SIMULATOR": str(settings.simulator),
        "PROMETHEUS_MULTIPROC_DIR": str(counts),
    }
    command = _gunicorn("rumbo.web:create()", settings.port, settings.web_workers, settings.web_threads)
    return start(command, env, WEB_LOG)


def _start_console(settings: Settings, redis_url: str, nlu_port: int) -> "Popen[bytes]":
    env = os.environ | {
        "REDIS_URL": redis_url,
        "RUMBO_PORT": str(settings.port),
        "RUMBO_NLU_PORT": str(nlu_port),
        "RUMBO_CONSOLE_PORT": str(settings.console_port),
    }
    return start(_gunicorn("rumbo.console:create()", settings.console_port, 1, CONSOLE_THREADS), env, CONSOLE_LOG)


def _gunicorn(application: str, port: int, workers: int, threads: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", application),
        *("--bind", f"127.0.0.1:{port}"),
        *("--workers", str(workers), "--worker-class", "gthread", "--threads", str(threads)),
        *("--graceful-timeout", "8", "--timeout", "60", "--keep-alive", "75", "--log-level", "warning"),
        *("--logger-class", "rumbo.discreet_log.DiscreetLogger"),
        *("--no-control-socket", "--worker-tmp-dir", _memory_folder()),
    ]


def _memory_folder() -> str:
    """Return a folder in memory for gunicorn's heartbeats where there is one."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else str(VAR)  # noqa: S108


def _answers(url: str) -> bool:
    try:
        return urllib3.request("GET", url, timeout=1.0, retries=False).status == 200
    except urllib3.exceptions.HTTPError:
        return False


def _greet(settings: Settings, say: Say, seconds: float, first_password: str | None) -> None:
    say(f"ready after {seconds:.0f} s. Ctrl-C stops everything.\n")
    say(f"  Staff console     {settings.console_url}")
    if first_password:
        say(f"                    log in as {FIRST_STAFF} with the password {first_password}")
    if settings.has_simulator:
        say(f"  Phone simulator   http://127.0.0.1:{settings.port}/simulator")
    say(f"  Twilio webhook    {settings.base_url}/twilio/inbound")
    say(f"  Status callback   {settings.base_url}/twilio/status")
    say(f"  Health            http://127.0.0.1:{settings.port}/health/ready")
    say(f"  Logs              {(VAR / 'log').relative_to(ROOT)}/\n")
    if settings.auth_token is None:
        say("  TWILIO_AUTH_TOKEN is not set: a made-up one in var/ signs the simulator's messages.\n")


def _watch(nlu: Understanding, others: tuple[Child, ...], stopping: threading.Event, say: Say) -> None:
    while not stopping.wait(WATCH_SECONDS):
        nlu.follow_pin(say)
        for child in (nlu, *others):
            child.revive(say)
