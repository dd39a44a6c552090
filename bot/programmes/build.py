"""From a plan's file, read into tables, to a `Programme`: phrases understood, codes looked up, all faults noted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.domain.deadline import Deadline, Phrase, Reading, Rule, understand
from bot.domain.department import EVERY_TOPIC, Assignment, Department, Directory
from bot.domain.letterhead import Letterhead, Profile
from bot.domain.programme import Contact, Dialogue, Level, Programme, Window
from bot.programmes.findings import Notes, day_in_words
from bot.programmes.moments import Moments, likely_year
from bot.programmes.schema import Sheet, fits_sheet, likely, place, read
from bot.texts.keys import Key

_DAYS = range(1, 1000)
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PREFIX = re.compile(r"[A-Z0-9]{2,6}")
_MONTH = re.compile(r"(20\d{2})-(0[1-9]|1[0-2])")

# What a rule that the file names itself needs beside it, and the ways in which it can be read, the usual one first.
_RULES: dict[Rule, tuple[str, tuple[Reading, ...]]] = {
    Rule.BEFORE_DATE: ("date", (Reading.BEFORE_THAT_DAY,)),
    Rule.ON_OR_BEFORE_DATE: ("date", (Reading.THAT_DAY_INCLUDED,)),
    Rule.DAYS_BEFORE_DIALOGUE: (
        "days",
        (Reading.DAYS_BACK, Reading.DAYS_BACK_EXCLUDED, Reading.DIALOGUE_DAY_COUNTED),
    ),
    Rule.DAYS_AFTER_DIALOGUE: ("days", (Reading.DAYS_ON,)),
    Rule.WITHIN_MONTH: ("month", (Reading.END_OF_MONTH,)),
    Rule.AFTER_EVENT: ("", (Reading.NONE,)),
    Rule.BY_LAW: ("", (Reading.NONE,)),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """A programme together with what only its check needs.

    `day_expected_by`: the last day on which the dialogue can still be what the plan says ("cuối tháng 3").
    """

    programme: Programme
    day_expected_by: date | None


def build(raw: Mapping[str, Any], directory: Directory, today: date | None, notes: Notes) -> Plan | None:
    """The plan that a file describes, or None where `notes` then holds at least one fault.

    `today` is needed by a sample, whose dates move with it.
    """
    head = raw.get("programme")
    sample = isinstance(head, Mapping) and head.get("sample") is True
    sheet = read(raw, Moments(today if sample else None), notes)
    return _Builder(sheet, directory, notes).plan()


class _Builder:
    """One file on its way; every part notes its own faults, and only a file without any becomes a plan."""

    def __init__(self, sheet: Sheet, directory: Directory, notes: Notes) -> None:
        self._sheet = sheet
        self._directory = directory
        self._notes = notes
        self._head = sheet.tables["programme"]
        self._own = self._own_departments()
        self._bodies = {**directory.departments, **{body.id: body for body in self._own}}

    def plan(self) -> Plan | None:
        self._identity()
        deadlines, assignments = self._deadlines(), self._assignments()
        unassigned = self._unassigned()
        names = {name: self._name("organiser", name) for name in ("home_affairs", "collector")}
        letterhead = self._letterhead()
        if self._notes.faulty:
            return None
        tables = self._sheet.tables
        head, source, organiser, topics = self._head, tables["source"], tables["organiser"], tables["topics"]
        programme = Programme(
            code=head["code"],
            receipt_prefix=head["receipt_prefix"],
            level=Level(head["level"]),
            unit=head["unit"],
            province=head["province"],
            year=head.get("year", head["directory_day"].year),
            directory_day=head["directory_day"],
            title=head["title"],
            theme=head["theme"],
            issuer=source["issuer"],
            number=source.get("number", ""),
            plan_date=source.get("date"),
            dialogue=self._dialogue(),
            contact=Contact(organiser["organiser"], organiser["controller"], organiser["contact"]),
            window=Window(**tables["window"]),
            deadlines=deadlines,
            assignments=assignments,
            own_departments=self._own,
            named_departments=self._named(),
            unassigned_topics=unassigned,
            issue_groups=topics.get("groups", ()),
            units=tables["units"].get("names", ()),
            parent=head.get("parent", ""),
            home_affairs=names["home_affairs"],
            collector=names["collector"],
            letterhead=letterhead,
            gaps=source.get("gaps", ()),
        )
        return Plan(programme, tables["dialogue"].get("day_expected_by"))

    # -------------------------------------------------------------- the programme itself

    def _identity(self) -> None:
        head = self._head
        if (code := head.get("code")) and not _CODE.fullmatch(code):
            self._notes.fault("programme.code", Key.CHECK_CODE, found=code)
        if (prefix := head.get("receipt_prefix")) and not _PREFIX.fullmatch(prefix):
            self._notes.fault("programme.receipt_prefix", Key.CHECK_PREFIX, found=prefix)
        province = head.get("province")
        if province and province not in self._directory.provinces:
            known = likely(province, tuple(self._directory.provinces))
            self._notes.fault("programme.province", Key.CHECK_UNKNOWN_PROVINCE, found=province, likely=known)

    def _letterhead(self) -> Letterhead:
        """`programme.header` is how files named the profile before there was a table of its own."""
        said, older = self._sheet.tables["letterhead"], self._head.get("header")
        profile = Profile(said.get("profile", older or Profile.DOAN))
        if older and profile != older:
            self._notes.fault("letterhead.profile", Key.CHECK_LETTERHEAD_TWICE, found=profile, other=older)
        if said and profile is not Profile.NONE and "body" not in said:
            self._notes.fault("letterhead.body", Key.CHECK_MISSING, name="body")
        return Letterhead(**{**said, "profile": profile})

    def _dialogue(self) -> Dialogue:
        said = {name: value for name, value in self._sheet.tables["dialogue"].items() if name != "day_expected_by"}
        return Dialogue(**{"day": None, **said})

    # -------------------------------------------------------------- departments and topics

    def _own_departments(self) -> tuple[Department, ...]:
        rows = self._sheet.rows["department"]
        self._once("department", "id", taken=self._directory.departments)
        for at, row in enumerate(rows):
            title = row.get("short_name", "")
            if not fits_sheet(title):
                self._notes.fault(f"{place('department', at)}.short_name", Key.CHECK_SHORT_NAME, found=title)
        return tuple(
            Department(
                id=row["id"],
                name=row["name"],
                short_name=row["short_name"],
                aliases=row.get("aliases", ()),
                kind="own",
                note=row.get("note", ""),
            )
            for row in rows
            if {"id", "name", "short_name"} <= row.keys()
        )

    def _assignments(self) -> tuple[Assignment, ...]:
        given: dict[str, str] = {}
        for at, row in enumerate(self._sheet.rows["assignment"]):
            path = place("assignment", at)
            self._known_body(row.get("department"), f"{path}.department")
            for topic in row.get("topics", ()):
                self._known_topic(topic, f"{path}.topics", every=True)
                if topic in given:
                    self._notes.fault(f"{path}.topics", Key.CHECK_TOPIC_TWICE, topic=topic, other=given[topic])
                given.setdefault(topic, row.get("department", ""))
        return tuple(
            Assignment(row["department"], row["topics"], row.get("wording", ""))
            for row in self._sheet.rows["assignment"]
            if {"department", "topics"} <= row.keys()
        )

    def _named(self) -> tuple[str, ...]:
        """Whom the plan itself names; a row that whoever wrote the file inferred does not count."""
        rows = self._sheet.rows["assignment"]
        return tuple(dict.fromkeys(row["department"] for row in rows if not row.get("inferred", False)))

    def _unassigned(self) -> frozenset[str]:
        topics: tuple[str, ...] = self._sheet.tables["topics"].get("unassigned", ())
        for topic in topics:
            self._known_topic(topic, "topics.unassigned", every=False)
        return frozenset(topics)

    def _known_body(self, id_: str | None, path: str) -> None:
        if id_ and id_ not in self._bodies:
            known = likely(id_, tuple(self._bodies))
            self._notes.fault(path, Key.CHECK_UNKNOWN_DEPARTMENT, found=id_, likely=known)

    def _known_topic(self, code: str, path: str, *, every: bool) -> None:
        if code not in self._directory.topics and not (every and code == EVERY_TOPIC):
            known = likely(code, tuple(self._directory.topics))
            self._notes.fault(path, Key.CHECK_UNKNOWN_TOPIC, found=code, likely=known)

    # -------------------------------------------------------------- deadlines

    def _deadlines(self) -> tuple[Deadline, ...]:
        self._once("deadline", "id")
        made = [self._deadline(at, row) for at, row in enumerate(self._sheet.rows["deadline"])]
        return tuple(one for one in made if one is not None)

    def _deadline(self, at: int, row: Mapping[str, Any]) -> Deadline | None:
        path = place("deadline", at)
        giver, receiver = (self._name(path, side, row) for side in ("from", "to"))
        phrase = self._phrase(path, row) if "wording" in row else None
        if phrase is None or not {"id", "kind"} <= row.keys():
            return None
        return Deadline(
            id=row["id"],
            kind=row["kind"],
            wording=row["wording"],
            phrase=phrase,
            reading=self._reading(path, row, phrase),
            giver=giver,
            receiver=receiver,
            deliverable=row.get("deliverable", ""),
        )

    def _phrase(self, path: str, row: Mapping[str, Any]) -> Phrase | None:
        """What the wording means; the rule that the file names itself goes before it, and is compared with it."""
        wording = row["wording"]
        try:
            said = understand(wording)
            plausible = said is None or _plausible(said)
        except ValueError:
            said, plausible = None, False
        if not plausible:
            self._notes.fault(f"{path}.wording", Key.CHECK_NO_SUCH_DAY, wording=wording)
            return None
        if "rule" not in row:
            self._no_rule(path, row, said)
            return said
        named = self._named_phrase(path, row, Rule(row["rule"]))
        if named is None or said is None:
            return named
        if (named.rule, named.day, named.days, named.month) == (said.rule, said.day, said.days, said.month):
            return said
        self._notes.warn(
            f"{path}.rule", Key.CHECK_RULE_CONTRADICTS, wording=wording, said=_meaning(said), named=_meaning(named)
        )
        return named

    def _no_rule(self, path: str, row: Mapping[str, Any], said: Phrase | None) -> None:
        stray = [name for name in ("date", "days", "month") if name in row]
        if stray:
            self._notes.fault(f"{path}.rule", Key.CHECK_RULE_MISSING, name=stray[0])
        elif said is None:
            self._notes.fault(f"{path}.wording", Key.CHECK_WORDING, wording=row["wording"])

    def _named_phrase(self, path: str, row: Mapping[str, Any], rule: Rule) -> Phrase | None:
        needs, readings = _RULES[rule]
        if needs and needs not in row:
            self._notes.fault(f"{path}.{needs}", Key.CHECK_RULE_NEEDS, rule=rule, name=needs)
            return None
        if needs == "days" and row["days"] not in _DAYS:
            self._notes.fault(f"{path}.days", Key.CHECK_POSITIVE, found=row["days"])
            return None
        month = _MONTH.fullmatch(row["month"]) if needs == "month" else None
        if needs == "month" and month is None:
            self._notes.fault(f"{path}.month", Key.CHECK_MONTH, found=row["month"])
            return None
        return Phrase(
            rule,
            day=row["date"] if needs == "date" else None,
            days=row["days"] if needs == "days" else None,
            month=(int(month[1]), int(month[2])) if month else None,
            readings=readings,
        )

    def _reading(self, path: str, row: Mapping[str, Any], phrase: Phrase) -> Reading:
        usual = phrase.readings[0]
        quoted = ", ".join(f"“{one}”" for one in phrase.readings)
        if "reading" not in row:
            if len(phrase.readings) > 1:
                self._notes.advise(f"{path}.reading", Key.CHECK_READING_OPEN, readings=quoted, usual=usual)
            return usual
        chosen = Reading(row["reading"])
        if chosen not in phrase.readings:
            self._notes.fault(f"{path}.reading", Key.CHECK_READING, found=chosen, readings=quoted)
        return chosen

    # -------------------------------------------------------------- shared

    def _name(self, path: str, key: str, row: Mapping[str, Any] | None = None) -> str:
        """Somebody named by a department's id, or in words as they stand. What looks like an id has to be one."""
        said: str = (self._sheet.tables[path] if row is None else row).get(key, "")
        if said in self._bodies:
            return self._bodies[said].name
        if "-" in said and _CODE.fullmatch(said):
            self._known_body(said, f"{path}.{key}")
        return said

    def _once(self, name: str, key: str, taken: Mapping[str, object] | None = None) -> None:
        seen = set(taken or ())
        for at, row in enumerate(self._sheet.rows[name]):
            if (value := row.get(key)) in seen:
                self._notes.fault(f"{place(name, at)}.{key}", Key.CHECK_DUPLICATE, found=value)
            elif value:
                seen.add(value)


def _plausible(phrase: Phrase) -> bool:
    years = [day.year for day in (phrase.day,) if day] + [month[0] for month in (phrase.month,) if month]
    return all(likely_year(year) for year in years)


def _meaning(phrase: Phrase) -> str:
    """A phrase's rule and what goes with it, as the file would write it."""
    year, month = phrase.month or (0, 0)
    beside = (
        phrase.day and day_in_words(phrase.day),
        phrase.days and f"days = {phrase.days}",
        phrase.month and f"{year}-{month:02d}",
    )
    return ", ".join(str(part) for part in (phrase.rule, *beside) if part)
