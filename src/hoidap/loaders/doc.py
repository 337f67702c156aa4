"""Old binary Word files and RTF, through LibreOffice where it is installed."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hoidap.errors import LoaderError
from hoidap.loaders.docx import load_docx
from hoidap.loaders.extracted import Extracted
from hoidap.loaders.programs import find_program, run_program

# LibreOffice as it should be for files of strangers: nothing is fetched for a document, no macro
# runs, no link is updated, no Java.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Java/VirtualMachine"><prop oor:name="Enable" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>9</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>9</value></prop></item>
</oor:items>
"""  # noqa: E501 - the lines are LibreOffice's


def load_doc(data: bytes) -> Extracted:
    """The text of a .doc or .rtf file, made a .docx first. Raises `LoaderError`."""
    program = find_program("soffice", "libreoffice")
    if program is None:
        raise LoaderError(
            "tệp Word cũ (.doc) cần LibreOffice để đọc; hãy cài libreoffice-writer,"
            " hoặc mở bằng Word rồi lưu thành .docx"
        )
    with tempfile.TemporaryDirectory(prefix="hoidap-") as place:
        folder = Path(place)
        profile = folder / "profile" / "user" / "registrymodifications.xcu"
        profile.parent.mkdir(parents=True)
        profile.write_text(_PROFILE, "utf-8")
        suffix = ".rtf" if data.startswith(b"{\\rtf") else ".doc"
        source = folder / f"report{suffix}"
        source.write_bytes(data)
        run_program(
            [
                program,
                f"-env:UserInstallation={profile.parents[1].as_uri()}",
                "--headless",
                "--norestore",
                "--nologo",
                "--convert-to",
                "docx",
                "--outdir",
                str(folder),
                str(source),
            ],
            folder,
        )
        try:
            converted = (folder / "report.docx").read_bytes()
        except OSError as error:
            raise LoaderError(
                "LibreOffice không đọc được tệp: tệp bị hỏng, chưa tải xong hoặc có mật khẩu"
            ) from error
    return load_docx(converted)
