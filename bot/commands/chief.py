"""What the command line says where nobody sees the words of somebody in danger."""

from __future__ import annotations

NAME_A_CHIEF = "doithoai moderator invite TÊN --role chief"


def nobody_sees(unseen: int | None) -> str:
    """The warning; "" where there is a responsible person. `unseen`: how many private submissions wait, or None."""
    if unseen is None:
        return ""
    waiting = f"; đang có {unseen} lời chờ xem riêng" if unseen else ""
    return (
        f"chưa có người phụ trách nên lời của người gặp nguy hiểm chưa ai xem được{waiting}. Mời bằng: {NAME_A_CHIEF}"
    )
