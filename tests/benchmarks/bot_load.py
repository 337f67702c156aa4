"""How fast the bot answers many users at once, whether it loses any, and whether its memory grows.

``python -m tests.benchmarks.bot_load``: the bot as a process of its own against the stand-in. Each
user asks, reads, and asks again, as people do; questions come at ``--rate`` a second. An answer's
time is that from the stand-in's handing out of the update to the bot's request to send the answer,
so it holds the bot's own work and its waiting, and nothing of Telegram's.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.bot.standin import BOT_NAME, TOKEN, Call, Json, Shown, StandIn, stand_in
from tests.conftest import DATA, SEED

_QUESTIONS = (
    "Ai chủ trì hội nghị ngày 26/3/2021?",
    "Cầu Rạch Sậy dài bao nhiêu mét?",
    "Ai là Bí thư Huyện ủy?",
    "Giá nước sạch xã Vĩnh Hòa bao nhiêu?",
    "Huyện hỗ trợ bao nhiêu hộ nghèo vay vốn?",
    "gia vang hom nay",
    "How many communes met the new rural standard?",
)


class _Meter(StandIn):
    """Notes when each question was handed out and when its answer came; keeps nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: dict[int, float] = {}
        self.took: list[float] = []
        self.free: list[int] = []
        self.twice = 0
        self.lock = threading.Lock()

    def handed_out(self, chat: int) -> None:
        with self.lock:
            self.asked[chat] = time.monotonic()

    def noted(self, call: Call) -> None:
        """Count an answer."""
        if call.method != "sendmessage":
            return
        chat = int(call.values["chat_id"])
        with self.lock:
            asked = self.asked.pop(chat, None)
            if asked is None:
                self.twice += 1
            else:
                self.took.append(call.at - asked)
                self.free.append(chat)

    def keep(self, shown: Shown, value: Json) -> None:
        """Keep no message: only the bot's memory is to be seen growing."""


def _memory(pid: int) -> float:
    """Resident memory of a process in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _cpu(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _run(api: _Meter, pid: int, users: int, questions: int, rate: float) -> dict[str, object]:
    rng = random.Random(7)
    api.free = list(range(1000, 1000 + users))
    memory: list[tuple[int, float]] = []
    started, cpu, asked, most = time.monotonic(), _cpu(pid), 0, 0
    end = started + questions / rate + 300
    while len(api.took) < questions and time.monotonic() < end:
        due = min(questions, int((time.monotonic() - started) * rate) + 1)
        while asked < due:
            with api.lock:
                if not api.free:
                    break
                user = api.free.pop(rng.randrange(len(api.free)))
            value = api.message(rng.choice(_QUESTIONS), user=user)
            api.raw.pop((user, value["message_id"]))
            api.handed_out(user)
            api.push({"message": value})
            asked += 1
            most = max(most, users - len(api.free))
        if len(api.took) // 1000 >= len(memory):
            memory.append((len(api.took), round(_memory(pid), 1)))
        time.sleep(0.002)
    memory.append((len(api.took), round(_memory(pid), 1)))
    times = sorted(api.took)
    seconds = time.monotonic() - started
    return {
        "users": users,
        "waiting_at_once": most,
        "asked": asked,
        "answered": len(times),
        "lost": asked - len(times),
        "twice": api.twice,
        "seconds": round(seconds, 1),
        "per_second": round(len(times) / seconds, 1),
        "ms_p50": round(statistics.median(times) * 1000, 1),
        "ms_p95": round(times[int(len(times) * 0.95)] * 1000, 1),
        "ms_max": round(times[-1] * 1000, 1),
        "bot_cpu_ms_per_question": round((_cpu(pid) - cpu) * 1000 / len(times), 1),
        "memory_mib": memory,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--questions", type=int, default=20_000)
    parser.add_argument("--rate", type=float, default=20.0, help="questions a second, of all users")
    arguments = parser.parse_args()
    place = Path(tempfile.mkdtemp())
    shutil.copytree(DATA / "reports", place / "reports")
    for path in SEED.parent.iterdir():
        shutil.copy(path, place / "reports")
    api = _Meter()
    with stand_in(api):
        environment = {
            "PATH": os.environ["PATH"],
            "HOIDAP_CORPUS": str(place / "reports"),
            "HOIDAP_DATA": str(place / "data"),
            "HOIDAP_TELEGRAM_TOKEN": TOKEN,
            "HOIDAP_TELEGRAM_API": api.url,
            "HOIDAP_TELEGRAM_RATE": "100000",
            "HOIDAP_QUESTIONS_PER_MINUTE": "100000",
        }
        script = Path(sys.executable).with_name("hoidap-bot")
        with subprocess.Popen([str(script)], env=environment, stderr=subprocess.PIPE) as bot:
            assert bot.stderr is not None
            for line in bot.stderr:
                if f"@{BOT_NAME} đang chạy" in line.decode():
                    break
            threading.Thread(target=bot.stderr.read, daemon=True).start()
            result = _run(api, bot.pid, arguments.users, arguments.questions, arguments.rate)
            bot.terminate()
    shutil.rmtree(place)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
