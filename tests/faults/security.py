"""Security: what somebody does on purpose (X1 to X14, X16), each shown by tests of the suite that play the attacker."""

from __future__ import annotations

from tests.faults.table import shown_by

_HERE = "tests/integration/test_security_"
_WORDS, _WEB, _FLOOD, _TELEGRAM = (f"{_HERE}{name}.py::" for name in ("words", "web", "flood", "telegram"))

shown_by(
    "X1",
    "công thức cài trong câu hỏi",
    "500 ô CSV và 2.000 ô Excel bắt đầu như công thức",
    _WORDS + "test_no_cell_of_a_csv_file_begins_as_a_formula_does",
    "tests/unit/test_exports_cells.py::test_what_excel_would_calculate_is_quoted",
)
shown_by(
    "X2",
    "ký tự làm hỏng tệp Excel",
    "chữ ngẫu nhiên, cả ký tự mà XML không chứa được",
    "tests/unit/test_exports_cells.py::test_readable_text_can_be_stored_as_xml",
    "tests/unit/test_exports_cells.py::test_only_what_xml_cannot_hold_is_replaced",
)
shown_by(
    "X3",
    "câu quá dài bị cắt lặng lẽ",
    "chữ dài hơn một ô, một trang",
    "tests/unit/test_exports_cells.py::test_pieces_joined_are_the_text",
    "tests/unit/test_exports_cells.py::test_no_piece_is_longer_than_a_printed_row_or_a_cell",
)
shown_by(
    "X4",
    "thẻ HTML cài vào thẻ câu hỏi",
    "500 thẻ và 60 tin mang chữ độc hại, bộ đọc nghiêm ngặt",
    _WORDS + "test_five_hundred_hostile_cards_are_read_without_a_foreign_tag_and_fit_one_message",
    _WORDS + "test_hostile_words_reach_a_chat_whole_and_telegram_refuses_none",
    "tests/unit/test_telegram_cards.py::test_hostile_text_never_becomes_markup",
)
shown_by(
    "X5",
    "tin dài hơn Telegram nhận",
    "chữ ngẫu nhiên, cờ, biểu tượng ghép, một chữ cái dưới chín nghìn dấu",
    "tests/unit/test_split.py",
)
shown_by(
    "X6",
    "nút bấm giả, cũ, của người khác",
    "19 cách giả mạo, rồi một lần bấm thật",
    "tests/integration/test_forged_presses.py",
)
shown_by(
    "X7",
    "người không có quyền trong nhóm",
    "kênh, kênh liên kết, quản trị viên ẩn danh, bot khác, người đã bị đưa ra, Telegram không trả lời",
    _TELEGRAM + "test_whoever_has_no_name_of_their_own_commands_nothing_and_is_told_why",
    _TELEGRAM + "test_their_answers_to_a_card_are_not_put_to_a_young_person",
    "tests/integration/test_telegram_edge.py::test_a_removed_moderator_is_powerless_within_a_minute",
    "tests/integration/test_telegram_edge.py::test_whoever_cannot_be_checked_is_refused_and_may_try_again",
    "tests/integration/test_rights.py::test_whoever_was_revoked_is_powerless_though_still_in_the_group",
)
shown_by(
    "X8",
    "giả làm Telegram gọi tới webhook",
    "không mã, mã sai, mã lạ; thân tin quá lớn; không phải JSON",
    "tests/integration/test_telegram_webhook.py::test_strangers_are_turned_away_and_nothing_is_kept",
    "tests/integration/test_telegram_webhook.py::test_without_a_secret_there_is_no_webhook",
    "tests/integration/test_telegram_webhook.py::test_what_is_larger_than_any_update_is_refused_and_what_just_fits_is_taken",
    "tests/integration/test_telegram_webhook.py::test_what_nobody_can_read_is_accepted_once_and_put_into_quarantine_with_the_moderators_told",
)
shown_by(
    "X9",
    "mã bí mật, lời của bạn trẻ lọt vào nhật ký",
    "tên, số điện thoại, mã được đánh dấu đi suốt một lần chạy; soi nhật ký, /live, /ready, /metrics",
    "tests/integration/test_security_logs.py",
    "tests/scenarios/test_nothing_leaks.py",
)
shown_by(
    "X10",
    "tệp gửi lên để làm sập máy",
    "bom nén, bom XML, macro, đường dẫn lạ",
    "tests/integration/test_exports_hostile.py",
)
shown_by(
    "X11",
    "một người gửi dồn dập",
    "1.000 tin một lúc cạnh 200 người khác; 60 câu trong một phút; một trình duyệt, một địa chỉ gửi liên tục",
    "tests/integration/test_security_flood.py",
    _WEB + "test_one_browser_that_floods_is_held_back_and_the_others_are_not",
    _WEB + "test_an_address_that_floods_with_ever_new_browsers_is_held_back",
)
shown_by(
    "X12",
    "chữ ghép, ký tự vô hình, chữ giả dạng",
    "500 câu viết bốn cách; thẻ cảnh báo chữ giả dạng",
    _WORDS + "test_five_hundred_questions_are_the_same_to_the_classifier_however_they_are_composed",
    _WORDS + "test_a_card_warns_of_a_disguised_text_and_of_no_other",
    _WORDS + "test_turned_lines_and_mixed_letters_are_recognised",
)
shown_by(
    "X13",
    "nửa ký tự, ký tự NUL, thân tin méo",
    "qua Telegram, trang web (mọi đường dẫn), phiếu, câu trả lời",
    _WORDS + "test_what_no_database_holds_comes_in_by_every_road_and_is_stored_readable",
    _WORDS + "test_an_answer_and_a_slip_with_such_signs_are_stored_readable_too",
    _WEB + "test_an_odd_body_is_refused_by_every_route_with_a_sentence_and_changes_nothing",
)
shown_by(
    "X14",
    "tin lạ của Telegram",
    "mỗi loại một mẫu: album, chuyển tiếp, trả lời tin cũ, nhãn dán, ghi âm, bình chọn, bài của kênh…",
    _TELEGRAM + "test_words_stay_words_however_they_came",
    _TELEGRAM + "test_what_is_no_message_to_us_is_done_with_and_changes_nothing",
    _TELEGRAM + "test_an_album_is_answered_picture_by_picture_and_its_caption_is_kept",
    "tests/integration/test_telegram_edge.py::test_each_kind_of_thing_has_its_word",
    "tests/integration/test_telegram_edge.py::test_notices_that_nobody_wrote_are_passed_over",
)
shown_by(
    "X16",
    "tấn công trang web",
    "từng đường dẫn một: trang khác gửi thay, người lạ, người chỉ xem, cán bộ đơn vị khác, kết nối nhỏ giọt",
    "tests/integration/test_security_web.py",
)
