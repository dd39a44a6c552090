"""The web room: chat page for young people, the moderators' board, health. Begin reading in server.py."""
