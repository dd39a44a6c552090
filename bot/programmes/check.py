"""Judges a plan's file: faults that keep it from being used, warnings for a person to weigh, and a proposal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from bot.domain.deadline import Instant, legal_deadlines
from bot.domain.department import Directory, Span
from bot.domain.programme import Programme
from bot.programmes import files
from bot.programmes.build import Plan, build
from bot.programmes.directory import read_directory
from bot.programmes.findings import Finding, Notes, ProgrammeFault, Severity, day_in_words
from bot.programmes.schema import place
from bot.texts.keys import Key

__all__ = ["Finding", "ProgrammeFault", "Severity", "check", "examine", "observe"]


def check(
    source: str | Path, directory: Directory, today: date, *, taken: Mapping[str, str] | None = None
) -> list[Finding]:
    """Everything there is to say about a file (a path) or a text, the faults first. An empty list: nothing.

    `today` is where a sample's dates start from. `taken` maps the receipt prefixes that are in use to the codes of
    their programmes; without it, those of the packaged plans. A file named directory.toml is checked as a directory.
    """
    if isinstance(source, Path) and source.name == files.DIRECTORY:
        notes = Notes(source.name)
        read_directory([files.packaged_directory(), files.from_path(source)], notes)
        return notes.in_order()
    file = files.from_path(source) if isinstance(source, Path) else files.Source("", source.encode())
    prefixes = _packaged_prefixes(directory, today) if taken is None else taken
    _, notes = examine(file, directory, today, prefixes)
    return notes.in_order()


def examine(
    file: files.Source, directory: Directory, today: date | None, taken: Mapping[str, str]
) -> tuple[Programme | None, Notes]:
    """The programme of a file, or None where the notes hold faults; the notes hold warnings and advice as well."""
    notes = Notes(file.name)
    raw = files.parse(file, notes)
    plan = None if raw is None else build(raw, directory, today, notes)
    if plan is None:
        return None, notes
    prefix, code = plan.programme.receipt_prefix, plan.programme.code
    if taken.get(prefix, code) != code:
        notes.fault("programme.receipt_prefix", Key.CHECK_PREFIX_TAKEN, found=prefix, other=taken[prefix])
        return None, notes
    observe(plan, directory, notes)
    return plan.programme, notes


def observe(plan: Plan, directory: Directory, notes: Notes) -> None:
    """Note what a person should look at in a plan that can be used."""
    programme = plan.programme
    _window(plan, notes)
    _dialogue_day(programme, notes)
    for at, deadline in enumerate(programme.deadlines):
        _weekend(place("deadline", at), programme.instants(deadline)[0], notes)
    _answerers(programme, directory, notes)
    _proposal(programme, notes)


# ------------------------------------------------------------------ the window


def _window(plan: Plan, notes: Notes) -> None:
    programme, window = plan.programme, plan.programme.window
    if window.empty:
        notes.warn("window", Key.CHECK_WINDOW_EMPTY, opens=window.opens_at, closes=window.closes_at)
    if window.basis == "chosen" and not window.note:
        notes.advise("window.note", Key.CHECK_NOTE)
    if programme.delivery is None:
        notes.warn("deadline", Key.CHECK_NO_DELIVERY)
    elif programme.delivered_by and window.closes_at > programme.delivered_by:
        notes.warn(
            "window.closes_at", Key.CHECK_CLOSES_LATE, closes=window.closes_at, delivered_by=programme.delivered_by
        )
    _no_day_left(plan, notes)


def _no_day_left(plan: Plan, notes: Notes) -> None:
    """Hưng Yên 2023: published on the last day that the law allows, its questions were due on the very same day.

    Counted from the plan's own date where it bears one; else from the law's last day for the publication, at the
    dialogue's day or, while there is none, at the last day on which the plan still lets it happen.
    """
    programme = plan.programme
    due = programme.instants(programme.delivery)[0].last_day if programme.delivery else None
    dialogue = programme.dialogue.day or plan.day_expected_by
    published = programme.plan_date or legal_deadlines()[0].chosen(dialogue).last_day
    if due is None or published is None or due > published:
        return
    days = {"published": day_in_words(published), "due": day_in_words(due)}
    if programme.plan_date or dialogue is None:
        notes.warn("window", Key.CHECK_NO_DAY_SINCE_PLAN, **days)
    else:
        notes.warn("window", Key.CHECK_NO_DAY_LEFT, dialogue=day_in_words(dialogue), **days)


def _proposal(programme: Programme, notes: Notes) -> None:
    proposed = programme.proposed_close
    if proposed is None or programme.delivered_by is None or proposed == programme.window.closes_at:
        return
    notes.advise(
        "window.closes_at",
        Key.CHECK_PROPOSE,
        proposed=proposed,
        closes=programme.window.closes_at,
        delivered_by=programme.delivered_by,
    )


# ------------------------------------------------------------------ days


def _dialogue_day(programme: Programme, notes: Notes) -> None:
    if programme.dialogue.day is not None:
        return
    notes.warn("dialogue.day", Key.CHECK_NO_DIALOGUE_DAY, code=programme.code)
    for at, deadline in enumerate(programme.deadlines):
        if deadline.phrase.needs_dialogue_day:
            notes.warn(f"{place('deadline', at)}.wording", Key.CHECK_RELATIVE, wording=deadline.wording)


def _weekend(path: str, instant: Instant, notes: Notes) -> None:
    last, working = instant.last_day, instant.last_working_day
    if last is not None and working is not None and last != working:
        notes.warn(f"{path}.wording", Key.CHECK_WEEKEND, last=day_in_words(last), working=day_in_words(working))


# ------------------------------------------------------------------ who answers


def _answerers(programme: Programme, directory: Directory, notes: Notes) -> None:
    on, province = programme.directory_day, programme.province
    row = directory.provinces[province]
    if not Span(directory.day_of(row.since, province), directory.day_of(row.until, province)).holds(on):
        notes.warn(
            "programme.province", Key.CHECK_PROVINCE_NOT_IN_FORCE, name=row.name, id=row.id, day=day_in_words(on)
        )
    in_force = directory.at(on, province, own_departments=programme.own_departments).departments
    for at, assignment in enumerate(programme.assignments):
        if assignment.department not in in_force:
            body = directory.departments[assignment.department]
            notes.warn(
                f"{place('assignment', at)}.department",
                Key.CHECK_NOT_IN_FORCE,
                name=body.name,
                id=body.id,
                day=day_in_words(on),
            )
    for code in sorted(programme.unassigned_topics):
        notes.warn("topics.unassigned", Key.CHECK_UNASSIGNED, topic=code, name=directory.topics[code].name)


def _packaged_prefixes(directory: Directory, today: date) -> dict[str, str]:
    plans = (build(files.parse(file, notes) or {}, directory, today, notes) for file, notes in _packaged())
    return {plan.programme.receipt_prefix: plan.programme.code for plan in plans if plan is not None}


def _packaged() -> list[tuple[files.Source, Notes]]:
    return [(file, Notes(file.name)) for file in files.packaged()]
