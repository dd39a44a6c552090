"""The Telegram room: updates in, words, cards and files out. Begin with room.py; README.md says the rest."""
