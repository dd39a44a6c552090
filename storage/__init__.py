"""The storage room: everything that is kept, in one SQLite file (later also PostgreSQL). Begin at store.py.

The interpreter's own SQLite is often older than 3.51.3 and then has the WAL-reset bug. Where the `pysqlite3` wheel is
installed it takes the place of `sqlite3` here, before anything in this room imports SQLAlchemy or aiosqlite. A tool
that imported sqlite3 earlier (coverage does) keeps its own module; the two do not disturb each other.
"""

import importlib
import importlib.util
import sys

if importlib.util.find_spec("pysqlite3") is not None:
    sys.modules["sqlite3"] = importlib.import_module("pysqlite3")
    sys.modules["sqlite3.dbapi2"] = importlib.import_module("pysqlite3.dbapi2")
