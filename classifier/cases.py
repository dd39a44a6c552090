"""Texts to judge the machine by, from a file of anybody: `text` and `topic` or `department`, perhaps `also`, a line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.domain.department import OUT_OF_SCOPE
from classifier.corpus import CorpusFault, lines_of


@dataclass(frozen=True, slots=True)
class Case:
    """One text and what a person says that it is about.

    `topic` is None where the file names the department only, `department` where nobody leads the topic. Whatever is in
    `also_topics` and `also_departments` is accepted as well (a code that names both is in both).
    """

    text: str
    topic: str | None
    department: str | None
    also_topics: frozenset[str] = frozenset()
    also_departments: frozenset[str] = frozenset()

    @property
    def out_of_scope(self) -> bool:
        """Whether the text is no question to anybody (or may be taken for none)."""
        return OUT_OF_SCOPE in (self.topic, *self.also_topics)

    def accepts(self, topic: str, department: str | None) -> bool:
        """Whether a proposed topic, which that department leads, is right or good enough."""
        if topic == self.topic or topic in self.also_topics or (department in self.also_departments):
            return True
        return self.topic is None and department == self.department

    def accepts_department(self, department: str | None, lead_of: Mapping[str, str | None]) -> bool:
        """Whether a proposed department is right or good enough."""
        wanted = {self.department, *self.also_departments, *(lead_of.get(topic) for topic in self.also_topics)}
        return department in wanted


def read_cases(file: Path, lead_of: Mapping[str, str | None], departments: Collection[str] = ()) -> list[Case]:
    """The rows of a JSONL file; other fields are left alone.

    `lead_of` names every known topic and its department. `departments` are further ids that may occur, which lead no
    topic here. Raises CorpusFault, which names the line and what is wrong with it, or OSError.
    """
    known = {*departments, *(lead for lead in lead_of.values() if lead is not None)}
    cases = [_case(line, where, lead_of, known) for where, line in lines_of(file)]
    if not cases:
        raise CorpusFault(f"{file.name}: không có câu nào")
    return cases


def _case(line: Mapping[str, object], where: str, lead_of: Mapping[str, str | None], departments: set[str]) -> Case:
    text = line.get("text")
    if not isinstance(text, str) or not text.strip():
        raise CorpusFault(f"{where}: thiếu “text”")
    topic, department = _code(line, "topic", lead_of, where), _code(line, "department", departments, where)
    if topic is None and department is None:
        raise CorpusFault(f"{where}: thiếu “topic” hoặc “department” (ngoài phạm vi thì ghi topic “{OUT_OF_SCOPE}”)")
    also = _also(line, where)
    for code in also:
        if code not in lead_of and code not in departments:
            raise CorpusFault(f"{where}: “also” có mã lạ “{code}”")
    return Case(
        text,
        topic,
        department or (lead_of[topic] if topic else None),
        frozenset(code for code in also if code in lead_of),
        frozenset(code for code in also if code in departments),
    )


def _code(line: Mapping[str, object], key: str, known: Collection[str], where: str) -> str | None:
    value = line.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or value not in known:
        raise CorpusFault(f"{where}: “{key}” có mã lạ “{value}”")
    return value


def _also(line: Mapping[str, object], where: str) -> list[str]:
    value = line.get("also") or []
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise CorpusFault(f"{where}: “also” phải là một chuỗi hoặc một danh sách chuỗi")
    return value
