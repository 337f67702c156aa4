"""Settings, from the environment and a ``.env`` file: the only place that reads them."""

from __future__ import annotations

import os
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import platformdirs
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from hoidap.complaints import complaint, refusal, undecodable
from hoidap.errors import SettingsError

_PACKAGE = Path(__file__).resolve().parent
# A wheel carries the encoder and the sample reports inside the package; a checkout has them beside
# it, where people look for them.
_PACKAGED = _PACKAGE / "packaged"
_CHECKOUT = _PACKAGE.parents[1]


def _in_checkout() -> bool:
    return not _PACKAGED.is_dir() and (_CHECKOUT / "pyproject.toml").is_file()


# What `Settings.index` is where no server is asked.
LOCAL = "local"
_CREDENTIALS_RE = re.compile(r"//[^/]*@")


class LogForm(StrEnum):
    """How a line of the log is written: for a reader, or as an object of JSON for programs."""

    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """The least that is written into the log."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class Settings(BaseSettings):
    """What can be set from outside, each as ``HOIDAP_NAME``.

    ``corpus`` is the reports folder, ``data`` where catalog and index live, ``model`` a folder or
    hub name of an encoder, ``keep_generations`` how many generations can be looked at and gone back
    to, the current one among them. ``confidence`` is how sure it must be that a passage answers
    before it is quoted: 0 quotes what is about the question, 1 next to nothing.

    ``index`` is where the searchable side lives: "local", on this machine, or the address of a
    Milvus server. With a server go ``index_token``, "user:password" or a key, which never prints,
    ``index_database``, the name of a database there, and ``index_timeout``, the seconds that
    one of a question's calls may take.

    Of the Telegram bot: ``telegram_token``, which never prints; ``telegram_api``, the address of
    the Bot API; ``telegram_rate``, the most messages a second; ``admin_ids``, numbers of users,
    separated by commas; ``questions_per_minute`` of a user; ``journal_days``, for which questions
    are kept. With ``webhook_url`` Telegram brings the updates, to ``webhook_port`` at
    ``webhook_listen``, with the header ``webhook_secret``; else the bot fetches them.

    Of the page: it is served at ``web_host`` and ``web_port`` by ``web_workers`` processes; an
    address may ask ``web_questions_per_minute``. With ``web_login`` only those may read who have an
    account. ``web_upload_mb`` are the megabytes of reports that can be sent in at a time.
    ``web_proxies`` are addresses, separated by commas, of proxies that are believed about who asks
    and how.

    Of running them: ``log`` is the form of the log's lines and ``log_level`` the least that is
    written. ``bot_metrics_port`` is where the bot tells on the loopback interface how it is; None
    tells nothing. ``metrics_dir`` is a folder in which the processes of one page add their numbers
    up; whoever starts several sets it for them.
    """

    model_config = SettingsConfigDict(
        env_prefix="HOIDAP_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    corpus: Path | None = None
    data: Path = Path(platformdirs.user_data_dir("hoidap", appauthor=False))
    model: str | None = None
    index: str = LOCAL
    index_token: SecretStr | None = None
    index_database: str = Field(default="default", pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,254}$")
    index_timeout: float = Field(default=5.0, ge=0.1, le=600)
    keep_generations: int = Field(default=10, ge=2, le=1000)
    confidence: float = Field(default=0.27, ge=0.0, le=1.0)
    telegram_token: SecretStr | None = None
    telegram_api: str = "https://api.telegram.org"
    telegram_rate: float = Field(default=30.0, gt=0)
    admin_ids: Annotated[tuple[int, ...], NoDecode] = ()
    questions_per_minute: int = Field(default=20, ge=1)
    journal_days: int = Field(default=90, ge=1, le=36_500)
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    webhook_listen: str = "127.0.0.1"
    webhook_port: int = Field(default=8443, ge=1, le=65_535)
    web_host: str = "127.0.0.1"
    web_port: int = Field(default=8080, ge=1, le=65_535)
    web_workers: int = Field(default=1, ge=1, le=64)
    web_questions_per_minute: int = Field(default=60, ge=1)
    web_login: bool = False
    web_upload_mb: int = Field(default=200, ge=1, le=1000)
    web_proxies: Annotated[tuple[str, ...], NoDecode] = ()
    log: LogForm = LogForm.TEXT
    log_level: LogLevel = LogLevel.INFO
    bot_metrics_port: int | None = Field(default=None, ge=1, le=65_535)
    metrics_dir: Path | None = None

    @field_validator("log", "log_level", mode="before")
    @classmethod
    def _as_named(cls, name: object, info: ValidationInfo) -> object:
        if not isinstance(name, str):
            return name
        return name.strip().upper() if info.field_name == "log_level" else name.strip().lower()

    @field_validator("corpus", "data", "metrics_dir")
    @classmethod
    def _expand(cls, path: Path | None) -> Path | None:
        return path.expanduser() if path is not None else None

    @field_validator("data")
    @classmethod
    def _apart(cls, data: Path, info: ValidationInfo) -> Path:
        """Not where the catalog's files would be taken for reports; hidden folders are not."""
        corpus = info.data.get("corpus")
        if corpus is not None:
            inner, outer = Path(os.path.realpath(data)), Path(os.path.realpath(corpus))
            if inner.is_relative_to(outer) and not any(
                part.startswith(".") for part in inner.relative_to(outer).parts
            ):
                raise ValueError(
                    "không được là thư mục báo cáo (HOIDAP_CORPUS) hay nằm trong đó, vì tệp của"
                    " chỉ mục sẽ bị coi là báo cáo; hãy chọn thư mục khác"
                )
        return data

    @field_validator("data")
    @classmethod
    def _in_utf8(cls, data: Path) -> Path:
        """The engine of the lexical index takes no other names of folders."""
        try:
            str(data).encode()
        except UnicodeEncodeError:
            raise ValueError(
                "có chữ không phải UTF-8; hãy đổi tên hoặc chọn thư mục khác"
            ) from None
        return data

    @field_validator("admin_ids", "web_proxies", mode="before")
    @classmethod
    def _split(cls, ids: object) -> object:
        if not isinstance(ids, str):
            return ids
        return [one.strip() for one in ids.split(",") if one.strip()]

    @field_validator("index")
    @classmethod
    def _local_or_server(cls, index: str) -> str:
        if index == LOCAL:
            return index
        try:
            url = urlsplit(index)
            port = url.port
        except ValueError:  # no port, or brackets that do not close
            raise ValueError("phải là local hoặc http://máy:cổng") from None
        if "@" in index:
            raise ValueError("không được có mật khẩu; hãy đặt HOIDAP_INDEX_TOKEN")
        if url.scheme not in ("http", "https") or not url.hostname or port == 0:
            raise ValueError("phải là local hoặc http://máy:cổng")
        if url.path.strip("/") or url.query or url.fragment:
            raise ValueError("phải hết ở cổng; cơ sở dữ liệu đặt bằng HOIDAP_INDEX_DATABASE")
        return index.rstrip("/")

    @field_validator("telegram_api", "webhook_url")
    @classmethod
    def _without_slash(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise ValueError("phải bắt đầu bằng http:// hoặc https://")
        return url.rstrip("/") if url is not None else None

    @classmethod
    def read(cls, **given: str) -> Settings:
        """The settings of this process, but for those ``given``. Raises `SettingsError`."""
        try:
            return cls(**given)  # type: ignore[arg-type]  # they are read as texts
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = str(first["loc"][0])
            name = f"HOIDAP_{field.upper()}"
            if "SecretStr" not in str(cls.model_fields[field].annotation):
                name += f"={_CREDENTIALS_RE.sub('//•••@', repr(first['input']))}"
            # Without its cause, which would print what was set.
            raise SettingsError(f"{name}: {complaint(error)[1]}") from None
        except OSError as error:
            raise SettingsError(f"không đọc được tệp .env: {refusal(error)}") from error
        except UnicodeDecodeError as error:
            raise SettingsError(
                f"tệp .env không phải văn bản UTF-8 ({undecodable(error)})"
            ) from error

    @property
    def reports_path(self) -> Path:
        """The folder of reports: as set, else the checkout's, else that in the data directory."""
        if self.corpus is not None:
            return self.corpus
        return _CHECKOUT / "corpus" / "reports" if _in_checkout() else self.data / "reports"

    @property
    def sample_reports_path(self) -> Path | None:
        """The sample that the default reports folder starts with; None where the user set one."""
        return None if self.corpus is not None or _in_checkout() else _PACKAGED / "reports"

    @property
    def golden_path(self) -> Path:
        """The golden questions of the reports folder, beside it."""
        return self.reports_path.parent / "golden.toml"

    @property
    def shipped_encoder_path(self) -> Path:
        """The folder of the encoder that hoidap comes with."""
        return (_CHECKOUT / "embeddings" if _in_checkout() else _PACKAGED) / "encoder"

    @property
    def encoder_path(self) -> str:
        """The encoder in use: the folder or hub name that is set, else the shipped one's folder."""
        return self.model if self.model is not None else str(self.shipped_encoder_path)

    @property
    def catalog_path(self) -> Path:
        """The SQLite file of the catalog."""
        return self.data / "catalog.sqlite3"

    @property
    def journal_path(self) -> Path:
        """The SQLite file of the journal."""
        return self.data / "journal.sqlite3"

    @property
    def limits_path(self) -> Path:
        """The SQLite file of who asked how often."""
        return self.data / "limits.sqlite3"

    @property
    def accounts_path(self) -> Path:
        """The SQLite file of accounts and their sessions."""
        return self.data / "accounts.sqlite3"

    @property
    def lock_path(self) -> Path:
        """The lock of whoever writes catalog and index."""
        return self.data / "writer.lock"

    def generation_path(self, number: int) -> Path:
        """The directory of a generation's index."""
        return self.generations_path / f"{number:06}"

    @property
    def generations_path(self) -> Path:
        """The directory that holds the generations' directories."""
        return self.data / "generations"

    @property
    def milvus_path(self) -> Path:
        """The directory that holds what this machine keeps of generations on a Milvus server."""
        return self.data / "milvus"

    @property
    def originals_path(self) -> Path:
        """The directory that keeps the files of reports by their content's hash."""
        return self.data / "originals"

    @property
    def work_path(self) -> Path:
        """The directory in which the page remembers what administrators had it do."""
        return self.data / "work"

    @property
    def removed_path(self) -> Path:
        """The directory that files of removed reports are moved to."""
        return self.data / "removed"

    @property
    def uploads_path(self) -> Path:
        """The directory of files that were sent in and wait to be confirmed."""
        return self.data / "uploads"

    @property
    def vectors_path(self) -> Path:
        """The directory that keeps the vectors of slow encoders."""
        return self.data / "vectors"

    def table_paths(self, name: str) -> tuple[Path, ...]:
        """The user's additions to a language table ("abbreviations"), where there are any.

        Raises `SettingsError` where this user may not look.
        """
        path = self.data / f"{name}.tsv"
        try:
            return (path,) if path.is_file() else ()
        except OSError as error:
            raise SettingsError(
                f"không vào được thư mục dữ liệu {self.data}: {refusal(error)};"
                " hãy chạy bằng người dùng của hoidap hoặc kiểm tra HOIDAP_DATA"
            ) from error
