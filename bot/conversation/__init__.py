"""What the bot says to a young person: a pure function of session, event and scene. See advance.py."""

from bot.conversation.advance import advance
from bot.conversation.session import EXPECTS_WORDS, Scene, Session, Step

__all__ = ["EXPECTS_WORDS", "Scene", "Session", "Step", "advance"]
