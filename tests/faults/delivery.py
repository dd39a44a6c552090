"""Delivery: what comes in and what goes out, under every fault that tests of the suite show (D3 to D15, X8)."""

from __future__ import annotations

from tests.faults.table import shown_by

_POLLER = "tests/integration/test_telegram_poller.py::"
_HOOK = "tests/integration/test_telegram_webhook.py::"
_WORK = "tests/integration/test_work_and_deliver.py::"
_GROUP = "tests/integration/test_telegram_group.py::"

shown_by(
    "D3",
    "xử lý một tin bị lỗi, cơ sở dữ liệu bị khoá, đĩa đầy",
    "lỗi 6 lần liền; không ghi được 3 lần liền; webhook gặp đĩa đầy",
    _WORK + "test_a_fault_is_tried_again_later_without_holding_up_other_chats",
    _WORK + "test_after_every_try_has_failed_the_update_is_put_aside_with_the_moderators_told",
    _POLLER + "test_while_nothing_can_be_kept_nothing_is_acknowledged",
    _HOOK + "test_while_nothing_can_be_kept_telegram_is_asked_to_come_again_and_nothing_is_lost",
)
shown_by(
    "D4",
    "tin hỏng mà máy không đọc được",
    "12 kiểu tin hỏng qua đường lấy tin, 9 kiểu qua webhook; tin phía sau vẫn được xử lý",
    _POLLER + "test_updates_that_nobody_can_decode_hold_up_nothing",
    "tests/integration/test_telegram_edge.py::test_poison_goes_into_quarantine_and_what_is_behind_it_is_handled",
    _HOOK + "test_what_nobody_can_read_is_accepted_once_and_put_into_quarantine_with_the_moderators_told",
)
shown_by(
    "D5",
    "nền tảng giao lại tin đã giao",
    "giao lại 3 lần, rồi 2 lần cùng lúc; ba câu giống hệt nhau do người gửi thật vẫn là ba câu",
    _POLLER + "test_an_update_that_was_handled_already_is_recognised_when_it_comes_again",
    _POLLER + "test_a_crash_around_the_commit_loses_nothing_and_doubles_nothing",
    _HOOK + "test_an_update_that_comes_again_and_again_and_twice_at_a_time_is_kept_once",
    _HOOK + "test_genuine_repeats_of_the_same_words_are_all_kept",
)
shown_by(
    "D6",
    "số hiệu tin của Telegram nhảy lùi sau một tuần im lặng",
    "tin số 5 đến sau tin số 900000",
    _POLLER + "test_ids_that_start_low_again_are_taken",
)
shown_by(
    "D7",
    "Telegram mang lại tin chưa được nhận (webhook)",
    "503 kèm Retry-After; mất câu trả lời sau khi đã ghi; 30 tin đến cùng lúc",
    _HOOK + "test_what_was_kept_though_the_answer_never_arrived_is_not_kept_twice",
    _HOOK + "test_what_comes_while_a_commit_is_under_way_shares_the_next_one",
    _HOOK + "test_one_who_hangs_up_takes_nobody_elses_update_along",
)
shown_by(
    "D8-contact",
    "không liên lạc được với Telegram",
    "15 phút im lặng thì báo động, cả hai cách nhận tin",
    _HOOK + "test_a_platform_that_cannot_be_reached_for_a_quarter_of_an_hour_is_lost_however_it_is_asked",
    _HOOK + "test_updates_that_telegram_cannot_bring_count_as_silence",
)
shown_by(
    "D9",
    "hai chương trình cùng lấy tin bằng một mã bí mật (409)",
    "một máy khác lấy tin, một máy khác đổi webhook; nhóm được báo một lần",
    _POLLER + "test_another_poller_is_reported_and_outlived",
    _HOOK + "test_a_poller_that_meets_another_one_tells_the_moderators_once",
    _HOOK + "test_where_telegram_was_told_another_address_ours_is_set_again_and_the_moderators_hear_of_it",
)
shown_by(
    "D10",
    "giới hạn tốc độ của Telegram (429)",
    "200 lời đáp và 30 thẻ dồn lại, không lần nào bị 429; có retry_after thì chờ đủ; người hỏi đi trước thẻ",
    _WORK + "test_a_hundred_people_and_thirty_cards_meet_no_limit_of_telegrams",
    _WORK + "test_a_pause_that_the_platform_asks_for_is_kept",
    _WORK + "test_people_are_served_before_a_board_that_has_waited_longer",
    _WORK + "test_a_board_that_is_slow_holds_up_no_receipt",
    "tests/unit/test_deliver_pace.py",
)
shown_by(
    "D12",
    "người hỏi chặn bot, rồi nhắn lại",
    "403; câu trả lời nằm trong “chưa nhận được”; nhắn lại thì nhận đủ, đúng thứ tự",
    _WORK + "test_what_a_chat_refused_that_had_shut_us_out_is_said_in_its_order_when_the_person_writes_again",
    _WORK + "test_a_person_who_writes_while_still_shut_to_us_is_not_tried_in_a_loop",
    "tests/integration/test_answer_orders.py::test_who_was_not_reached_is_listed_with_the_reason_and_told_anew",
)
shown_by(
    "D13",
    "nhóm kiểm duyệt thành siêu nhóm, đổi mã số",
    "đổi mã lúc thẻ đang chờ; nút ở thẻ cũ",
    _GROUP + "test_what_waits_goes_into_the_moved_group_whether_telegram_says_so_first_or_on_sending",
    _GROUP + "test_the_cards_in_the_moved_group_work_and_those_of_the_former_one_are_answered_and_do_nothing",
    _GROUP + "test_a_start_with_the_old_setting_finds_the_group_even_after_two_moves",
)
shown_by(
    "D15",
    "bảng tổng hợp hằng tuần lập hai lần hay không lập",
    "hai chương trình trên một cơ sở dữ liệu bị giết lúc đang ghi bảng",
    "tests/scenarios/test_weekly_killed.py",
)
shown_by(
    "X8-start",
    "webhook thiếu mã bí mật hay sai địa chỉ; người lạ gõ đúng cửa ấy",
    "không có mã thì không chạy; mã ấy không mở được cửa nào khác",
    "tests/unit/test_settings_webhook.py",
    "tests/scenarios/test_webhook.py",
)
