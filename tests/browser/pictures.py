"""Takes the screenshots of docs/anh from a real Chromium: `python -m tests.browser.pictures [folder]`."""

from __future__ import annotations

import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from bot.domain.message import ChannelName
from bot.domain.submission import Action
from bot.usecases.moderate import Decision
from tests.browser.browser import DESK, PHONE, Living, Screen, chromium
from tests.browser.conftest import clean
from tests.world import moderator

HERE = Path(__file__).parents[2] / "docs" / "anh"
QUESTION = (
    "Em là sinh viên năm cuối. Hiện nhiều bạn ra trường phải đi tỉnh khác tìm việc làm. Xin hỏi tỉnh có chính sách gì "
    "hỗ trợ việc làm cho sinh viên mới tốt nghiệp không ạ?"
)
ROAD = (
    "Tuyến đường từ Quốc lộ 39 vào khu công nghiệp xuống cấp, nhiều ổ gà, buổi tối không có đèn chiếu sáng nên rất "
    "nguy hiểm cho công nhân đi làm ca. Bao giờ tỉnh sửa chữa và lắp đèn?"
)
LOAN = (
    "e muon vay von khoi nghiep lam san pham ocop tu nhan long thi can thu tuc gi a, o xa e hoi ma ko ai biet huong dan"
)
SCHOOL = (
    "Trường em muốn có phòng tư vấn tâm lý học đường và thầy cô chuyên trách, vì nhiều bạn bị áp lực thi cử mà không "
    "biết nói với ai."
)
OTHERS = (
    (ROAD, "Phường Mỹ Hào", "cong-nhan", {"source": ChannelName.TELEGRAM}),
    (LOAN, "Xã Khoái Châu", "nong-thon", {}),
    (SCHOOL, "Trường THPT Chuyên Hưng Yên", "hoc-sinh", {"late": True}),
    ("Đề nghị lãnh đạo quan tâm hơn nữa đến thế hệ trẻ.", "Xã Văn Giang", "nong-thon", {"source": ChannelName.SLIP}),
    ("Bãi rác tạm cạnh kênh thủy lợi bốc mùi, dân đã kiến nghị nhiều lần.", "Xã Văn Giang", "nong-thon", {}),
    ("Công nhân ở trọ khi nào được mua nhà ở xã hội, cần điều kiện gì?", "Phường Mỹ Hào", "cong-nhan", {}),
    ("Xã em có sân bóng nhưng khóa cổng suốt, thanh niên không có chỗ chơi thể thao.", "Xã Khoái Châu", "hoc-sinh", {}),
    ("Mua hàng qua mạng bị lừa đảo thì báo cho ai, bao lâu được giải quyết?", "Phường Phố Hiến", "sinh-vien", {}),
)


def furnish(living: Living) -> None:
    """Questions as they really come, some of them decided already."""
    built = living.house
    asked = []
    for number, (text, unit, group, more) in enumerate(OTHERS):
        built.clock.at -= timedelta(minutes=7 * (len(OTHERS) - number))
        asked.append(living.run(built.ask(text, unit, group, **more)))
        built.clock.at += timedelta(minutes=7 * (len(OTHERS) - number))
    for one in asked[4:7]:
        living.run(built.moderate.decide(one.id, 1, Decision(Action.APPROVE), moderator("Nguyễn Ngọc Anh")))
    vague = Decision(Action.REJECT, reason="reason.unclear")
    living.run(built.moderate.decide(asked[3].id, 1, vague, moderator("Trần Quang Huy")))


def ask(screen: Screen) -> None:
    screen.one("#begin").click()
    screen.press("Đồng ý, mình đủ 16 tuổi")
    screen.press("Phường Phố Hiến")
    screen.press("Sinh viên")
    screen.say(QUESTION)


def take(screen: Screen, folder: Path) -> None:
    furnish(screen.living)
    screen.prefers(prefers_reduced_motion="reduce")
    screen.size(*PHONE, phone=True, sharp=2)
    screen.open()
    ask(screen)
    screen.picture(folder / "chat-dien-thoai.png")
    screen.press("Gửi")
    screen.size(*DESK)
    screen.open("/ban")
    screen.one("#export").click()
    screen.until(lambda: screen.all("#files a") and not screen.all(".toast"))
    screen.key("j")
    screen.js("document.querySelector('aside').scrollTop = 0")  # the button further down drew it along
    screen.picture(folder / "ban-kiem-duyet.png")
    demo(screen, folder)


def demo(screen: Screen, folder: Path) -> None:
    clean(screen.driver)
    screen.prefers(prefers_reduced_motion="reduce")
    screen.size(1440, 900)
    screen.open("/demo")
    screen.driver.switch_to.frame(screen.one("#young iframe"))
    screen.until(lambda: screen.js("return document.body.dataset.ready === '1'"))
    ask(screen)
    screen.press("Gửi")
    screen.driver.switch_to.default_content()
    screen.driver.switch_to.frame(screen.one("#board iframe"))
    screen.until(lambda: len(screen.all(".card")) == 6)
    screen.driver.switch_to.default_content()
    screen.picture(folder / "demo.png")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    with (
        tempfile.TemporaryDirectory() as data,
        tempfile.TemporaryDirectory() as profile,
        Living(Path(data), demo=True) as living,
        chromium(Path(profile)) as driver,
    ):
        clean(driver)
        take(Screen(driver, living), folder)


if __name__ == "__main__":
    main()
