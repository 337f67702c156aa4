"""The command line as scripts and people use it: output, errors, exit codes."""

from __future__ import annotations

import getpass
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from hoidap.journal import Journal
from hoidap.settings import Settings
from tests.conftest import DATA, SEED
from tests.integration.test_answering import FIRST_PASSAGE
from tests.milvus import MilvusServer, free_port

Run = Callable[..., subprocess.CompletedProcess[str]]
QUESTION = "Ai chủ trì hội nghị ngày 26/3/2021?"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run ``hoidap`` as a process of its own, in an empty directory."""
    base = {"PATH": os.environ["PATH"], "HOIDAP_DATA": str(tmp_path / "data")}

    def run_hoidap(
        *arguments: str, stdin: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(Path(sys.executable).with_name("hoidap")), *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=base | {"HOIDAP_CORPUS": str(SEED.parent)} | environment,
            cwd=tmp_path,
            timeout=120,
            check=False,
        )

    return run_hoidap


def in_bash(command: str, data: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in which ``hoidap`` asks the sample report."""
    place = Path(sys.executable).parent
    return subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={
            "PATH": f"{place}:{os.environ['PATH']}",
            "HOIDAP_DATA": str(data),
            "HOIDAP_CORPUS": str(SEED.parent),
        },
        cwd=data.parent,
        timeout=120,
        check=False,
    )


def one_json(result: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert len(lines) == 1
    value: dict[str, Any] = json.loads(lines[0])
    return value


def one_line_error(result: subprocess.CompletedProcess[str], code: int) -> str:
    assert result.returncode == code
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("hoidap: ")
    return lines[0]


def test_the_first_question_builds_the_index_and_is_answered(run: Run) -> None:
    result = run("ask", QUESTION)
    assert result.returncode == 0
    assert "Báo cáo không ghi rõ: chủ trì" in result.stdout
    assert f"\n{FIRST_PASSAGE}" in result.stdout
    assert "Tổng kết công tác phối hợp giữa UBND với UBMTTQ" in result.stdout
    assert "26/03/2021 · Nguồn: Ủy ban nhân dân huyện Cao Lãnh, tỉnh Đồng Tháp" in result.stdout


def test_an_english_question_is_answered_in_english_around_the_quote(run: Run) -> None:
    result = run("ask", "Who chaired the 26/3/2021 conference?")
    assert "The report does not state: chaired" in result.stdout
    assert f"\n{FIRST_PASSAGE}" in result.stdout
    assert "Source: Ủy ban nhân dân" in result.stdout
    assert "No answer was found" in run("ask", "What is the price of gold?").stdout


def test_json_has_the_agreed_keys(run: Run) -> None:
    answer = one_json(run("ask", QUESTION, "--json", "--top-k", "1"))
    assert list(answer) == [
        "question", "language", "status", "quotes", "missing_terms", "places", "generation",
        "elapsed_ms",
    ]  # fmt: skip
    assert (answer["question"], answer["language"]) == (QUESTION, "vi")
    assert (answer["status"], answer["missing_terms"]) == ("partial", ["chủ trì"])
    assert answer["generation"] == 1
    (quote,) = answer["quotes"]
    assert list(quote) == [
        "report_id", "title", "date", "number", "source", "page", "text", "start", "end",
        "highlights", "score", "ocr",
    ]  # fmt: skip
    assert quote["date"] == "2021-03-26"
    assert (quote["number"], quote["page"], quote["ocr"]) == (None, None, False)
    stored = run("report", quote["report_id"], "--text").stdout
    assert stored[quote["start"] : quote["end"]] == quote["text"]
    start, end = quote["highlights"][0]
    assert quote["text"][start:end].startswith("Ngày 26/3/2021")


def test_a_line_of_stdin_is_a_question_and_gets_a_line(run: Run) -> None:
    result = run("ask", "-", "--json", stdin=f"{QUESTION}\r\n\nGiá vàng?\n\ufeffhội nghị")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["question"] for answer in answers] == [QUESTION, "Giá vàng?", "hội nghị"]
    assert [answer["status"] for answer in answers] == ["partial", "not_found", "quoted"]


def test_a_line_that_cannot_be_asked_does_not_stop_the_others(run: Run) -> None:
    result = run("ask", "-", "--json", stdin=f"{'a' * 100_000}\nhội nghị\n")
    assert result.returncode == 1
    assert len(result.stdout.splitlines()) == 1
    assert "dài 100000 ký tự" in result.stderr


def test_the_report_is_stored_without_furniture_and_otherwise_unaltered(run: Run) -> None:
    run("reload")
    stored = run("report", "000_e56e038e237a51aa", "--text").stdout
    original = SEED.read_text("utf-8")
    assert all(line in original for line in stored.split("\n"))
    assert "Xuất bản thông tin" not in stored
    assert "null" not in stored
    assert "Tin tức" not in stored
    assert stored.startswith("Tổng kết công tác phối hợp")
    assert stored.endswith("Thành Ngưỡng")
    kept = [line for line in original.splitlines() if line.strip()]
    assert len(stored.split("\n\n")) == len(kept) - 3


def test_reload_tells_what_it_did_as_json(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    shutil.copytree(DATA / "reports", folder)
    (folder / "hỏng.txt").write_bytes(b"\xff\xff")
    (folder / "sổ.xlsx").touch()
    result = one_json(run("reload", "--json", HOIDAP_CORPUS=str(folder)))
    assert result == {
        "added": [
            "bao-cao-quy-1-2022.txt", "hoi-nghi-cchc.md", "le-khoi-cong-cau.txt", "tin-ngan.jsonl",
        ],
        "changed": [],
        "removed": [],
        "unchanged": [],
        "failed": [
            {
                "file": "hỏng.txt",
                "reason": "không phải văn bản UTF-8 (dòng 1, cột 1);"
                " hãy lưu lại tệp dưới dạng UTF-8",
            }
        ],
        "generation": 1, "duplicates": [], "similar": [], "golden": [], "passed_over": ["sổ.xlsx"],
        "emptied": [],
    }  # fmt: skip
    told = " ".join(run("reload", HOIDAP_CORPUS=str(folder)).stdout.split())
    assert "không phải định dạng báo cáo: sổ.xlsx; đọc được: Word" in told
    (folder / "hỏng.txt").unlink()
    dry = one_json(run("reload", "--dry-run", "--json", HOIDAP_CORPUS=str(folder)))
    assert (dry["generation"], len(dry["unchanged"]), dry["failed"]) == (1, 4, [])


def test_status_tells_what_is_indexed(run: Run) -> None:
    before = one_json(run("status", "--json"))
    assert (before["generation"], before["reports"], before["passages"]) == (0, 0, 0)
    run("reload")
    after = one_json(run("status", "--json"))
    assert (after["generation"], after["reports"], after["passages"]) == (1, 1, 5)
    assert after["encoder"].startswith("static-")
    assert after["encoder_path"] == str(Settings().shipped_encoder_path)
    assert after["index_bytes"]["lexical"] > 0
    assert min(after["index_bytes"].values()) > 0
    assert list(after["index_bytes"]) == ["lexical", "dense", "tokens", "syllables"]
    told = run("status").stdout
    assert "Báo cáo: 1" in told
    assert re.search(r"^Lập lúc: \d\d/\d\d/\d{4} \d\d:\d\d:\d\d$", told, re.MULTILINE)
    assert re.search(r"lexical \d{1,3}(?:\.\d{3})+ byte", told)


def test_status_tells_that_the_index_lies_elsewhere(run: Run, tmp_path: Path) -> None:
    run("reload")
    data = tmp_path / "data"
    assert run("status").stderr == ""
    server = "http://127.0.0.1:1"
    told = run("status", HOIDAP_INDEX=server)
    assert (told.returncode, told.stderr.count("\n")) == (0, 1)
    assert f"nằm ở {data}/generations, không ở {server}; hãy chạy lại với" in told.stderr
    (data / "milvus").mkdir()
    (data / "generations" / "000001").rename(data / "milvus" / "000001")
    told = run("status")
    assert f"nằm ở máy chủ Milvus, không ở {data}/generations; hãy chạy lại với" in told.stderr
    assert " 0 byte" not in told.stdout


def test_chat_answers_until_an_empty_line(run: Run) -> None:
    result = run("chat", stdin="Ai là Bí thư Huyện ủy?\nGiá vàng?\n\nhội nghị\n")
    assert result.returncode == 0
    assert "Huỳnh Thị Hoài Thu" in result.stdout
    assert result.stdout.count("Không tìm thấy câu trả lời") == 1


def test_eval_measures_in_a_place_of_its_own(run: Run, tmp_path: Path) -> None:
    result = one_json(run("eval", str(DATA / "beir"), "--json"))
    assert (result["questions"], result["passages"]) == (18, 7)
    assert list(result["systems"]) == ["lexical", "dense", "hybrid"]
    hybrid = result["systems"]["hybrid"]
    assert list(hybrid) == [
        "ndcg@10", "mrr@10", "recall@10", "p@1", "query_ms_p50", "query_ms_p95",
        "answer_in_top_sentence",
    ]  # fmt: skip
    assert hybrid["ndcg@10"] >= 0.99
    assert not (tmp_path / "data").exists()
    only = one_json(run("eval", str(DATA / "beir"), "--json", "--system", "lexical"))
    assert list(only["systems"]) == ["lexical"]
    assert "hybrid" in run("eval", str(DATA / "beir")).stdout


def test_the_default_path_imports_neither_torch_nor_transformers(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "hoidap", "ask", QUESTION],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={
            "PATH": os.environ["PATH"],
            "HOIDAP_DATA": str(tmp_path / "data"),
            "HOIDAP_CORPUS": str(SEED.parent),
        },
        check=True,
    )
    assert FIRST_PASSAGE in result.stdout
    imported = {line.rsplit("|", 1)[-1].strip() for line in result.stderr.splitlines()}
    assert "hoidap.answering" in imported
    heavy = {"torch", "sentence_transformers", "transformers", "langdetect", "model2vec"}
    heavy |= {"pymilvus", "grpc"}
    assert not heavy & imported


# --- wrong usage and failures ---


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ask", ""), "câu hỏi trống"),
        (("ask", " \t"), "câu hỏi trống"),
        (("ask", "a" * 100_000), "câu hỏi dài 100000 ký tự"),
        (("ask", "x", "--from", "hôm qua"), "không hiểu ngày 'hôm qua'"),
        (("ask", "x", "--from", "năm 2021"), "không hiểu ngày 'năm 2021'"),
        (("ask", "x", "--from", "2022-01-02", "--to", "1/1/2022"), "khoảng ngày ngược"),
        (("eval", ".", "--system", "magic"), "chỉ có lexical, dense, hybrid, all"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(
    run: Run, arguments: tuple[str, ...], message: str
) -> None:
    assert message in one_line_error(run(*arguments), 2)


@pytest.mark.parametrize("arguments", [("ask", "x", "--top-k", "0"), ("ask",), ("nonsense",)])
def test_what_the_parser_refuses_is_exit_code_2(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr


def test_failures_are_one_line_and_exit_code_1(run: Run, tmp_path: Path) -> None:
    def error(*arguments: str, **environment: str) -> str:
        return one_line_error(run(*arguments, **environment), 1)

    assert "không đọc được thư mục báo cáo" in error("reload", HOIDAP_CORPUS=str(tmp_path / "no"))
    assert "không đọc được thư mục báo cáo" in error("ask", "x", HOIDAP_CORPUS=str(tmp_path / "no"))
    (tmp_path / "empty").mkdir()
    assert "không có báo cáo nào" in error("reload", HOIDAP_CORPUS=str(tmp_path / "empty"))
    assert "không có báo cáo nào mang mã" in error("report", "khong-co")
    assert "không có thư mục mô hình /no/model" in error("status", HOIDAP_MODEL="/no/model")
    assert "HOIDAP_INDEX" in error("status", HOIDAP_INDEX="nowhere")
    assert "không đọc được" in error("eval", str(tmp_path / "empty"))
    (tmp_path / "file").write_text("x", "utf-8")
    for data in (tmp_path / "file", tmp_path / "file" / "data"):
        assert "không ghi được vào" in error("reload", HOIDAP_DATA=str(data))
        for command in (("status",), ("history",), ("ask", QUESTION)):
            told = error(*command, HOIDAP_DATA=str(data))
            assert f"{data}, không phải là thư mục; hãy đặt lại HOIDAP_DATA" in told


def test_a_damaged_index_is_repaired_with_a_word_on_stderr(run: Run, tmp_path: Path) -> None:
    run("reload")
    manifest = tmp_path / "data" / "generations" / "000001" / "manifest.json"
    manifest.write_text("{", "utf-8")
    result = run("ask", QUESTION)
    assert result.returncode == 0
    assert FIRST_PASSAGE in result.stdout
    assert result.stderr.startswith(
        f"không đọc được {manifest}: không còn như lúc ghi; đang lập lại chỉ mục từ danh mục"
    )
    assert run("ask", QUESTION).stderr == ""


def test_an_index_of_another_version_is_built_again_and_called_so(run: Run, tmp_path: Path) -> None:
    run("reload")
    directory = tmp_path / "data" / "generations" / "000001"
    manifest = json.loads((directory / "manifest.json").read_bytes())
    del manifest["parts"]
    manifest["format"] = 2
    (directory / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    result = run("ask", QUESTION)
    assert (result.returncode, FIRST_PASSAGE in result.stdout) == (0, True)
    assert result.stderr.startswith(
        f"chỉ mục ở {directory} do phiên bản khác của hoidap lập; đang lập lại"
    )


def test_a_bad_table_of_the_user_is_named_with_its_line(run: Run, tmp_path: Path) -> None:
    run("reload")
    (tmp_path / "data" / "abbreviations.tsv").write_text("# của tôi\nXYZ\n", "utf-8")
    error = one_line_error(run("ask", QUESTION), 1)
    assert "abbreviations.tsv" in error
    assert "2" in error


def test_settings_are_read_from_a_dotenv_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HOIDAP_MODEL=/no/model\n", "utf-8")
    assert "/no/model" in one_line_error(run("status"), 1)


def test_a_reader_that_has_seen_enough_is_no_failure_with_a_traceback(
    run: Run, tmp_path: Path
) -> None:
    run("reload")
    result = in_bash("hoidap report 000_e56e038e237a51aa | head -n 1", tmp_path / "data")
    assert "Traceback" not in result.stderr


def test_the_version_is_told_without_anything_else(run: Run, tmp_path: Path) -> None:
    result = run("--version")
    assert (result.returncode, result.stdout, result.stderr) == (
        0, f"hoidap {version('hoidap')}\n", ""
    )  # fmt: skip
    assert not (tmp_path / "data").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_behind_the_results_is_told_in_one_line(run: Run, tmp_path: Path) -> None:
    run("reload")
    for command in ("ask x", "ask --json x", "--help", "--version"):
        result = in_bash(f"hoidap {command} > /dev/full", tmp_path / "data")
        assert "đĩa đã đầy" in one_line_error(result, 1)


def test_closed_streams_are_no_failure(run: Run, tmp_path: Path) -> None:
    run("reload")
    for command, code in (
        ("ask x >&-", 0),
        ("ask - <&-", 0),
        ("report khong-co 2>&-", 1),
        ("nonsense >&- 2>&- <&-", 2),
    ):
        result = in_bash(f"hoidap {command}", tmp_path / "data")
        assert (result.returncode, result.stdout, result.stderr) == (code, "", "")


def test_ctrl_c_while_it_starts_ends_it_without_a_word() -> None:
    program = """
import sys

from hoidap.__main__ import main

class Interrupted:
    def find_spec(self, name, *_):
        if name == "hoidap.cli.reports":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupted())
main()
"""
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout, result.stderr) == (130, "", "")


def as_anyone() -> str:
    """What has bash run a command without root's power over permissions."""
    if os.geteuid() != 0:
        return ""
    if shutil.which("setpriv") is None:
        pytest.skip("root may enter every folder, and there is no setpriv")
    power = "-dac_override,-dac_read_search,-fowner"
    return f"setpriv --inh-caps={power} --bounding-set={power} "


def test_data_that_may_not_be_entered_are_told_in_one_line(tmp_path: Path) -> None:
    anyone, place = as_anyone(), tmp_path / "data"
    place.mkdir(0)
    try:
        for command in ("ask x", "status", "backup x.tar", "remove x --yes"):
            assert str(place) in one_line_error(in_bash(f"{anyone}hoidap {command}", place), 1)
        examined = in_bash(f"{anyone}hoidap doctor", place).stdout
        assert f"người dùng này không ghi được vào {place}" in examined
        assert "bảng" not in examined
    finally:
        place.chmod(0o700)


def test_a_catalog_that_may_not_be_read_is_not_to_be_moved_away(run: Run, tmp_path: Path) -> None:
    anyone = as_anyone()
    run("reload")
    catalog = tmp_path / "data" / "catalog.sqlite3"
    catalog.chmod(0)
    error = one_line_error(in_bash(f"{anyone}hoidap history", tmp_path / "data"), 1)
    assert error.endswith("không đọc hoặc không ghi được; hãy chạy bằng người dùng của hoidap")


def test_first_questions_at_once_all_get_the_answer(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("hoidap")), "ask", "--json", QUESTION]
    environment = {
        "PATH": os.environ["PATH"],
        "HOIDAP_DATA": str(tmp_path / "data"),
        "HOIDAP_CORPUS": str(SEED.parent),
    }
    processes = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    for process in processes:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert json.loads(out)["generation"] == 1


def test_without_colours_the_name_that_answers_is_written_out(run: Run) -> None:
    assert "\nTrong đó: ông Lê Chí Thiện\n" in run("ask", "Chủ tịch UBND huyện là ai?").stdout
    assert "\nIn it: 14/14\n" in run("ask", "How many targets did the district achieve?").stdout


def test_rollback_goes_back_and_says_where_to(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    shutil.copytree(DATA / "reports", folder)
    corpus = str(folder)
    run("reload", HOIDAP_CORPUS=corpus)
    line = one_line_error(run("rollback", HOIDAP_CORPUS=corpus), 1)
    assert "hoidap: chưa có thế hệ trước nào để quay về" in line
    (folder / "tin-ngan.jsonl").unlink()
    run("reload", HOIDAP_CORPUS=corpus)
    assert run("rollback", "--to", "1", HOIDAP_CORPUS=corpus).stdout == (
        "Đã quay về; nay là thế hệ 3\n"
    )
    assert one_json(run("status", "--json"))["reports"] == 7
    assert run("rollback", "--to", "0").returncode == 2


# --- administration ---


def admin(tmp_path: Path) -> str:
    """A folder of two of the made-up district's reports, for `HOIDAP_CORPUS`."""
    folder = tmp_path / "reports"
    folder.mkdir()
    for name in ("le-khoi-cong-cau.txt", "hoi-nghi-cchc.md"):
        shutil.copy(DATA / "reports" / name, folder)
    return str(folder)


def audit(tmp_path: Path) -> list[tuple[str | None, str, str]]:
    journal = Journal(tmp_path / "data" / "journal.sqlite3", keep_days=90)
    actions = [(one.name, one.action, one.detail) for one in journal.actions(20)]
    journal.close()
    return actions[::-1]


def test_adding_removing_and_history_with_who_did_it(run: Run, tmp_path: Path) -> None:
    corpus = admin(tmp_path)
    user = getpass.getuser()
    run("reload", HOIDAP_CORPUS=corpus)
    new = tmp_path / "Chợ mới.txt"
    new.write_text("Chợ Mới Vĩnh Hòa có 48 sạp hàng.", "utf-8")
    added = run("add", str(new), HOIDAP_CORPUS=corpus)
    assert (added.returncode, added.stderr) == (0, "")
    assert added.stdout.splitlines() == [
        "Thêm: Chợ mới.txt",
        "1 thêm, 0 thay đổi, 0 gỡ bỏ, 2 giữ nguyên, 0 lỗi; thế hệ 2",
    ]
    assert "48 sạp" in run("ask", "Chợ Mới có bao nhiêu sạp?", HOIDAP_CORPUS=corpus).stdout
    refused = run("remove", "Chợ mới", HOIDAP_CORPUS=corpus)
    assert "hãy thêm --yes" in one_line_error(refused, 2)
    removed = run("remove", "Chợ mới", "--yes", HOIDAP_CORPUS=corpus)
    assert removed.stdout.splitlines()[0] == "Gỡ bỏ: Chợ mới.txt"
    assert run("report", "Chợ mới", "--text", "--generation", "2").stdout == (
        "Chợ Mới Vĩnh Hòa có 48 sạp hàng."
    )
    assert "không còn giữ thế hệ 9" in one_line_error(run("report", "x", "--generation", "9"), 1)
    lines = [json.loads(line) for line in run("history", "--json").stdout.splitlines()]
    assert [(one["generation"], one["action"], one["by"], one["forced"]) for one in lines] == [
        (3, "remove", user, False),
        (2, "add", user, False),
        (1, "reload", user, False),
    ]
    assert [(one["added"], one["removed"]) for one in lines[:2]] == [
        ([], ["Chợ mới"]),
        (["Chợ mới"], []),
    ]
    text = run("history").stdout.splitlines()
    assert f" · gỡ báo cáo · {user} · 2 báo cáo, " in text[0]
    assert text[1] == "  gỡ bỏ: Chợ mới"
    assert "không có báo cáo nào mang mã" in one_line_error(run("remove", "x", "--yes"), 1)
    assert audit(tmp_path) == [
        (user, "nạp lại", "thế hệ 1: 2 thêm, 0 thay đổi, 0 gỡ bỏ, 0 lỗi"),
        (user, f"thêm {new}", "thế hệ 2: 1 thêm, 0 thay đổi, 0 gỡ bỏ, 0 lỗi"),
        (user, "gỡ Chợ mới", "thế hệ 3: 0 thêm, 0 thay đổi, 1 gỡ bỏ, 0 lỗi"),
    ]


def test_what_is_not_taken_in_is_told_and_exit_code_1(run: Run, tmp_path: Path) -> None:
    corpus = admin(tmp_path)
    bad = tmp_path / "hỏng.txt"
    bad.write_bytes(b"\xff\xff")
    result = run("add", str(bad), HOIDAP_CORPUS=corpus)
    assert result.returncode == 1
    assert "Lỗi: hỏng.txt: không phải văn bản UTF-8" in result.stdout
    assert not (tmp_path / "reports" / "hỏng.txt").exists()
    url = "http://127.0.0.1:9/a.txt"
    error = one_line_error(run("add", url, HOIDAP_CORPUS=corpus), 1)
    assert "127.0.0.1 là địa chỉ trong mạng nội bộ" in error
    assert audit(tmp_path)[-1][1:] == (f"thêm {url}", f"không xong: {error[len('hoidap: ') :]}")


def test_golden_questions_are_told_a_line_each_and_can_be_forced(run: Run, tmp_path: Path) -> None:
    corpus = admin(tmp_path)
    (tmp_path / "golden.toml").write_text(
        '[[question]]\ntext = "Cầu Rạch Sậy dài bao nhiêu mét?"\nreport = "le-khoi-cong-cau"\n'
        'quotes = "126 mét"\n',
        "utf-8",
    )
    run("reload", HOIDAP_CORPUS=corpus)
    (tmp_path / "reports" / "le-khoi-cong-cau.txt").unlink()
    result = run("reload", HOIDAP_CORPUS=corpus)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "Câu hỏi kiểm tra không đạt: “Cầu Rạch Sậy dài bao nhiêu mét?”: không có báo cáo"
        " 'le-khoi-cong-cau'; nếu mã viết sai, hãy sửa golden.toml;"
        " nếu gỡ có chủ ý, hãy dùng: hoidap remove le-khoi-cong-cau",
        "hoidap: 1 câu hỏi kiểm tra không đạt, báo cáo đang dùng giữ nguyên;"
        " hãy sửa báo cáo hoặc golden.toml, hoặc chạy lại với --force",
    ]
    assert "126 mét" in run("ask", "Cầu Rạch Sậy dài bao nhiêu?", HOIDAP_CORPUS=corpus).stdout
    forced = one_json(run("reload", "--force", "--json", HOIDAP_CORPUS=corpus))
    assert (forced["generation"], len(forced["golden"])) == (2, 1)
    assert one_json_line(run("history", "--json"))["forced"] is True
    assert audit(tmp_path)[-1][2].endswith("bỏ qua 1 câu hỏi kiểm tra")


def one_json_line(result: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(result.stdout.splitlines()[0])
    return value


def test_the_first_question_is_answered_whatever_golden_questions_say(
    run: Run, tmp_path: Path
) -> None:
    corpus = admin(tmp_path)
    (tmp_path / "golden.toml").write_text(
        '[[question]]\ntext = "Ai?"\nreport = "không có"\n', "utf-8"
    )
    result = run("ask", "Cầu Rạch Sậy dài bao nhiêu mét?", HOIDAP_CORPUS=corpus)
    assert "126 mét" in result.stdout
    assert "Câu hỏi kiểm tra không đạt: “Ai?”: không có báo cáo 'không có'" in result.stderr


def test_watching_reloads_when_the_folder_has_come_to_rest(tmp_path: Path) -> None:
    corpus = admin(tmp_path)
    environment = {
        "PATH": os.environ["PATH"],
        "HOIDAP_DATA": str(tmp_path / "data"),
        "HOIDAP_CORPUS": corpus,
    }
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name("hoidap")), "watch", "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        # A shell in the background has its children ignore the key that interrupts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    try:
        assert len(json.loads(process.stdout.readline())["added"]) == 2
        (Path(corpus) / "tin.txt").write_text("Chợ Mới Vĩnh Hòa có 48 sạp hàng.", "utf-8")
        assert json.loads(process.stdout.readline())["added"] == ["tin.txt"]
    finally:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")


def test_migrate_moves_the_index_and_questions_follow(run: Run, milvus: MilvusServer) -> None:
    here = one_json(run("ask", "Ai là Bí thư Huyện ủy?", "--json"))
    assert one_line_error(run("migrate", "local"), 1).startswith("hoidap: chỉ mục đang ở local rồi")
    assert one_line_error(run("migrate", "milvus"), 1).startswith("hoidap: HOIDAP_INDEX='milvus'")
    shown = run("migrate", milvus.uri)
    assert shown.returncode == 0, shown.stderr
    assert f"Hãy đặt HOIDAP_INDEX={milvus.uri}" in shown.stdout
    assert "chỉ mục cũ còn nguyên" in shown.stdout
    named = milvus.uri.replace("127.0.0.1", "localhost")
    assert "phải chuyển lần nữa" in run("migrate", named, HOIDAP_INDEX=milvus.uri).stdout
    there = one_json(run("ask", "Ai là Bí thư Huyện ủy?", "--json", HOIDAP_INDEX=milvus.uri))
    assert [one["text"] for one in there["quotes"]] == [one["text"] for one in here["quotes"]]
    status = one_json(run("status", "--json", HOIDAP_INDEX=milvus.uri))
    assert (status["index"], status["index_bytes"]) == (milvus.uri, {})
    back = one_json(run("migrate", "local", "--json", HOIDAP_INDEX=milvus.uri))
    assert back == {
        "generation": 1,
        "passages": status["passages"],
        "source": milvus.uri,
        "target": "local",
    }
    doctor = run("doctor", HOIDAP_INDEX=f"http://127.0.0.1:{free_port()}")
    assert "hãy kiểm tra máy chủ và HOIDAP_INDEX" in doctor.stdout
