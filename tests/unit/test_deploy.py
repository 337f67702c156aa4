"""What deploy/ holds fits the program: commands and settings exist, and little is allowed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from hoidap.cli import (
    entry,  # noqa: F401  # registers the commands
    shell,
)
from hoidap.settings import Settings
from hoidap.web.body import STREAMED
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SCRIPTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
COMMANDS = set(typer.main.get_command(shell.app).commands)  # type: ignore[attr-defined]  # a group's
SETTINGS = {f"HOIDAP_{name.upper()}" for name in Settings.model_fields}


def sections(unit: Path) -> dict[str, dict[str, list[str]]]:
    """A unit's directives; each may stand several times."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    section = ""
    for line in unit.read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            name, sign, value = line.partition("=")
            assert sign, line
            found[section][name].append(value)
    return found


def known(command: list[str]) -> None:
    """A command of ours that exists."""
    program, *arguments = command
    assert Path(program).name in SCRIPTS
    if Path(program).name == "hoidap":
        if arguments[0] == "serve" and "serve" not in COMMANDS:
            pytest.skip("the page is not there yet")
        assert arguments[0] in COMMANDS


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_units_start_what_there_is_and_may_do_little(unit: Path) -> None:
    service = sections(unit)["Service"]
    (command,) = service["ExecStart"]
    program, *_ = command.split()
    assert Path(program).parent == Path("/opt/hoidap/bin")
    known(command.split())
    for name, value in {
        "User": "hoidap",
        "WorkingDirectory": "/etc/hoidap",
        "ProtectSystem": "strict",
        "ProtectHome": "true",
        "PrivateTmp": "true",
        "NoNewPrivileges": "true",
        "CapabilityBoundingSet": "",
        "UMask": "0077",
        "StateDirectoryMode": "0700",
    }.items():
        assert service[name] == [value], name
    assert service["StateDirectory"][0].split()[0] == "hoidap"
    assert service["MemoryMax"]
    # Setting limits of the process that reads files is of @resources.
    assert service["SystemCallFilter"] == ["@system-service", "~@privileged"]


def test_the_backup_of_the_night_goes_where_the_unit_may_write() -> None:
    service = sections(DEPLOY / "systemd" / "hoidap-backup.service")["Service"]
    target = service["ExecStart"][0].split()[-1]
    assert Path(target) == Path("/var/lib") / service["StateDirectory"][0].split()[1]
    timer = sections(DEPLOY / "systemd" / "hoidap-backup.timer")
    assert timer["Timer"]["Persistent"] == ["true"]
    assert timer["Install"]["WantedBy"] == ["timers.target"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    place = Path(sys.executable).parent
    for unit in (DEPLOY / "systemd").iterdir():
        text = unit.read_text("utf-8").replace("/opt/hoidap/bin/", f"{place}/")
        (tmp_path / unit.name).write_text(text, "utf-8")
    for unit in sorted(tmp_path.iterdir()):
        told = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", str(unit)],
            capture_output=True,
            text=True,
            check=False,
        )
        ours = [line for line in told.stderr.splitlines() if "hoidap-" in line]
        assert ours == [], told.stderr


def test_nginx_passes_on_what_the_page_needs_and_keeps_no_questions() -> None:
    text = (DEPLOY / "nginx" / "hoidap").read_text("utf-8")
    (served,) = sections(DEPLOY / "systemd" / "hoidap-web.service")["Service"]["ExecStart"]
    port = served.split()[-1]
    assert set(re.findall(r"proxy_pass (\S+);", text)) == {f"http://127.0.0.1:{port}"}
    # Headers are inherited only where a location sets none of its own.
    head, *locations = text.split("    location ")
    for name in ("Host $http_host", "X-Forwarded-For $remote_addr", "X-Forwarded-Proto $scheme"):
        assert f"    proxy_set_header {name};\n" in head
    assert "access_log off;" in head
    assert not any("proxy_set_header" in one or "_log" in one for one in locations)
    _, path = STREAMED
    (uploads,) = (one for one in locations if one.startswith(f"= {path} "))
    assert "client_max_body_size 0;" in uploads
    assert "proxy_request_buffering off;" in uploads
    (numbers,) = (one for one in locations if "deny all;" in one)
    pattern = numbers.removeprefix("~ ").split()[0]
    assert all(re.search(pattern, one) for one in ("/metrics", "/readyz"))


def test_the_example_of_settings_is_one(tmp_path: Path) -> None:
    lines = (DEPLOY / "env.example").read_text("utf-8").splitlines()
    names = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]
    assert set(names) <= SETTINGS
    shutil.copy(DEPLOY / "env.example", tmp_path / ".env")  # the working directory of tests
    settings = Settings.read()
    assert settings.data == Path("/var/lib/hoidap")
    assert settings.telegram_token is None
    assert settings.bot_metrics_port == 9101
    assert settings.web_proxies == ("127.0.0.1",)


def compose() -> dict[str, Any]:
    value = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize("name", ["web", "bot", "backup"])
def test_containers_run_what_there_is_and_may_do_little(name: str) -> None:
    service = compose()["services"][name]
    known(service["command"])
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert (service["mem_limit"], service["pids_limit"]) == ("2g", 256)
    assert set(service["environment"]) <= SETTINGS
    assert service["environment"]["HOIDAP_DATA"] == "/data"
    assert "data:/data" in service["volumes"]
    assert any(place.startswith("/tmp:") for place in service["tmpfs"])


def test_only_this_machine_reaches_the_page() -> None:
    ports = [port for one in compose()["services"].values() for port in one.get("ports", [])]
    assert ports == ["127.0.0.1:8000:8000"]


def test_the_image_runs_as_nobody_special() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    stages = text.split("\nFROM ")[1:]
    assert len(stages) == 2
    last = stages[-1]
    assert re.search(r"^USER hoidap$", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    command = re.search(r"^CMD (\[.*\])$", last, re.MULTILINE)
    assert command is not None
    known(yaml.safe_load(command.group(1)))
    names = set(re.findall(r"\bHOIDAP_[A-Z_]+", text))
    assert names <= SETTINGS
    # What the wheel is built from is copied, and let through to the build.
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    for copied in ("src", "bot", "corpus", "embeddings/encoder", "constraints.txt", "README.md"):
        assert re.search(rf"^COPY .*{re.escape(copied)}", text, re.MULTILINE), copied
        assert f"!{copied}" in ignored, copied
        assert (ROOT / copied).exists()
