"""Everything hoidap raises on purpose.

::

    HoidapError
    ├── SettingsError         a setting, or a table of the user's, cannot be used
    ├── PortError             nothing can be listened at, just now or at all
    ├── QuestionError         a question that cannot be asked: empty or too long
    ├── CorpusError           the folder of reports cannot be read, or holds no report
    │   └── FileLeftError         a report was removed, but its file is still in the folder
    ├── LoaderError           one file is not a readable report
    ├── ReportNotFoundError   no report has this id
    ├── CatalogError          the catalog cannot be opened or written
    ├── PlanChangedError      a reload would do something else than was shown
    ├── RollbackError         there is nothing to go back to
    ├── GoldenError           a golden question no longer finds its passage
    ├── OriginalError         the original of a report cannot be stored
    ├── IntakeError           a file cannot be taken into the reports folder
    ├── UploadError           files that wait for a yes cannot be kept, added or dropped
    │   └── OutdatedError         they would replace something else than was shown
    ├── BusyError             another process is writing
    ├── JournalError          the journal cannot be opened or written
    ├── AllowanceError        what was asked how often cannot be counted
    ├── AccountsError         the accounts cannot be opened or written
    ├── AccountError          an account cannot be made or changed as was asked
    ├── DatabaseError         a SQLite file cannot be copied or read
    ├── BackupError           a backup cannot be written, or not be put back
    │   └── ArchiveError          a file is no sound backup
    ├── EncoderError          the encoder cannot be loaded
    ├── SearchIndexError      the searchable side cannot be used
    │   ├── IndexMissingError     nothing has been indexed yet
    │   ├── IndexDamagedError     files are missing or not what was written
    │   │   └── IndexElsewhereError   it was written to another place than the one that is set
    │   ├── IndexMismatchError    built by another encoder or another version
    │   └── IndexUnreachableError the server that holds it does not answer right now
    └── EvaluationError       an evaluation folder is not in BEIR layout

A message is one line: what was found, what was wanted, what to do.
"""

from __future__ import annotations


class HoidapError(Exception):
    """Root of all errors that a front end shows in one line."""


class SettingsError(HoidapError):
    """A setting, or a table of the user's, cannot be used."""


class PortError(HoidapError):
    """A port cannot be had: it is taken, which may pass, or its address is not this machine's."""


class QuestionError(HoidapError):
    """A question that cannot be asked: empty or too long."""


class CorpusError(HoidapError):
    """The folder of reports cannot be read, or holds no report."""


class FileLeftError(CorpusError):
    """A report was removed, but its file could not be taken out of the folder."""


class LoaderError(HoidapError):
    """One file is not a readable report; the message is the reason, without the file's name."""


class ReportNotFoundError(HoidapError):
    """No report has this id."""


class CatalogError(HoidapError):
    """The catalog cannot be opened or written."""


class PlanChangedError(HoidapError):
    """A reload would do something else than was shown to whoever confirmed it."""


class RollbackError(HoidapError):
    """There is nothing to go back to."""


class GoldenError(HoidapError):
    """Golden questions no longer find their passages; ``reasons`` has a line for each."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__(
            f"{len(reasons)} câu hỏi kiểm tra không đạt, báo cáo đang dùng giữ nguyên;"
            " hãy sửa báo cáo hoặc golden.toml, hoặc chạy lại với --force"
        )
        self.reasons = reasons

    def __reduce__(self) -> tuple[type[GoldenError], tuple[tuple[str, ...]]]:
        return type(self), (self.reasons,)


class OriginalError(HoidapError):
    """The original of a report cannot be stored."""


class IntakeError(HoidapError):
    """A file, folder or address cannot be taken into the reports folder."""


class UploadError(HoidapError):
    """Files that wait to be confirmed cannot be kept, added or dropped; the message says why."""


class OutdatedError(UploadError):
    """Files that wait to be confirmed would replace something else than their preview showed."""


class BusyError(HoidapError):
    """Another process is writing."""


class JournalError(HoidapError):
    """The journal cannot be opened or written."""


class AllowanceError(HoidapError):
    """What was asked how often cannot be counted."""


class AccountsError(HoidapError):
    """The accounts cannot be opened or written."""


class AccountError(HoidapError):
    """An account cannot be made or changed as was asked; the message says why."""


class DatabaseError(HoidapError):
    """A SQLite file cannot be copied or read."""


class BackupError(HoidapError):
    """A backup cannot be written, or not be put back."""


class ArchiveError(BackupError):
    """A file is no sound backup."""


class EncoderError(HoidapError):
    """The encoder cannot be loaded."""


class SearchIndexError(HoidapError):
    """The searchable side cannot be used; it can always be rebuilt from the catalog."""


class IndexMissingError(SearchIndexError):
    """Nothing has been indexed yet."""


class IndexDamagedError(SearchIndexError):
    """Files of the index are missing or not what was written."""


class IndexElsewhereError(IndexDamagedError):
    """The current generation was written to another place than the one that is set."""


class IndexMismatchError(SearchIndexError):
    """The index was built by another encoder or another version of hoidap."""


class IndexUnreachableError(SearchIndexError):
    """The server that holds the index does not answer right now; what it holds is not in doubt."""


# What a question meets where the searchable side cannot answer just now: all that can be done is to
# look after the server or the index.
UNANSWERING = (IndexUnreachableError, IndexDamagedError, IndexMissingError)


class EvaluationError(HoidapError):
    """An evaluation folder is not in BEIR layout."""
