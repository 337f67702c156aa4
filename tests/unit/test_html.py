"""Pages of portals and of office programs: all of the article, once, in its order, and no more."""

from __future__ import annotations

from datetime import date

import pytest

from hoidap.documents import Report
from hoidap.errors import LoaderError
from hoidap.loaders import load_file
from hoidap.loaders.htmltext import read_blocks
from hoidap.loaders.tables import table_texts
from tests.formats import (
    BODY,
    CAPTION,
    DATED,
    FORMATS,
    HEADINGS,
    ITEMS,
    KIND,
    LEAD,
    NUMBER,
    PARAGRAPHS,
    SIGNED,
    SUBJECT,
    TABLE,
    TITLE,
    cp1258_bytes,
    portal_page,
)

ROWS = "\n".join("\t".join(row) for row in TABLE)
NUMBERED = [f"{number}. {item}" for number, item in enumerate(ITEMS, start=1)]
ARTICLE = (
    f"<h2>{HEADINGS[0]}</h2><p>{PARAGRAPHS[0]}</p><p>Các việc đã làm:</p>"
    "<ul><li>Làm mới 10,8 km đường.</li><li>Sửa 3 cầu.</li></ul>"
    "<div>Đoạn không nằm trong thẻ nào.</div>"
    f'<h3>{HEADINGS[2]}</h3><p>{PARAGRAPHS[1]}</p><ol start="3"><li>Việc ba</li><li>Việc bốn</li>'
    "</ol><p>Xã An Khánh: đạt.</p><p>Xã An Khánh: đạt.</p>"
)
READ = [
    HEADINGS[0], PARAGRAPHS[0], "Các việc đã làm:", "- Làm mới 10,8 km đường.\n- Sửa 3 cầu.",
    "Đoạn không nằm trong thẻ nào.", HEADINGS[2], PARAGRAPHS[1], "3. Việc ba\n4. Việc bốn",
    "Xã An Khánh: đạt.", "Xã An Khánh: đạt.",
]  # fmt: skip


def load(page: bytes | str, file: str = "trang.html") -> Report:
    (report,) = load_file(page.encode() if isinstance(page, str) else page, file).reports
    return report


def blocks(body: str) -> list[str]:
    from lxml.html import document_fromstring

    return read_blocks(document_fromstring(f"<html><body>{body}</body></html>"))


# --- the article of a portal's page ---


@pytest.mark.parametrize(
    "container",
    [
        "<article>{}</article>",
        "<main>{}</main>",
        '<div class="content">{}</div>',
        '<div class="journal-content-article">{}</div>',
        '<div class="news-detail">{}</div>',
        "<div>{}</div>",
        "<table><tr><td>{}</td></tr></table>",
    ],
)
@pytest.mark.parametrize("whole", ["{}", '<form id="aspnetForm" action="./x.aspx">{}</form>'])
def test_all_of_the_article_and_nothing_round_it(container: str, whole: str) -> None:
    report = load(portal_page(container.format(ARTICLE), whole=whole))
    assert report.text.split("\n\n") == [SUBJECT, LEAD, *READ]
    assert report.title == SUBJECT


@pytest.mark.parametrize(
    ("article", "texts"),
    [
        ("<div>{0}<br><br>{1}<div>{2}</div></div>", ["{0}", "{1}", "{2}"]),
        ("<div>{0}<div><p>{1}</p><p>{2}</p></div>{3}</div>", ["{0}", "{1}", "{2}", "{3}"]),
        ("<div>{0}<br>{1}<div>Nguồn: Đài huyện</div></div>", ["{0}\n{1}", "Nguồn: Đài huyện"]),
        ("<div><b>Sáng nay.</b> {0}<div>{1}</div></div>", ["Sáng nay. {0}", "{1}"]),
        ("<div><span>{0}</span><span>{1}</span><div>{2}</div></div>", ["{0}{1}", "{2}"]),
        ('<table><tr><td>{0}<div><img src="a"></div>{1}</td></tr></table>', ["{0}", "{1}"]),
    ],
)
def test_text_that_stands_beside_blocks_is_read(article: str, texts: list[str]) -> None:
    body = article.format(*PARAGRAPHS)
    report = load(f"<html><head><title>{SUBJECT}</title></head><body>{body}</body></html>")
    written = [text.format(*PARAGRAPHS) for text in texts]
    assert report.text.split("\n\n") == [SUBJECT, *written]


def test_text_that_stands_beside_blocks_of_a_portal_is_read() -> None:
    article = "{}<br><br>{}<div>{}</div>{}".format(*PARAGRAPHS)
    report = load(portal_page(f'<div class="content">{article}</div>'))
    assert report.text.split("\n\n") == [SUBJECT, LEAD, *PARAGRAPHS]


def test_sentence_beside_blocks_between_heading_and_article_stays() -> None:
    article = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    tools = "<div>Cỡ chữ: nhỏ, vừa, to - Lượt xem: 152 - Đọc bài: giọng nam, giọng nữ</div>" * 3
    page = f"<div><h1>{SUBJECT}</h1>{LEAD} {tools}<div>{article}</div></div>"
    report = load(f"<html><body>{page}</body></html>")
    assert report.text.split("\n\n") == [SUBJECT, LEAD, *PARAGRAPHS]


def test_article_in_parts_is_read_whole() -> None:
    first = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    second = f"<h2>Phần cuối</h2><p>{LEAD}</p><ul><li>Việc cuối</li></ul>"
    report = load(portal_page(f"<div>{first}</div><div>{second}</div>"))
    assert report.text.split("\n\n")[-4:] == [PARAGRAPHS[3], "Phần cuối", LEAD, "- Việc cuối"]


def test_page_laid_out_by_tables() -> None:
    menu = "<td><div>Giới thiệu về huyện</div><div>Tin tức trong huyện</div></td>"
    article = (
        f"<tr><td>{SUBJECT}</td></tr><tr><td><b>{LEAD}</b></td></tr><tr><td>{ARTICLE}</td></tr>"
    )
    page = f"<table><tr>{menu}<td><table>{article}</table></td>{menu}</tr></table>"
    report = load(f"<html><body>{page}</body></html>")
    assert report.text.split("\n\n") == [SUBJECT, LEAD, *READ]


@pytest.mark.parametrize("name", ["Chi tiết tin", "Tin tức - Sự kiện", TITLE])
def test_what_a_template_calls_every_page_is_no_title(name: str) -> None:
    report = load(
        f"<html><head><title>{name}</title></head><body><div>"
        f"<div class=title>Xã An Khánh họp</div><p>{'</p><p>'.join(PARAGRAPHS)}</p></div></body>"
    )
    assert report.title == (TITLE if name == TITLE else "Xã An Khánh họp")


def test_article_that_is_mostly_one_cell_of_its_table() -> None:
    table = f"<tr><td>STT</td><td>Nội dung</td></tr><tr><td>1</td><td>{ARTICLE}</td></tr>"
    body = f"<h1>{SUBJECT}</h1><p>{LEAD}</p><table>{table}</table>"
    report = load(f"<html><body>{body}</body></html>")
    cell = " ".join(" ".join(READ).split())
    assert report.text.split("\n\n") == [SUBJECT, LEAD, f"STT\tNội dung\n1\t{cell}"]


def test_heading_of_an_article_that_has_a_header_stays() -> None:
    header = f"<header><h1>{SUBJECT}</h1><p>{LEAD}</p></header>"
    page = (
        f"<header><p>Trang của huyện.</p></header><article>{header}<p>{PARAGRAPHS[0]}</p></article>"
    )
    report = load(f"<html><body>{page}</body></html>")
    assert report.text.split("\n\n") == [SUBJECT, LEAD, PARAGRAPHS[0]]


def test_heading_that_names_the_page_stays_where_it_is() -> None:
    page = (
        f"<html><body><p>{PARAGRAPHS[0]}</p><h1>{SUBJECT}</h1><p>{PARAGRAPHS[1]}</p></body></html>"
    )
    assert load(page).text.split("\n\n") == [PARAGRAPHS[0], SUBJECT, PARAGRAPHS[1]]


# --- elements as text ---


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ("Một<br>hai <b>ba</b>bốn<p>năm\n sáu</p>bảy", ["Một\nhai babốn", "năm sáu", "bảy"]),
        ("<span><p>Một</p></span><b><div>Hai</div></b>", ["Một", "Hai"]),
        ("<ul><li>Một<ul><li>Hai</li></ul></li><li><p>Ba</p></li></ul>", ["- Một\n- Hai\n- Ba"]),
        ('<ol type="I"><li>Một</li><li value="4">Hai</li></ol>', ["I. Một\nIV. Hai"]),
        ('<ol start="x"><li>Một</li></ol>', ["1. Một"]),
        (
            '<ol style="color:red; list-style-type: lower-alpha"><li>Một</li><li>Hai</li></ol>',
            ["a. Một\nb. Hai"],
        ),
        ('<ol type="a" style="list-style:upper-roman"><li>Một</li></ol>', ["I. Một"]),
        ('<ol style="list-style-type:disc"><li>Một</li></ol>', ["- Một"]),
        ('<ul style="list-style-type:decimal"><li>Một</li></ul>', ["1. Một"]),
        ('<ul style="list-style:none"><li>Một</li><li>Hai</li></ul>', ["Một\nHai"]),
        ("<pre>Một  hai\nba</pre>", ["Một hai\nba"]),
        ("<dl><dt>Một</dt><dd>Hai</dd></dl>", ["Một", "Hai"]),
    ],
)
def test_elements_as_text(body: str, texts: list[str]) -> None:
    assert blocks(body) == texts


@pytest.mark.parametrize(
    ("table", "texts"),
    [
        ("<tr><td><p>Lúa</p><p>Đông Xuân</p></td><td>5</td></tr>", ["Lúa Đông Xuân\t5"]),
        ("<tr><td><ul><li>a</li><li>b</li></ul></td><td>5</td></tr>", ["- a - b\t5"]),
        ("<tr><td><table><tr><td>a<td>b</table></td><td>5</td></tr>", ["a b\t5"]),
        ("<tr><th>Xã<th>Hộ</tr><tr><td></td><td>5</td></tr>", ["Xã\tHộ\n\t5"]),
        ('<tr><th rowspan="2">Xã<th colspan="2">Hộ</tr><tr><th>Đầu<th>Cuối</tr>'
         "<tr><td>A<td>1<td>2</tr>", ["Xã\tHộ\t\n\tĐầu\tCuối\nA\t1\t2"]),
        ("<caption>Bảng 1</caption><tr><td>a<td>b</tr>", ["Bảng 1", "a\tb"]),
        ("<tr><td><p>Một</p><p>Hai</p></td></tr><tr><td>Ba</td></tr>", ["Một", "Hai", "Ba"]),
    ],
)  # fmt: skip
def test_tables_as_text(table: str, texts: list[str]) -> None:
    assert blocks(f"<table>{table}</table>") == texts


def test_row_whose_first_cell_is_empty_keeps_its_columns() -> None:
    assert list(table_texts([[["Xã"], ["Hộ"]], [[], ["5"]]])) == ["Xã\tHộ\n\t5"]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("312<sup>1</sup> hộ", "312¹ hộ"),
        ('312<sup><a href="#1">12</a> </sup>hộ', "312¹² hộ"),
        ("250 m<sup>2</sup>", "250 m²"),
        ("312<sup>(1)</sup>, 12<sup>[2]</sup>", "312(1), 12[2]"),
        ("H<sub>2</sub>O", "H2O"),
    ],
)
@pytest.mark.parametrize("generator", ["", "LibreOffice 7.3"])
def test_raised_digits_stand_apart_from_the_number_before(
    generator: str, written: str, text: str
) -> None:
    head = f'<meta name="generator" content="{generator}">'
    report = load(f"<html><head>{head}</head><body><p>{PARAGRAPHS[0]} {written}</p></body></html>")
    assert report.text == f"{PARAGRAPHS[0]} {text}"


# --- exports of office programs ---


def test_office_export_is_the_document_it_was() -> None:
    report = load((FORMATS / "bao-cao-duong.html").read_bytes())
    assert report.text.split("\n\n") == [
        BODY, f"Số: {NUMBER}", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
        DATED, KIND, SUBJECT, HEADINGS[0], PARAGRAPHS[0], HEADINGS[1], PARAGRAPHS[1], ROWS, CAPTION,
        PARAGRAPHS[2], HEADINGS[2], *[PARAGRAPHS[3]] * 9, "\n".join(NUMBERED), *SIGNED,
    ]  # fmt: skip
    assert (report.title, report.number, report.source) == (TITLE, NUMBER, BODY)
    assert (report.date, report.kind) == (date(2022, 10, 12), "báo cáo")


def test_file_properties_of_an_office_export_are_not_of_the_report() -> None:
    page = (
        '<html><head><title>Mẫu</title><meta name="Generator" content="Microsoft Word 15">'
        '<meta name="created" content="2013-12-23T23:15:00"></head><body>'
        f"<p>{SUBJECT}</p><h1>{HEADINGS[0]}</h1><p>{PARAGRAPHS[3]}</p></body></html>"
    )
    report = load(page)
    assert report.text.split("\n\n") == [SUBJECT, HEADINGS[0], PARAGRAPHS[3]]
    assert (report.title, report.date) == (SUBJECT, None)


# --- pages that do not look like one ---


@pytest.mark.parametrize("said", ["502 Bad Gateway", "404", "500 - Trang đang sửa", "Lỗi: 503"])
def test_page_about_an_error_is_refused(said: str) -> None:
    page = f"<html><head><title>{said}</title></head><body><p>{PARAGRAPHS[0]}</p></body></html>"
    with pytest.raises(LoaderError, match="là trang báo lỗi của máy chủ"):
        load(page)


@pytest.mark.parametrize("title", ["Trao quà cho 500 hộ nghèo", "500 hộ nghèo được nhận quà"])
def test_short_article_that_counts_500_is_read(title: str) -> None:
    page = f"<html><head><title>{title}</title></head><body><p>{PARAGRAPHS[0]}</p></body></html>"
    assert load(page).text == f"{title}\n\n{PARAGRAPHS[0]}"


@pytest.mark.parametrize(
    ("page", "file"),
    [
        (f"<html><body><p>{PARAGRAPHS[0]}</p></body></html>".encode("utf-16"), "trang.html"),
        (f"<p>{PARAGRAPHS[0]}</p>".encode(), "trang.html"),
        (f"{PARAGRAPHS[0]}<br>".encode(), "trang.HTM"),
    ],
    ids=["utf-16", "paragraph", "text"],
)
def test_page_in_utf16_or_without_its_beginning(page: bytes, file: str) -> None:
    assert load(page, file).text == PARAGRAPHS[0]


@pytest.mark.parametrize("file", ["trang.mht", "trang.html"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_page_saved_with_its_pictures(file: str, charset: str) -> None:
    from email.mime.image import MIMEImage
    from email.mime.multipart import MIMEMultipart
    from email.mime.text import MIMEText

    saved = MIMEMultipart("related")
    page = f"<html><body><p>{PARAGRAPHS[0]}</p></body></html>"
    saved.attach(MIMEText(page, "html", charset))
    saved.attach(MIMEImage(b"\x89PNG", "png"))
    assert load(saved.as_bytes(), file).text == PARAGRAPHS[0]


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1258", "utf-16", "utf-8", "x"])
def test_page_in_utf8_that_declares_another_encoding(declared: str) -> None:
    page = f'<html><head><meta charset="{declared}"></head><body><p>{PARAGRAPHS[0]}</p></body>'
    assert load(page).text == PARAGRAPHS[0]
    head = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
    part = f"Content-Type: text/html; charset={declared}\r\nContent-Transfer-Encoding: 8bit\r\n"
    assert load(f"{head}{part}\r\n{page}\r\n--b--", "trang.mht").text == PARAGRAPHS[0]


def test_page_in_the_encoding_that_it_declares() -> None:
    head = '<html><head><meta charset="windows-1258"></head>'
    page = f"{head}<body><p>{PARAGRAPHS[0]}</p></body>"
    assert load(cp1258_bytes(page)).text == PARAGRAPHS[0]


def test_saved_page_without_a_page_is_refused() -> None:
    data = b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html>"
    with pytest.raises(LoaderError, match=r"lưu lại dưới dạng \.html hoặc \.docx"):
        load(data, "trang.mht")
