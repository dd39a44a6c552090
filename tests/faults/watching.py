"""Seen from outside: what is stuck is noticed, told by another way, and started anew."""

from __future__ import annotations

from tests.faults.table import shown_by

_HEALTH = "tests/integration/test_health.py::"

shown_by(
    "L4",
    "tiến trình bị dừng, vòng lặp nghẽn, một phần treo, cơ sở dữ liệu bị khoá",
    "SIGSTOP tiến trình thật; giữ vòng lặp; phần không quay lại đúng hẹn; BEGIN EXCLUSIVE ở tiến trình khác",
    "tests/scenarios/test_watched.py",
    _HEALTH + "test_a_process_whose_loop_is_held_up_is_not_alive",
    _HEALTH + "test_a_stuck_part_is_told_with_503",
    _HEALTH + "test_a_database_that_another_process_holds_makes_it_unready_until_it_is_free",
    "tests/integration/test_watchdog.py::test_a_stuck_part_calls_for_help_and_a_slow_loop_says_nothing",
)
shown_by(
    "L5",
    "trục trặc mà không ai thấy",
    "chín loại trục trặc, máy chủ thư thật trên máy này; đọc /metrics",
    "tests/integration/test_alerts.py",
    _HEALTH + "test_the_figures_tell_what_waits_and_how_submissions_stand",
    _HEALTH + "test_no_figure_holds_anything_of_anybody",
)
shown_by(
    "D8",
    "mất liên lạc với Telegram",
    "15 phút không liên lạc được: thư báo động, một lần, và một lần khi đã qua",
    "tests/integration/test_alerts.py::test_fifteen_minutes_without_the_platform_are_told",
)
shown_by(
    "X15",
    "dịch vụ có nhiều quyền hơn cần thiết",
    "systemd-analyze chấm tệp dịch vụ; tệp compose theo lược đồ; vùng nhớ vừa ghi vừa chạy bị cấm",
    "tests/integration/test_deployment.py",
)
