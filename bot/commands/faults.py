"""From a fault to the one Vietnamese sentence that whoever typed the command reads: what, where, and what to do."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.domain.errors import Refusal
from bot.texts.catalogue import Catalogue, CatalogueFault


class Trouble(Exception):
    """A command cannot go on; the message is the finished sentence."""


_FILES = {
    errno.ENOENT: "không tìm thấy {name}. Kiểm tra lại tên và thư mục.",
    errno.EACCES: "không có quyền đọc hoặc ghi {name}. Kiểm tra quyền của tài khoản đang chạy.",
    errno.EPERM: "không có quyền đọc hoặc ghi {name}. Kiểm tra quyền của tài khoản đang chạy.",
    errno.ENOSPC: "ổ đĩa chứa {name} đã đầy. Giải phóng dung lượng rồi chạy lại.",
    errno.EISDIR: "{name} là một thư mục, ở đây cần một tệp. Ghi thêm tên tệp.",
    errno.ENOTDIR: "{name} không đúng: một phần của đường dẫn là tệp, không phải thư mục. Kiểm tra lại đường dẫn.",
    errno.EEXIST: "đã có sẵn {name} nên không tạo được. Đổi tên hoặc dời tệp ấy đi.",
    errno.EROFS: "{name} nằm trên ổ chỉ đọc. Chọn nơi khác để ghi.",
    errno.ENAMETOOLONG: "{name} dài quá mức cho phép. Đặt tên ngắn hơn.",
}
_ADDRESSES = {
    errno.EADDRINUSE: "địa chỉ {name} đang có chương trình khác dùng. Dừng chương trình ấy, hoặc chọn cổng khác bằng "
    "DOITHOAI_WEB_BIND (với demo: --port).",
    errno.EADDRNOTAVAIL: "máy này không có địa chỉ {name}. Sửa DOITHOAI_WEB_BIND, ví dụ 127.0.0.1:8080.",
    errno.EACCES: "không có quyền mở địa chỉ {name} (cổng dưới 1024 thường cần quyền quản trị). Chọn cổng khác bằng "
    "DOITHOAI_WEB_BIND (với demo: --port).",
}


def explained(fault: Exception) -> str:
    """The sentence for any fault."""
    if isinstance(fault, Refusal):
        try:
            return Catalogue.load().say(fault.key, **fault.values)
        except CatalogueFault as broken:
            return str(broken)
    if isinstance(fault, CatalogueFault | Trouble):
        return str(fault)
    if isinstance(fault, OSError):
        return _about_file(fault)
    return (
        f"có sự cố không lường trước ({type(fault).__name__}). Chạy lại với --debug và gửi kết quả cho người phụ trách."
    )


def _about_file(fault: OSError) -> str:
    name = f"“{fault.filename}”" if fault.filename else "tệp hoặc kết nối đang dùng"
    sentence = _FILES.get(fault.errno or 0) or _ADDRESSES.get(fault.errno or 0)
    if sentence is not None:
        return sentence.format(name=name)
    number = f" số {fault.errno}" if fault.errno else f" ({type(fault).__name__})"
    return f"lỗi hệ thống{number} ở {name}. Chạy lại với --debug và gửi kết quả cho người phụ trách."


@contextmanager
def listening_on(address: str) -> Iterator[None]:
    """Turn what the system says about an address that cannot be listened on into a Trouble; other faults pass."""
    try:
        yield
    except socket.gaierror as fault:
        raise Trouble(
            f"không tìm ra máy trong địa chỉ “{address}”. Sửa DOITHOAI_WEB_BIND, ví dụ 127.0.0.1:8080."
        ) from fault
    except OSError as fault:
        # asyncio gives no number where none of a name's addresses is this machine's.
        numberless = type(fault) is OSError and fault.errno is None
        sentence = _ADDRESSES.get(errno.EADDRNOTAVAIL if numberless else fault.errno or 0)
        if fault.filename is not None or sentence is None:
            raise
        raise Trouble(sentence.format(name=f"“{address}”")) from fault


@contextmanager
def working_on(file: Path) -> Iterator[None]:
    """Name this file in a fault of the system, which may name none (a full disk) or a passing one beside it."""
    try:
        yield
    except OSError as fault:
        fault.filename = str(file)
        raise
