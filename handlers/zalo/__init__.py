"""Zalo, through its Bot Platform. See README.md."""
