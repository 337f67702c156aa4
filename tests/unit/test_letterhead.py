"""Number, day, issuing body and title as administrative documents give them."""

from __future__ import annotations

from datetime import date

import pytest

from hoidap.loaders import load_file
from hoidap.loaders.letterhead import Letterhead, read_letterhead

STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"


def test_whole_head_of_a_report() -> None:
    text = (
        f"ỦY BAN NHÂN DÂN\nHUYỆN CAO LÃNH\n-------\nSố: 123/BC-UBND\n{STATE}\n"
        "Cao Lãnh, ngày 26 tháng 3 năm 2021\n\nBÁO CÁO\nTổng kết công tác phối hợp\nnăm 2020\n\n"
        "Thực hiện Kế hoạch số 5/KH-UBND ngày 02 tháng 01 năm 2020, huyện đã làm được nhiều việc."
    )
    assert read_letterhead(text) == Letterhead(
        title="BÁO CÁO Tổng kết công tác phối hợp năm 2020",
        date=date(2021, 3, 26),
        number="123/BC-UBND",
        source="ỦY BAN NHÂN DÂN HUYỆN CAO LÃNH",
        kind="báo cáo",
    )


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("Số: 123/BC-UBND", "123/BC-UBND"),
        ("Số: 45/2021/QĐ-UBND", "45/2021/QĐ-UBND"),
        ("Số 36-HD/VPTW", "36-HD/VPTW"),
        ("Nghị quyết số: 78/2025/UBTVQH15", "78/2025/UBTVQH15"),
        ("Luật số: 27/2001/QH10", "27/2001/QH10"),
        ("Số: 01/2023/TT-BLĐTBXH", "01/2023/TT-BLĐTBXH"),
        ("Số:  12 / BC - UBND", "12/BC-UBND"),
        ("Số: 51/⁄2025/TT-BCA", "51/2025/TT-BCA"),
        ("Số: 7/BC-P.NN&PTNT", "7/BC-P.NN&PTNT"),
        ("Số:12/BC- UBND.", "12/BC-UBND"),
        ("Số: 345/BC-CAH(CSGT)", "345/BC-CAH(CSGT)"),
        ("Số: 345/BC-CAH (CSGT-TT)", "345/BC-CAH(CSGT-TT)"),
        ("Số: 345/BC-CAH (Mật)", None),
        ("Căn cứ Nghị định số 12/2020/NĐ-CP", None),
        ("Số: /BC-UBND", None),
        ("Số hộ nghèo: 12", None),
        ("Biểu số 81/CK-NSNN", None),
        ("(Mẫu số 02/TNĐB", None),
        ("V/v thực hiện Nghị quyết số 12/NQ-HĐND", None),
        ("V/v\nthực hiện Nghị quyết số 12/NQ-HĐND", None),
        ("BÁO CÁO\nKết quả thực hiện Nghị quyết số 12/NQ-HĐND", None),
        ("HỢP ĐỒNG\nSố: 12/HĐ-UBND", "12/HĐ-UBND"),
    ],
)
def test_numbers(line: str, number: str | None) -> None:
    assert read_letterhead(f"{line}\n\nNội dung.").number == number


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Cao Lãnh, ngày 26 tháng 3 năm 2021", date(2021, 3, 26)),
        ("TP. Cao Lãnh, ngày 05 tháng 12 năm 2021", date(2021, 12, 5)),
        ("Cao Lãnh, Ngày 26 tháng 03 năm 2021./.", date(2021, 3, 26)),
        ("Cao Lãnh, ngày 26/3/2021", date(2021, 3, 26)),
        ("Cao Lãnh ngày 26 tháng 3 năm 2021", date(2021, 3, 26)),
        ("Thị trấn Mỹ Thọ\nngày 26/3/2021", None),
        ("Mỹ Thọ\nngày 26/3/2021", date(2021, 3, 26)),
        ("Cao Lãnh, ngày 26 tháng 3năm2021", date(2021, 3, 26)),
        ("Thứ Sáu ngày 26 tháng 3 năm 2021", None),
        ("Họp báo ngày 26 tháng 3 năm 2021", None),
        ("BÁO CÁO NGÀY 26/3/2021", None),
        ("Cao Lãnh, ngày 05 tháng 4 năm\n\n2022", date(2022, 4, 5)),
        ("Cao Lãnh, ngày 05 tháng\n4 năm 2022", date(2022, 4, 5)),
        ("Cao Lãnh, ngày 05 tháng 4 năm\n\n2022 hộ", None),
        ("Cao Lãnh, ngày      tháng 3 năm 2021", None),
        ("Cao Lãnh, ngày 31 tháng 2 năm 2021", None),
        ("Hội nghị họp tại Cao Lãnh, ngày 26 tháng 3 năm 2021, với 14 xã.", None),
    ],
)
def test_days(line: str, day: date | None) -> None:
    assert read_letterhead(f"{line}\n\nNội dung.").date == day


def test_minutes_are_dated_at_their_foot() -> None:
    text = "BIÊN BẢN\nHọp giao ban\n\n" + "Nội dung.\n\n" * 60 + "Cao Lãnh, ngày 2 tháng 4 năm 2021"
    head = read_letterhead(text)
    assert (head.title, head.date, head.kind) == (
        "BIÊN BẢN Họp giao ban", date(2021, 4, 2), "biên bản"
    )  # fmt: skip


def test_a_kind_before_its_number_is_no_title() -> None:
    text = "QUỐC HỘI\nLuật số: 27/2001/QH10\n\nLUẬT\nPHÒNG CHÁY\n\nĐiều 1. Phạm vi của luật"
    head = read_letterhead(text)
    assert (head.title, head.number) == ("LUẬT PHÒNG CHÁY", "27/2001/QH10")
    text = "UBND xã\nSố: 5/KH-UBND\nKế hoạch thực hiện Nghị quyết số 12/NQ-HĐND\nMục tiêu"
    assert read_letterhead(text).title == "Kế hoạch thực hiện Nghị quyết số 12/NQ-HĐND"


def test_laws_have_the_day_that_they_were_passed() -> None:
    text = (
        "LUẬT\nPHÒNG CHÁY VÀ CHỮA CHÁY\n\nĐiều 1. Phạm vi\n\n"
        "Luật này đã được Quốc hội thông qua ngày 29 tháng 6 năm 2001."
    )
    head = read_letterhead(text)
    assert head.date == date(2001, 6, 29)
    assert head.title == "LUẬT PHÒNG CHÁY VÀ CHỮA CHÁY"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Lễ phát động\n\nNgày 26/3/2021, huyện tổ chức lễ.",
        "KINH TẾ - XÃ HỘI\n\nThu ngân sách tăng.",
        "Báo cáo của huyện\n\nSố hộ nghèo còn 12.",
        "UBND HUYỆN\n\nThông báo cho nhân dân.",
    ],
)
def test_text_without_the_layout_has_no_letterhead(text: str) -> None:
    assert read_letterhead(text) == Letterhead()


def test_who_is_named_below_the_number_is_no_issuing_body() -> None:
    text = f"SỞ Y TẾ\nSố: 9/TB-SYT\n{STATE}\n\nTHÔNG BÁO\nVề tiêm chủng\n\nỦY BAN NHÂN DÂN TỈNH"
    assert read_letterhead(text).source == "SỞ Y TẾ"


@pytest.mark.parametrize(
    ("lines", "source"),
    [
        ("BCH ĐOÀN HUYỆN CAO LÃNH\nSố: 9-KH/ĐTN", "BCH ĐOÀN HUYỆN CAO LÃNH"),
        ("BHXH TỈNH ĐỒNG THÁP\nBHXH HUYỆN CAO LÃNH\nSố: 9/TB-BHXH",
         "BHXH TỈNH ĐỒNG THÁP BHXH HUYỆN CAO LÃNH"),
        ("TRẠM Y TẾ XÃ MỸ HỘI\nSố: 9/TB-TYT", "TRẠM Y TẾ XÃ MỸ HỘI"),
        ("SỞ Y TẾ\nHỎA TỐC\nSố: 9/TB-SYT", "SỞ Y TẾ"),
        ("SỞ Y TẾ\nSố:     /TB-SYT\n(DỰ THẢO LẦN 2)", "SỞ Y TẾ"),
    ],
)  # fmt: skip
def test_issuing_bodies(lines: str, source: str) -> None:
    assert read_letterhead(f"{lines}\n{STATE}\n\nTHÔNG BÁO\nVề tiêm chủng").source == source


@pytest.mark.parametrize(
    ("lines", "source"),
    [
        ("Ủy ban nhân dân huyện Cao Lãnh\nSố 77/KH-UBND", "Ủy ban nhân dân huyện Cao Lãnh"),
        ("Uỷ ban nhân dân\nxã Mỹ Long\nCộng hòa xã hội chủ nghĩa Việt Nam\nSố: 7/KH-UBND",
         "Uỷ ban nhân dân xã Mỹ Long"),
        ("UBND huyện Cao Lãnh\nPhòng Nông nghiệp và Phát triển\nnông thôn\nSố: 5/KH-NN",
         "UBND huyện Cao Lãnh Phòng Nông nghiệp và Phát triển nông thôn"),
        ("Trường Xuân, ngày 5 tháng 3 năm 2024\nTrạm Y tế xã\nSố: 5/KH-TYT", "Trạm Y tế xã"),
        ("UBND XÃ MỸ LONG\nSố: 5/KH-UBND", "UBND XÃ MỸ LONG"),
        ("Cổng thông tin\nUBND xã\nSố: 5/KH-UBND", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("lines_below", "title"),
    [
        ("Kế hoạch kinh tế tập thể năm 2024", "Kế hoạch kinh tế tập thể năm 2024"),
        ("Kế hoạch kinh tế tập thể\nnăm 2024\nMục tiêu", "Kế hoạch kinh tế tập thể năm 2024"),
        ("Kế hoạch\nKinh tế tập thể năm 2024", "Kế hoạch Kinh tế tập thể năm 2024"),
    ],
)
def test_head_in_small_letters(
    lines: str, source: str | None, lines_below: str, title: str
) -> None:
    text = f"{lines}\n\n{lines_below}\n\nNăm 2024, huyện lập thêm hai hợp tác xã."
    (report,) = load_file(text.encode(), "a.txt").reports
    if source is None:
        assert (report.source, report.title) == (None, "Cổng thông tin")
    else:
        assert (report.source, report.title, report.kind) == (source, title, "kế hoạch")


@pytest.mark.parametrize(
    ("lines", "source"),
    [
        ("CHI CỤC THỐNG KÊ\n\nBÁO CÁO", "CHI CỤC THỐNG KÊ"),
        ("PHÒNG NÔNG NGHIỆP\nHUYỆN CAO LÃNH\n*****\nBáo cáo", "PHÒNG NÔNG NGHIỆP HUYỆN CAO LÃNH"),
        ("BÁO CÁO", None),
        ("HỘI NGHỊ TỔNG KẾT\nBÁO CÁO", None),
        ("XÃ MỸ LONG\nXã đã họp.\nBÁO CÁO", None),
    ],
)
def test_an_office_alone_above_the_kind_is_who_issued_it(lines: str, source: str | None) -> None:
    head = read_letterhead(f"{lines}\nTình hình vụ Hè Thu\n\nXã đã gieo sạ 200 ha.")
    assert head.source == source
    assert head.title == f"{lines.rsplit(chr(10), 1)[-1]} Tình hình vụ Hè Thu"


@pytest.mark.parametrize(
    "line", ["Kế hoạch này do huyện lập.", "Kế hoạch có ba phần:", "kế hoạch năm 2024", "Xã họp"]
)
def test_what_names_no_kind_below_a_head_in_small_letters_is_the_first_line(line: str) -> None:
    text = f"UBND huyện Cao Lãnh\nSố: 7/KH-UBND\n{line}\nNăm 2024, huyện lập hợp tác xã."
    assert read_letterhead(text).title is None
    (report,) = load_file(text.encode(), "a.txt").reports
    assert report.title == ("a" if line.endswith(".") else line)


@pytest.mark.parametrize(
    "line",
    ["Số: 78/UBND-KT, ngày 12 tháng 5 năm 2024", "Số 78/UBND-KT ngày 12/5/2024",
     "SỐ: 78/UBND-KT; NGÀY 12 THÁNG 5 NĂM 2024."],
)  # fmt: skip
def test_number_and_day_in_one_line(line: str) -> None:
    text = f"UBND HUYỆN CAO LÃNH\n{line}\nV/v chống hạn\n\nKính gửi: các xã"
    assert read_letterhead(text) == Letterhead(
        title="V/v chống hạn",
        date=date(2024, 5, 12),
        number="78/UBND-KT",
        source="UBND HUYỆN CAO LÃNH",
        kind="công văn",
    )


def test_number_and_day_of_another_document_end_no_subject() -> None:
    subject = "KẾT QUẢ THỰC HIỆN NGHỊ QUYẾT\nSỐ 12/NQ-HĐND NGÀY 20/12/2023"
    head = read_letterhead(f"UBND HUYỆN\nSố: 7/BC-UBND\nBÁO CÁO\n{subject}\n\nHuyện đã làm.")
    assert (head.title, head.number, head.date) == (
        f"BÁO CÁO {subject.replace(chr(10), ' ')}", "7/BC-UBND", None
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "undated"),
    [
        ("Cao Lãnh, ngày      tháng 3 năm 2021", True),
        ("Cao Lãnh, ngày … tháng … năm 2021", True),
        ("Cao Lãnh, ngày ..... tháng ..... năm .....", True),
        ("Cao Lãnh, ngày 31 tháng 2 năm 2021", True),
        ("Cao Lãnh, ngày      /3/2021", True),
        ("Cao Lãnh, ngày …/…/2021", True),
        ("Cao Lãnh, tháng 3 năm 2021", True),
        ("Cao Lãnh, tháng 3/2021", True),
        ("Cao Lãnh, ngày 26 tháng 3 năm 2021", False),
        ("Cao Lãnh họp mặt.", False),
    ],
)
def test_a_day_left_open_is_not_that_of_another_document(line: str, undated: bool) -> None:
    text = f"{STATE}\n{line}\n\nBÁO CÁO\nTổng kết\n\nThực hiện Kế hoạch ngày 3/1/2018 của huyện."
    assert read_letterhead(text).undated is undated
    (report,) = load_file(text.encode(), "a.txt").reports
    only = date(2018, 1, 3) if "họp mặt" in line else date(2021, 3, 26)
    assert report.date == (None if undated else only)


def test_month_in_the_title_of_a_news_report_leaves_no_day_open() -> None:
    text = "Tình hình sản xuất, tháng 3 năm 2021\n\nNgày 26/3/2021, xã đã gieo sạ xong."
    assert not read_letterhead(text).undated


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (
            "BÁO CÁO\nTÌNH HÌNH KINH TẾ - XÃ HỘI QUÝ I\nVÀ NHIỆM VỤ QUÝ II NĂM 2022",
            "BÁO CÁO TÌNH HÌNH KINH TẾ - XÃ HỘI QUÝ I VÀ NHIỆM VỤ QUÝ II NĂM 2022",
        ),
        (
            "BÁO CÁO\n(Kết quả 6 tháng đầu năm 2022 và nhiệm vụ\n6 tháng cuối năm 2022)",
            "BÁO CÁO (Kết quả 6 tháng đầu năm 2022 và nhiệm vụ 6 tháng cuối năm 2022)",
        ),
        (
            "QUYẾT ĐỊNH\nVỀ VIỆC PHÊ DUYỆT KẾ HOẠCH\nCHỦ TỊCH ỦY BAN NHÂN DÂN HUYỆN",
            "QUYẾT ĐỊNH VỀ VIỆC PHÊ DUYỆT KẾ HOẠCH",
        ),
        (
            "Số: 12/UBND-VP\nV/v báo cáo kết quả giảm nghèo\nquý I năm 2022",
            "V/v báo cáo kết quả giảm nghèo quý I năm 2022",
        ),
        ("Số: 12/UBND-VP\nHuyện họp về việc thu hoạch.", None),
        ("BIÊN BẢN HỌP\nVề việc xét hộ nghèo", "BIÊN BẢN HỌP Về việc xét hộ nghèo"),
        ("BIÊN BẢN HỌP\nHôm nay, ngày 5/6/2024, xã họp", "BIÊN BẢN HỌP"),
        ("BIÊN BẢN\nVào lúc 8 giờ, tại trụ sở xã", "BIÊN BẢN"),
        ("BIÊN BẢN\nThời gian: 8 giờ\nĐịa điểm: trụ sở xã", "BIÊN BẢN"),
        ("BIÊN BẢN\nThành phần tham dự: 12 người", "BIÊN BẢN"),
        ("THÔNG BÁO\nThời gian cấp nước mùa khô", "THÔNG BÁO Thời gian cấp nước mùa khô"),
        ("PHIẾU CHUYỂN ĐƠN\nVăn phòng nhận đơn của ông B.", "PHIẾU CHUYỂN ĐƠN"),
        ("THƯ MỜI\nDự lễ khánh thành cầu", "THƯ MỜI Dự lễ khánh thành cầu"),
        ("QUY ĐỊNH CHUNG\nPhạm vi", None),
        (
            "NGHỊ QUYẾT\nVề việc thông qua\nKế hoạch đầu tư công\ngiai đoạn 2021 - 2025\n"
            "HỘI ĐỒNG NHÂN DÂN HUYỆN",
            "NGHỊ QUYẾT Về việc thông qua Kế hoạch đầu tư công giai đoạn 2021 - 2025",
        ),
        (
            "QUYẾT ĐỊNH\nVề việc phê duyệt công trình\nNâng cấp đường số 5\n"
            "CHỦ TỊCH ỦY BAN NHÂN DÂN HUYỆN",
            "QUYẾT ĐỊNH Về việc phê duyệt công trình Nâng cấp đường số 5",
        ),
        (
            "QUYẾT ĐỊNH\nVề việc phê duyệt công trình\nNâng cấp đường số 5",
            "QUYẾT ĐỊNH Về việc phê duyệt công trình",
        ),
        (
            "QUYẾT ĐỊNH\nBAN HÀNH QUY CHẾ TIẾP CÔNG DÂN\nCHỦ TỊCH ỦY BAN NHÂN DÂN HUYỆN",
            "QUYẾT ĐỊNH BAN HÀNH QUY CHẾ TIẾP CÔNG DÂN",
        ),
        ("CHỈ THỊ\nPHÒNG, CHỐNG DỊCH TẢ\nThực hiện", "CHỈ THỊ PHÒNG, CHỐNG DỊCH TẢ"),
        ("QUYẾT ĐỊNH\nBAN CHẤP HÀNH ĐẢNG BỘ HUYỆN\nCăn cứ", "QUYẾT ĐỊNH"),
        (
            "THÔNG BÁO\nKết luận tại buổi làm việc với\nBan Chấp hành Đảng bộ xã",
            "THÔNG BÁO Kết luận tại buổi làm việc với Ban Chấp hành Đảng bộ xã",
        ),
        (
            "BÁO CÁO\nKết quả thực hiện\nĐến nay xã đã làm xong 12 tuyến đường.",
            "BÁO CÁO Kết quả thực hiện",
        ),
        (
            "Số: 12/UBND-VP\nV/v phối hợp với\nPhòng Nội vụ\nKính gửi: các xã",
            "V/v phối hợp với Phòng Nội vụ",
        ),
        (
            "BÁO CÁO\nKẾT QUẢ THỰC HIỆN NGHỊ QUYẾT SỐ 12/NQ-HĐND\nNGÀY 20/12/2023 CỦA HUYỆN",
            "BÁO CÁO KẾT QUẢ THỰC HIỆN NGHỊ QUYẾT SỐ 12/NQ-HĐND NGÀY 20/12/2023 CỦA HUYỆN",
        ),
        (
            "BÁO CÁO\nTình hình kinh tế - xã hội 6 tháng đầu năm;\nnhiệm vụ 6 tháng cuối năm 2024",
            "BÁO CÁO Tình hình kinh tế - xã hội 6 tháng đầu năm; nhiệm vụ 6 tháng cuối năm 2024",
        ),
        ("THÔNG BÁO LỊCH TIÊM CHỦNG\nTrạm y tế xã thông báo:", "THÔNG BÁO LỊCH TIÊM CHỦNG"),
        (
            "Số: 12/UBND-VP\nV/v góp ý dự thảo\nQuyết định ban hành Quy chế\n"
            f"tiếp công dân\n{STATE}",
            "V/v góp ý dự thảo Quyết định ban hành Quy chế tiếp công dân",
        ),
        (
            "Số: 12/UBND-VP\nV/v thực hiện\nCông điện số 12/CĐ-TTg\nKính gửi: các xã",
            "V/v thực hiện Công điện số 12/CĐ-TTg",
        ),
        (
            "LỊCH LÀM VIỆC\ncủa Thường trực huyện\n(Từ ngày 06/5 đến 12/5/2024)\nThứ Hai (06/5):",
            "LỊCH LÀM VIỆC của Thường trực huyện (Từ ngày 06/5 đến 12/5/2024)",
        ),
        ("LỊCH CÔNG TÁC TUẦN 23\nNgày, tháng\tBuổi\tNội dung", "LỊCH CÔNG TÁC TUẦN 23"),
        ("LỊCH TRỰC TẾT\nThứ, ngày\tHọ và tên", "LỊCH TRỰC TẾT"),
        ("LỊCH SỬ ĐẢNG BỘ\nGiai đoạn 1930 - 1975", None),
        ("BÁO CÁO VIÊN\nDanh sách", None),
        ("LUẬT SỬA ĐỔI\nMột số điều", "LUẬT SỬA ĐỔI Một số điều"),
    ],
)
def test_titles(lines: str, title: str | None) -> None:
    text = f"UBND HUYỆN CAO LÃNH\n{STATE}\n{lines}\n\nThực hiện chỉ đạo, huyện đã làm nhiều việc."
    assert read_letterhead(text).title == title


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Về xã " + "và xã " * 60 + "Mỹ Hội", "THÔNG BÁO Về xã " + "và xã " * 60 + "Mỹ Hội"),
        ("Về xã " + "và xã " * 90 + "Mỹ Hội", "THÔNG BÁO Về xã " + ("và xã " * 64).strip() + " …"),
        ("Xã có đường, " + "có cầu, " * 60 + "có chợ.", "THÔNG BÁO"),
        ("Về việc họp\n" + "xã " * 120, "THÔNG BÁO Về việc họp"),
    ],
)
def test_long_subject_is_cut_and_a_long_paragraph_is_none(subject: str, title: str) -> None:
    found = read_letterhead(f"{STATE}\nTHÔNG BÁO\n{subject}\n\nXã đã họp dân").title
    assert found == title


@pytest.mark.parametrize("columns", ["                 ", "   ", "\t", " "])
def test_head_in_two_columns(columns: str) -> None:
    dated = "Cao Lãnh, ngày 26 tháng 3 năm 2021"
    state, motto = STATE.split("\n")
    text = (
        f"ỦY BAN NHÂN DÂN{columns}{state}\nHUYỆN CAO LÃNH{columns}{motto}\n"
        f"Số: 123/BC-UBND{columns}{dated}\n\nBÁO CÁO\nTổng kết\n\nHuyện đã làm nhiều việc."
    )
    assert read_letterhead(text) == Letterhead(
        title="BÁO CÁO Tổng kết",
        date=date(2021, 3, 26),
        number="123/BC-UBND",
        source="ỦY BAN NHÂN DÂN HUYỆN CAO LÃNH",
        kind="báo cáo",
    )
    (report,) = load_file(text.encode(), "a.txt").reports
    assert report.text == text


@pytest.mark.parametrize(
    "line",
    ["Số:      /BC-UBND          Cao Lãnh, ngày       tháng 3 năm 2021",
     "Số:      /BC-UBND          Cao Lãnh, ngày     tháng      năm     ",
     "Số:      /BC-UBND          Cao Lãnh, ngày      /3/2021"],
)  # fmt: skip
def test_blanks_to_be_filled_in_divide_no_columns(line: str) -> None:
    head = read_letterhead(f"{line}\n\nBÁO   CÁO\nTổng kết\n\nHuyện đã làm nhiều việc.")
    assert (head.number, head.undated, head.kind) == (None, True, "báo cáo")


@pytest.mark.parametrize("number", ["Số:      /TCKH-NS", "Số: .…/2023/TB-TCKH", "Số    -CV/HU"])
@pytest.mark.parametrize("columns", ["          ", "\t", " "])
def test_a_letter_whose_number_is_left_open(number: str, columns: str) -> None:
    state, motto = STATE.split("\n")
    head = (
        f"UBND HUYỆN CAO LÃNH{columns}{state}\nPHÒNG TÀI CHÍNH - KẾ HOẠCH{columns}{motto}\n"
        f"{number}{columns}Cao Lãnh, ngày 5 tháng 6 năm 2023\n"
    )
    subject = "V/v đề nghị quyết toán\nnăm 2022\n\nKính gửi: Các xã."
    assert read_letterhead(head + subject) == Letterhead(
        title="V/v đề nghị quyết toán năm 2022",
        date=date(2023, 6, 5),
        source="UBND HUYỆN CAO LÃNH PHÒNG TÀI CHÍNH - KẾ HOẠCH",
        kind="công văn",
    )
    (report,) = load_file(f"{head}\nHọp các xã\n\nPhòng đề nghị.".encode(), "a.txt").reports
    assert report.title == "Họp các xã"


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ("Phụ lục I\nDANH MỤC CÔNG TRÌNH NĂM 2024", "Phụ lục I DANH MỤC CÔNG TRÌNH NĂM 2024"),
        ("PHỤ LỤC 02:\n\nSố hộ nghèo theo xã", "PHỤ LỤC 02: Số hộ nghèo theo xã"),
        ("Biểu số 81/CK-NSNN\nCÂN ĐỐI NGÂN SÁCH", "Biểu số 81/CK-NSNN CÂN ĐỐI NGÂN SÁCH"),
        ("Phụ lục\n(Kèm theo Kế hoạch số 5/KH-UBND)", "Phụ lục"),
        ("Phụ lục\nXã\tHộ", "Phụ lục"),
        ("Phụ lục về hộ nghèo\nXã Mỹ Hội có 12 hộ", "Phụ lục về hộ nghèo"),
    ],
)
def test_title_of_an_annex_is_more_than_its_number(lines: str, title: str) -> None:
    (report,) = load_file(f"{lines}\n\nXã Mỹ Hội có 12 hộ.".encode(), "a.txt").reports
    assert report.title == title
