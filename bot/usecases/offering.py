"""Words that come to somebody unasked may offer something: then a typed number means one of that."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.conversation.session import EXPECTS_WORDS, Session
from bot.domain.message import Address, Words
from bot.ports import Transaction
from bot.usecases.voice import Voice


async def offer(tx: Transaction, voice: Voice, address: Address, words: Words, now: datetime) -> None:
    """Remember what the message offers, in the transaction that says it.

    Whoever has a draft before them goes on answering about that: “1” must not come to mean something else than “Gửi”
    because an answer arrived meanwhile.
    """
    stored = await tx.sessions.get(address) if words.choices else None
    if stored is None:
        return
    session = Session.from_json(stored)
    if not session.draft and session.step not in EXPECTS_WORDS:
        kept = replace(session, offered=voice.folded_choices(words))
        await tx.sessions.put(address, kept.to_json(), now, draft_open=False)
