"""The bot as a process of its own, talking to the stand-in."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from hoidap.encoder import Encoder
from hoidap.reload import reload
from hoidap.settings import Settings
from tests.bot.standin import BOT_NAME, TOKEN, StandIn, stand_in
from tests.conftest import DATA, SEED

ADMIN = 7
SCRIPT = Path(sys.executable).with_name("hoidap-bot")


class Bot:
    """A running ``hoidap-bot``; what it wrote to its log so far is ``log``."""

    def __init__(self, arguments: Sequence[str], environment: dict[str, str], cwd: Path) -> None:
        self.process = subprocess.Popen(
            [str(SCRIPT), *arguments],
            env=environment,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.data = Path(environment["HOIDAP_DATA"])
        self._lines: list[str] = []
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.append(line.decode())
            if f"@{BOT_NAME} đang chạy" in self._lines[-1]:
                self._ready.set()
        self._ready.set()

    @property
    def log(self) -> str:
        return "".join(self._lines)

    def ready(self) -> None:
        assert self._ready.wait(60), self.log
        assert self.process.poll() is None, self.log

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Stop the process; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(60)
        finally:
            self.process.kill()
            self._reader.join(10)
            if self.process.stdout is not None:
                self.process.stdout.close()


Start = Callable[..., Bot]


@pytest.fixture
def api() -> Iterator[StandIn]:
    with stand_in() as api:
        yield api


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """A folder with the first report, the made-up district's and a long one; and their index."""
    base = tmp_path_factory.mktemp("bot")
    shutil.copytree(DATA / "reports", base / "reports")
    for path in SEED.parent.iterdir():
        shutil.copy(path, base / "reports")
    sentence = "Xã {n} trồng {n} cây dừa xiêm & <b>cây</b> sao năm 2022 để chắn gió ven sông. "
    paragraphs = [
        "".join(sentence.format(n=100 * part + n) for n in range(16)) for part in range(12)
    ]
    (base / "reports" / "dua-xiem.txt").write_text(
        "Phong trào trồng dừa xiêm\n\n" + "\n\n".join(paragraphs), "utf-8"
    )
    reload(Settings(corpus=base / "reports", data=base / "data"), encoder)
    return base


@pytest.fixture
def place(loaded: Path, tmp_path: Path) -> Path:
    """A copy of those of the test's own."""
    place = tmp_path / "place"
    shutil.copytree(loaded, place)
    return place


def _environment(api: StandIn, place: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(place),
        "HOIDAP_CORPUS": str(place / "reports"),
        "HOIDAP_DATA": str(place / "data"),
        "HOIDAP_TELEGRAM_TOKEN": TOKEN,
        "HOIDAP_TELEGRAM_API": api.url,
        "HOIDAP_TELEGRAM_RATE": "1000",
        "HOIDAP_QUESTIONS_PER_MINUTE": "1000",
        "HOIDAP_ADMIN_IDS": str(ADMIN),
    }


@pytest.fixture
def start(api: StandIn, place: Path) -> Iterator[Start]:
    """Start the bot; it is stopped at the end, and must not have written the token."""
    bots: list[Bot] = []
    # What runs in a shell's background is started so that Ctrl-C does nothing, and so are its own.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def start_bot(*arguments: str, ready: bool = True, **environment: str) -> Bot:
        bot = Bot(arguments, _environment(api, place) | environment, place)
        bots.append(bot)
        if ready:
            bot.ready()
        return bot

    yield start_bot
    for bot in bots:
        bot.stop()
        assert TOKEN not in bot.log
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def bot(start: Start) -> Bot:
    """The bot, running, for a test of its own."""
    return start()


@pytest.fixture(scope="session")
def shared(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StandIn, Bot]]:
    """A bot that many tests talk to, each as users of its own."""
    place = tmp_path_factory.mktemp("shared") / "place"
    shutil.copytree(loaded, place)
    with stand_in() as api:
        bot = Bot((), _environment(api, place), place)
        bot.ready()
        yield api, bot
        assert bot.stop() == 0, bot.log
        assert TOKEN not in bot.log


@pytest.fixture
def talk(shared: tuple[StandIn, Bot]) -> StandIn:
    """The stand-in of the shared bot."""
    return shared[0]


_users = itertools.count(1001)


@pytest.fixture
def user() -> int:
    """A user whom the bot has not met."""
    return next(_users)
