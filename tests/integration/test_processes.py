"""Long work in a process of its own: what it says, what it returns and how it fails reach whoever asked."""

import asyncio
import errno
import os
import signal

import pytest

from bot.processes import ChildFailed, in_child
from bot.texts.keys import Key
from bot.usecases.tasks import start
from exports.faults import WorkbookFault


def counts(upto, tell):
    for number in range(1, upto + 1):
        tell(number)
    return f"đếm tới {upto}"


def refuses(file, tell):
    raise WorkbookFault(Key.XL_NO_FILE, file=file)


def finds_no_room(tell):
    raise OSError(errno.ENOSPC, "")


def stumbles(tell):
    raise ValueError("chữ của một người")


def prints(tell):
    print("không ai đọc")  # noqa: T201
    tell("nghe được")


def is_killed(tell):
    os.kill(os.getpid(), signal.SIGKILL)


def tells_its_number_and_stays(tell):
    tell(os.getpid())
    signal.pause()


async def nobody(_told):
    raise AssertionError("nothing was to be told")


class Listener:
    def __init__(self):
        self.heard = []

    async def __call__(self, told):
        self.heard.append(told)


async def test_the_work_is_done_elsewhere_and_what_it_tells_and_returns_comes_here():
    listener = Listener()

    returned = await in_child(counts, 3, hear=listener)

    assert (listener.heard, returned) == ([1, 2, 3], "đếm tới 3")


async def test_what_somebody_prints_does_not_come_between():
    listener = Listener()

    await in_child(prints, hear=listener)

    assert listener.heard == ["nghe được"]


async def test_a_refusal_keeps_its_kind_and_its_sentence():
    with pytest.raises(WorkbookFault) as refusal:
        await in_child(refuses, "phiếu.xlsx", hear=nobody)

    assert (refusal.value.key, refusal.value.values) == (Key.XL_NO_FILE, {"file": "phiếu.xlsx"})


async def test_a_full_disk_is_a_full_disk_here_too():
    with pytest.raises(OSError, match="space") as fault:
        await in_child(finds_no_room, hear=nobody)

    assert fault.value.errno == errno.ENOSPC


async def test_of_a_fault_only_its_kind_is_told():
    with pytest.raises(ChildFailed, match=r"^ValueError$"):
        await in_child(stumbles, hear=nobody)


async def test_a_child_that_was_killed_is_noticed():
    with pytest.raises(ChildFailed):
        await in_child(is_killed, hear=nobody)


async def test_who_stops_listening_stops_the_work():
    async def had_enough(_told):
        raise KeyError

    with pytest.raises(KeyError):
        await in_child(counts, 10**9, hear=had_enough)


async def test_who_is_cancelled_ends_the_child():
    begun = asyncio.get_running_loop().create_future()

    async def hear(number):
        begun.set_result(number)

    work = start(in_child(tells_its_number_and_stays, hear=hear), "a child")
    number = await begun
    work.cancel()

    with pytest.raises(asyncio.CancelledError):
        await work
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
