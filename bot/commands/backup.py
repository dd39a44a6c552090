"""`backup` and `restore`: one file that holds everything, and the way back."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands.faults import Trouble
from bot.commands.output import DONE, REFUSED, print_json, say, table, warn
from bot.commands.parser import subcommand
from bot.domain.backup import Backup, Manifest, Reason
from bot.domain.deadline import VIETNAM
from bot.domain.errors import Refusal
from bot.settings import Settings, read
from bot.texts.catalogue import when
from bot.texts.keys import Key

if TYPE_CHECKING:
    from bot.ports import Vault
    from bot.usecases.backup_restore import Looked, Restored

_MEGABYTE = 1 << 20
_REASONS = {
    Reason.HOURLY: "theo lịch",
    Reason.CUTOFF: "sau khi hết hạn gửi",
    Reason.UPGRADE: "trước khi nâng cấp",
    Reason.BY_HAND: "theo lệnh",
}


def add_to(commands: Any) -> None:
    """Add the two commands to the command line."""
    backup = subcommand(commands, "backup", "sao lưu mọi dữ liệu vào một tệp, kể cả khi bot đang chạy")
    backup.add_argument("--to", type=Path, metavar="THƯ_MỤC", help="thư mục khác, ví dụ ổ USB (mặc định: như đã đặt)")
    backup.add_argument("--json", action="store_true", help="in dạng JSON")
    backup.set_defaults(command=_make)
    what = backup.add_subparsers(title="việc", metavar="VIỆC")

    listed = subcommand(what, "list", "xem các bản sao lưu")
    listed.set_defaults(command=_list)
    verify = subcommand(what, "verify", "kiểm tra một bản sao lưu từ đầu đến cuối")
    verify.add_argument("file", type=Path, nargs="?", metavar="TỆP", help="bản sao lưu (mặc định: bản mới nhất)")
    verify.set_defaults(command=_verify)

    restore = subcommand(commands, "restore", "khôi phục dữ liệu từ một bản sao lưu, khi bot đã dừng")
    restore.add_argument("file", type=Path, metavar="TỆP", help="bản sao lưu; xem: doithoai backup list")
    restore.add_argument("--dry-run", action="store_true", help="kiểm tra và nói sẽ làm gì, chưa thay đổi gì")
    restore.set_defaults(command=_restore)
    for one in (verify, restore):
        one.add_argument(
            "--identity", type=Path, metavar="TỆP", help="tệp khoá bí mật age, nếu bản sao lưu được mã hoá"
        )
    for one in (listed, verify, restore):
        one.add_argument("--json", action="store_true", help="in dạng JSON")


# ------------------------------------------------------------------ backup


def _make(parsed: argparse.Namespace) -> int:
    settings = read()
    if parsed.to is not None:
        settings = settings.model_copy(update={"backup_folder": parsed.to})
    vault = _vault(settings)
    if not settings.data_dir.exists():
        raise Trouble(f"chưa có dữ liệu ở “{settings.data_dir}” để sao lưu. Kiểm tra DOITHOAI_DATA_DIR.")
    made = asyncio.run(_made(settings, vault, elsewhere=parsed.to is not None))
    if made is None:
        warn("chưa có cơ sở dữ liệu để sao lưu.")
        return REFUSED
    if parsed.json:
        print_json(_entry(vault, made))
        return DONE
    say(f"Đã sao lưu và kiểm tra lại: {vault.folder / made.file} ({_size(made.size)}).")
    if not made.encrypted:
        warn("bản sao lưu chưa được mã hoá; đừng để nó rời khỏi máy này. Để mã hoá, đặt DOITHOAI_BACKUP_RECIPIENT.")
    return DONE


async def _made(settings: Settings, vault: Vault, *, elsewhere: bool) -> Backup | None:
    from bot.app import PROGRAM, open_for_reading
    from bot.usecases.backup import LAST, tidy
    from bot.usecases.clock import WallClock

    clock = WallClock()
    async with open_for_reading(settings) as store:
        if store is None:
            return None
        made = vault.make(clock.now(), Reason.BY_HAND, PROGRAM, settings.programme)
        if not elsewhere:  # a copy to carry away is no reason to leave the next one out
            async with store.transaction() as tx:
                await tx.facts.put(LAST, made.made_at.isoformat())
            tidy(vault, clock.now)
    return made


def _list(parsed: argparse.Namespace) -> int:
    vault = _vault(read())
    kept = vault.kept()
    if parsed.json:
        print_json([_entry(vault, one) for one in kept])
    elif kept:
        rows = [
            [one.file, f"{one.made_at.astimezone(VIETNAM):%d/%m/%Y %H:%M}", _size(one.size), _kind(one)] for one in kept
        ]
        table(["Tệp", "Lúc", "Cỡ", "Ghi chú"], rows)
        say(f"Thư mục: {vault.folder}")
    else:
        say(f"Chưa có bản sao lưu nào ở {vault.folder}.")
    return DONE


def _kind(one: Backup) -> str:
    notes = ["đã mã hoá"] * one.encrypted + ["trước khi nâng cấp"] * one.before_upgrade
    return ", ".join(notes)


def _entry(vault: Vault, one: Backup) -> dict[str, object]:
    return asdict(one) | {"path": vault.folder / one.file}


def _verify(parsed: argparse.Namespace) -> int:
    from bot.app import restoring

    settings = read()
    vault = _vault(settings)
    kept = vault.kept()
    if parsed.file is None and not kept:
        warn(f"chưa có bản sao lưu nào ở {vault.folder}.")
        return REFUSED
    file = parsed.file or vault.folder / kept[-1].file
    looked = asyncio.run(restoring(settings).look(file, parsed.identity))
    if parsed.json:
        print_json(
            _about(looked.manifest) | {"file": file, "entries": looked.verdict.holds, "sum_fits": looked.sum_fits}
        )
    else:
        _say_looked(file, looked)
    return REFUSED if looked.sum_fits is False else DONE


def _say_looked(file: Path, looked: Looked) -> None:
    manifest = looked.manifest
    programme = manifest.programme or "chưa đặt"
    say(f"{file.name}: còn nguyên, khôi phục được.")
    say(f"  Lập lúc {when(manifest.made_at)}, {_REASONS[manifest.reason]}; chương trình {programme}.")
    say(f"  {_submissions(manifest)} câu, {len(manifest.parts) - 1} tệp kèm theo.")
    say(f"  Sổ việc {looked.verdict.holds} mục, không ai sửa.")
    if looked.sum_fits is None:
        warn("không thấy mã SHA-256 ghi cạnh bản sao lưu này để đối chiếu.")
    elif not looked.sum_fits:
        warn("mã SHA-256 ghi cạnh bản sao lưu không khớp: tệp đã bị thay từ sau lúc sao lưu.")


# ------------------------------------------------------------------ restore


def _restore(parsed: argparse.Namespace) -> int:
    from bot.app import restoring

    settings = read()
    _vault(settings, Key.BACKUP_RESTORE_POSTGRESQL)
    restored = asyncio.run(restoring(settings)(parsed.file, parsed.identity, dry_run=parsed.dry_run))
    if parsed.json:
        print_json(
            _about(restored.manifest)
            | {
                "entries": restored.entries,
                "erased": restored.erased,
                "aside": restored.aside,
                "dry_run": parsed.dry_run,
            }
        )
    else:
        _say_restored(restored)
    return DONE


def _say_restored(restored: Restored) -> None:
    manifest = restored.manifest
    done = "Đã khôi phục" if restored.aside else "Chạy thử: sẽ khôi phục"
    holds = f"{_submissions(manifest)} câu, sổ việc {restored.entries} mục"
    say(f"{done} {holds}, như lúc {when(manifest.made_at)}.")
    if restored.erased:
        say(f"{restored.erased} yêu cầu xoá đến sau lúc sao lưu đã được thực hiện lại.")
    if restored.aside:
        say(f"Dữ liệu trước đó được giữ ở {restored.aside}; xoá thư mục ấy khi chắc chắn không cần nữa.")
    say(
        "Những gì đến sau lúc sao lưu không có trong bản này. Telegram giữ tin bot chưa nhận trong 24 giờ: chạy bot sớm"
    )
    say("để nhận lại. Khi bot chạy, nhóm cán bộ sẽ được báo. Mã câu mới nhảy cách quãng để không trùng mã đã báo.")


# ------------------------------------------------------------------ what both share


def _vault(settings: Settings, otherwise: Key = Key.BACKUP_POSTGRESQL) -> Vault:
    """Raises a Refusal that names the other tool where the database is PostgreSQL's."""
    from bot.app import vault_of

    try:
        return vault_of(settings)
    except Refusal as refusal:
        if refusal.key is Key.BACKUP_POSTGRESQL:
            raise Refusal(otherwise, **refusal.values) from None
        raise


def _submissions(manifest: Manifest) -> int:
    return manifest.rows.get("submissions", 0)


def _about(manifest: Manifest) -> dict[str, object]:
    return asdict(replace(manifest, rows=dict(manifest.rows), parts=dict(manifest.parts)))


def _size(size: int) -> str:
    megabytes = f"{size / _MEGABYTE:.1f}".replace(".", ",")
    return f"{megabytes} MB"
