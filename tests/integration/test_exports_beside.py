"""A workbook with many rows is written in a process of its own: what it says and how it fails reach whoever asked."""

import errno
import os
import signal

import pytest

from bot.texts.keys import Key
from exports.beside import BesideFailed, do_beside
from exports.faults import WorkbookFault


def counts(upto, tell):
    for number in range(1, upto + 1):
        tell(number)


def refuses(file, tell):
    raise WorkbookFault(Key.XL_NO_FILE, file=file)


def finds_no_room(tell):
    raise OSError(errno.ENOSPC, "")


def stumbles(tell):
    raise ValueError("chữ của một người")


def is_killed(tell):
    os.kill(os.getpid(), signal.SIGKILL)


def who_works(parent, tell):
    tell(int(os.getpid() == parent))


def nobody(_number):
    raise AssertionError("nothing was to be told")


def test_the_work_is_done_elsewhere_and_its_progress_told_here():
    told = []

    do_beside(counts, 3, progress=told.append)
    do_beside(who_works, os.getpid(), progress=told.append)

    assert told == [1, 2, 3, 0]


def test_a_refusal_keeps_its_sentence():
    with pytest.raises(WorkbookFault) as refusal:
        do_beside(refuses, "phiếu.xlsx", progress=nobody)

    assert (refusal.value.key, refusal.value.values) == (Key.XL_NO_FILE, {"file": "phiếu.xlsx"})


def test_a_full_disk_is_a_full_disk_here_too():
    with pytest.raises(OSError, match="space") as fault:
        do_beside(finds_no_room, progress=nobody)

    assert fault.value.errno == errno.ENOSPC


def test_of_a_fault_only_its_kind_is_told():
    with pytest.raises(BesideFailed, match=r"^ValueError$"):
        do_beside(stumbles, progress=nobody)


def test_a_child_that_was_killed_is_noticed():
    with pytest.raises(BesideFailed):
        do_beside(is_killed, progress=nobody)


def test_who_stops_listening_stops_the_work():
    def had_enough(_number):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        do_beside(counts, 10**9, progress=had_enough)
