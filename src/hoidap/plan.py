"""What a reload is to change: the folder of reports against the catalog."""

from __future__ import annotations

import errno
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path, PurePosixPath

from hoidap.catalog import Catalog, KnownFile, KnownReport, Original
from hoidap.complaints import refusal
from hoidap.documents import Report
from hoidap.errors import CorpusError, LoaderError
from hoidap.loaders import READABLE, load_file
from hoidap.loaders.files import LOADERS_VERSION, divided_paths, metadata_path
from hoidap.originals import identify
from hoidap.passages import SPLITTER_VERSION
from hoidap.regular_files import read_regular
from hoidap.similarity import ALIKE, alike, candidates, parts, sketches
from hoidap.vietnamese.text import nfc

# Pairs of reports whose texts are compared in one reload, a millisecond each: a bulk file on one
# form throughout does not hold it up.
_COMPARED = 500
# Of so many new reports it is quicker to look for what is like them than to fetch all sketches.
_FEW = 3
# Why metadata is not used.
STRAY = "không có báo cáo nào cùng tên ở cạnh; hãy đặt tên giống hệt tệp báo cáo, hoặc bỏ tệp này"
# Reports of a folder that are not removed all at once by hand, file by file.
_LOST = 3
# Of a plan's digest. Nobody has a reason to look for another plan of the same one.
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or a line of one, that could not be read, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A file with the very content of another one; both are one report."""

    file: str
    of: str


@dataclass(frozen=True, slots=True)
class Similar:
    """An added or changed report that is nearly the same as another: both are kept.

    ``share`` is how alike they are, up to 1; see `hoidap.similarity`.
    """

    report: str
    other: str
    share: float


@dataclass(frozen=True, slots=True)
class Emptied:
    """A folder that is gone or holds no report file any more, and how many ``reports`` it held."""

    folder: str
    reports: int


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What a reload did, or with ``dry_run`` would do: file names, sorted.

    ``generation`` is the one that is current afterwards, 0 where there is none yet.
    ``golden`` are reasons of golden questions that failed where the swap was forced.
    ``passed_over`` are the files that are not named like a report. ``digest`` tells what would be
    done from anything else that might be, see `Plan.digest`; empty of what was done. ``emptied``
    are folders that lost all of many reports at once, as where a drive is not mounted.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    failed: tuple[Failure, ...]
    generation: int
    duplicates: tuple[Duplicate, ...] = ()
    similar: tuple[Similar, ...] = ()
    golden: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()
    digest: str = ""
    emptied: tuple[Emptied, ...] = ()


@dataclass(slots=True)
class Addition:
    """A report to add, and its sketch (`hoidap.similarity`) once that is made."""

    report: Report
    sketch: bytes | None = None


def sketched(additions: Sequence[Addition]) -> Iterator[tuple[Addition, bytes]]:
    """Additions with their sketches, which are made as they are asked for."""
    missing = [one for one in additions if one.sketch is None]
    fresh = sketches(one.report.text for one in missing)
    for one in additions:
        if one.sketch is None:
            one.sketch = next(fresh)
        yield one, one.sketch


@dataclass(slots=True)
class Plan:
    """What changes. ``files`` are what to remember of each; None leaves them as they are.

    ``originals`` are the files read just now. ``former`` is the generation to go back to, None
    where reports are added or removed. The reports ``retire`` are removed on purpose.
    """

    add: list[Addition] = field(default_factory=list)
    remove: list[KnownReport] = field(default_factory=list)
    files: dict[str, KnownFile] | None = None
    originals: dict[str, Original] = field(default_factory=dict)
    former: int | None = None
    retire: frozenset[str] = frozenset()
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    similar: list[Similar] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    emptied: list[Emptied] = field(default_factory=list)

    def reloaded(self, generation: int, golden: tuple[str, ...] = ()) -> Reloaded:
        """The plan as what was done by it."""
        return Reloaded(
            added=tuple(sorted(self.added)),
            changed=tuple(sorted(self.changed)),
            removed=tuple(sorted(self.removed)),
            unchanged=tuple(sorted(self.unchanged)),
            failed=tuple(self.failed),
            generation=generation,
            duplicates=tuple(self.duplicates),
            similar=tuple(self.similar),
            golden=golden,
            passed_over=tuple(self.passed_over),
            emptied=tuple(self.emptied),
        )

    def digest(self, generation: int) -> str:
        """What this plan is known by: all that it would change of ``generation``.

        Short enough to stand behind a button: 12 hexadecimal digits.
        """
        added = sorted((one.report.id, version_fingerprint(one.report)) for one in self.add)
        removed = sorted((one.id, one.version) for one in self.remove)
        return fingerprint_of(generation, added, removed)[:_DIGITS]


@dataclass(frozen=True, slots=True)
class _Below:
    """The files below a folder, relative to it with "/", sorted.

    ``dead`` are links that lead nowhere now, as to a drive that is away, each with the reason.
    """

    reports: list[str]
    strays: list[str]
    others: list[str]
    dead: dict[str, str]


def _files_below(folder: Path) -> _Below:
    """The files below ``folder``. Raises `CorpusError`."""

    def refuse(error: OSError) -> None:
        raise CorpusError(
            f"không đọc được thư mục báo cáo {error.filename}: {refusal(error)};"
            " hãy kiểm tra HOIDAP_CORPUS và quyền đọc"
        ) from error

    divided = divided_paths(folder, refuse)
    reports = sorted(path.relative_to(folder).as_posix() for path in divided.reports)
    strays = sorted(path.relative_to(folder).as_posix() for path in divided.strays)
    passed_over: list[str] = []
    dead: dict[str, str] = {}
    for path in divided.others:
        name = path.relative_to(folder).as_posix()
        try:
            path.stat()
        except OSError as error:
            if path.is_symlink():
                dead[name] = refusal(error)
                continue
        passed_over.append(_printable(name))
    return _Below(reports, strays, sorted(passed_over), dict(sorted(dead.items())))


def _above(file: str) -> list[str]:
    """The folders that a file of the reports folder lies in, the outermost first."""
    return [str(folder) for folder in reversed(PurePosixPath(file).parents)][1:]


def _printable(name: str) -> str:
    """A file's name without what would break a terminal or a line: "?" in its place."""
    return "".join(char if char.isprintable() else "?" for char in name)


def fingerprint_of(*parts: object) -> str:
    """A hash of what ``parts`` print as; it is theirs alone."""
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode()
        digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()


def version_fingerprint(report: Report) -> str:
    """What a version of a report is known by: all that is stored of it, and how it is divided.

    Catalogs of before did not keep how a text was read: where there is something to tell of it, it
    is another version than theirs.
    """
    return fingerprint_of(SPLITTER_VERSION, report, *report.notes)


def _read(path: Path) -> bytes:
    try:
        return read_regular(path)
    except OSError as error:
        raise LoaderError(f"không đọc được: {refusal(error)}") from error


def _read_metadata(path: Path) -> bytes | None:
    try:
        return read_regular(metadata_path(path))
    except OSError as error:
        # A report's name may leave no room for the longer ending.
        if error.errno in (errno.ENOENT, errno.ENAMETOOLONG):
            return None
        raise LoaderError(f"không đọc được tệp thông tin .toml: {refusal(error)}") from error


def is_bulk(file: str) -> bool:
    """Whether a file is a bulk export, whose reports bring ids of their own."""
    return PurePosixPath(file).suffix.lower() == ".jsonl"


def file_fingerprint(original: Original, metadata: bytes | None) -> str:
    """What a file's reports are known by: its content, its metadata and how both are read."""
    return fingerprint_of(LOADERS_VERSION, SPLITTER_VERSION, original.sha256, metadata)


class Planner:
    """Compares the folder with the catalog; writes nothing but originals, by ``keep``."""

    def __init__(
        self,
        folder: Path,
        catalog: Catalog,
        *,
        keep: Callable[[bytes], Original] = identify,
        without: frozenset[str] = frozenset(),
        foreseen: Callable[[int], None] = lambda _: None,
    ) -> None:
        """The reports ``without``, by their ids, are planned as if the folder did not hold them.

        ``foreseen`` is called with about how many reports are to be added, before they are read.
        """
        self._folder = folder
        self._catalog = catalog
        self._keep = keep
        self._without = without
        self._foreseen = foreseen
        self._started = catalog.generation() is not None
        self._known_files = catalog.known_files() if self._started else {}
        # Files of reports, and how many each holds; the reports of one are looked up when needed.
        self._holding = catalog.report_files() if self._started else {}
        # The file that a report is of; None of one that is to be removed, or is not there.
        self._owner: dict[str, str | None] = {}
        self._dropped = set(catalog.files_of(without).values()) if self._started else set()
        self._files: dict[str, KnownFile] = {}
        # The file that holds a content, by its hash.
        self._holders: dict[str, str] = {}
        # The sketches of reports that stay, by their versions.
        self._others: dict[int, bytes] = {}
        self.plan = Plan(files=self._files, retire=without)

    def run(self) -> Plan:
        """The plan. Raises `CorpusError` where the folder cannot be used, `OriginalError`."""
        below = _files_below(self._folder)
        present, dead, self.plan.passed_over = below.reports, below.dead, below.others
        if not present:
            raise CorpusError(
                f"thư mục {self._folder} không có báo cáo nào; {READABLE}; chỉ mục giữ nguyên"
            )
        present = [file for file in present if file not in self._dropped or is_bulk(file)]
        for link, reason in dead.items():
            self._fail(link, f"liên kết không mở được ({reason}); báo cáo ở đó được giữ nguyên")
        kept = tuple(f"{link}/" for link in dead)
        gone = sorted(set(self._holding) - set(present))
        lost = [one for one in gone if one not in self._dropped and not one.startswith(kept)]
        self.plan.emptied = self._emptied(lost, present)
        for file in gone:
            away = file.startswith(kept)
            if away and file not in self._dropped:
                if file in self._known_files:
                    self._files[file] = self._known_files[file]
                continue
            self.plan.removed.append(file)
            for known in self._known(file).values():
                if away and known.id not in self._without:  # another one of the same export
                    continue
                self.plan.remove.append(known)
                self._owner[known.id] = None
        rest = [file for file in present if not self._is_unchanged(file)]
        # Of a file and its copy, the one that has been a report goes on being it.
        for file in sorted(rest, key=lambda file: file not in self._holding):
            try:
                self._plan_file(file)
            except LoaderError as error:
                self._fail(file, str(error))
                # A file that can no longer be read keeps the report it held.
                if file in self._known_files:
                    self._files[file] = self._known_files[file]
        if sum(self._holding.values()) + len(self.plan.add) == len(self.plan.remove):
            # Never swap to nothing: the folder may be a wrong one, or not mounted.
            if not self.plan.failed:
                raise CorpusError("không còn báo cáo nào; chỉ mục giữ nguyên")
            first = self.plan.failed[0]
            raise CorpusError(f"không đọc được báo cáo nào; {first.file}: {first.reason}")
        for file in below.strays:
            self._fail(file, STRAY)
        self._others = self._sketches()
        return self.plan

    def _fail(self, file: str, reason: str) -> None:
        self.plan.failed.append(Failure(_printable(file), reason))

    def _emptied(self, lost: Sequence[str], present: Sequence[str]) -> list[Emptied]:
        """The outermost folders in which all of many reports are ``lost``."""
        staying = {*present, *self._holding}.difference(lost)
        left = {folder for file in staying for folder in _above(file)} if lost else set()
        held: Counter[str] = Counter()
        for file in lost:
            outermost = next((folder for folder in _above(file) if folder not in left), None)
            if outermost is not None:
                held[outermost] += self._holding[file]
        return [Emptied(_printable(one), held[one]) for one in sorted(held) if held[one] >= _LOST]

    def _is_unchanged(self, file: str) -> bool:
        known = self._known_files.get(file)
        if known is None or file in self._dropped:
            return False
        path = self._folder / file
        try:
            original = identify(_read(path))
            fingerprint = file_fingerprint(original, _read_metadata(path))
        except LoaderError:
            return False  # told when it is planned
        if fingerprint != known.fingerprint or original.sha256 in self._holders:
            return False
        self._files[file] = known
        for reason in known.failures:
            self._fail(file, reason)
        self._holders.setdefault(original.sha256, file)
        self.plan.unchanged.append(file)
        return True

    def _plan_file(self, file: str) -> None:
        if not file.isprintable():
            raise LoaderError("tên tệp có ký tự điều khiển hoặc không phải UTF-8; hãy đổi tên")
        path = self._folder / file
        data = _read(path)
        metadata = _read_metadata(path)
        original = identify(data)
        known = self._known(file)
        holder = self._holders.get(original.sha256)
        if holder is not None:
            self.plan.duplicates.append(Duplicate(file, holder))
            self.plan.remove += known.values()
            if known:
                self.plan.removed.append(file)
            self._owner.update(dict.fromkeys(known))
            return
        bulk = is_bulk(file)
        if not known:
            self._foreseen(len(self.plan.add) + (data.count(b"\n") if bulk else 1))
        loaded = load_file(data, file, metadata)
        self._holders[original.sha256] = file
        self._look_up(loaded.reports)
        current: set[str] = set()
        before = len(self.plan.add)
        failures = loaded.failures
        settled = True
        for report in loaded.reports:
            named = self._named(report, known, given=bulk, single=len(loaded.reports) == 1)
            if named is None:
                owner = self._owner[report.id]
                self._fail(file, f"mã báo cáo {report.id!r} đã có trong tệp {owner}")
                settled = False  # it may be free another time
                continue
            if named.id in self._without:
                continue
            current.add(named.id)
            self._owner[named.id] = file
            former = known.get(named.id)
            if former is None or former.fingerprint != version_fingerprint(named):
                self.plan.add.append(Addition(named))
                if former is not None:
                    self.plan.remove.append(former)
        gone = [report for report in known.values() if report.id not in current]
        self.plan.remove += gone
        for reason in failures:
            self._fail(file, reason)
        # A line of an export is never read otherwise; of another file what could not be read now,
        # such as a page for want of a program, may be read another time.
        settled = settled and (bulk or not failures)
        if settled and file not in self._dropped:
            self._files[file] = KnownFile(file_fingerprint(original, metadata), failures)
        if not bulk:
            # What a bulk export holds of a report stands in the catalog.
            self.plan.originals[file] = self._keep(data)
        if not (known or current):
            return  # all its ids are those of others, which is told
        if not known:
            self.plan.added.append(file)
        elif gone or len(self.plan.add) > before:
            self.plan.changed.append(file)
        else:
            self.plan.unchanged.append(file)

    def _sketches(self) -> dict[int, bytes]:
        """The sketches that those of what is added are compared with, by versions of reports."""
        if not (self._started and self.plan.add):
            return {}
        wanted = None
        if len(self.plan.add) <= _FEW:
            wanted = [part for _, sketch in sketched(self.plan.add) for part in parts(sketch)]
        gone = {known.version for known in self.plan.remove}
        known = zip(*self._catalog.sketches(wanted), strict=True)
        return {version: sketch for version, sketch in known if version not in gone}

    def compare(self) -> None:
        """Point out added reports that are nearly the same as another one.

        After `run`, whether or not what it planned has been done since.
        """
        fresh = list(sketched(self.plan.add))
        versions = list(self._others)
        table = [*self._others.values(), *(sketch for _, sketch in fresh)]

        def report(place: int) -> tuple[str, str]:
            """Id and text of the report that a sketch is of."""
            if place < len(versions):
                return self._catalog.version(versions[place])
            one, _ = fresh[place - len(versions)]
            return one.report.id, one.report.text

        best: dict[int, Similar] = {}
        for place, other in islice(candidates(table, len(fresh)), _COMPARED):
            (new_id, new_text), (other_id, other_text) = report(place), report(other)
            share = alike(new_text, other_text)
            if share >= ALIKE and (place not in best or best[place].share < share):
                best[place] = Similar(new_id, other_id, share)
        self.plan.similar = [best[place] for place in sorted(best)]

    def _known(self, file: str) -> dict[str, KnownReport]:
        """The current reports of a file, by id."""
        if file not in self._holding:
            return {}
        known = {one.id: one for one in self._catalog.known_reports(file)}
        for report_id in known:
            self._owner.setdefault(report_id, file)
        return known

    def _look_up(self, reports: Iterable[Report]) -> None:
        """Learn which of the ids that ``reports`` might have are taken."""
        ids = {one for report in reports for one in (report.id, nfc(report.file))}
        ids -= self._owner.keys()
        taken = self._catalog.files_of(ids) if self._started else {}
        self._owner.update({one: taken.get(one) for one in ids})

    def _named(
        self, report: Report, known: dict[str, KnownReport], *, given: bool, single: bool
    ) -> Report | None:
        """The report under an id of its own; None where another file has it and gave it itself.

        Where no id is ``given``, a file's is its name without the ending, or with it where another
        file came first; once given it stays.
        """
        if single and not given:
            for report_id in known:
                return replace(report, id=report_id)
        for report_id in [report.id] if given else [report.id, nfc(report.file)]:
            if (self._owner.get(report_id) or report.file) == report.file:
                return report if report_id == report.id else replace(report, id=report_id)
        return None
