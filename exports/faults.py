"""What goes wrong with workbooks, said so that whoever gave or asked for the file knows what to do."""

from __future__ import annotations

from bot.domain.errors import Refusal


class WorkbookFault(Refusal):
    """A workbook that cannot be read, written or trusted; `key` and `values` make the sentence that says why."""
