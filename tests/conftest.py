"""Settings for every test: no deadline on generated examples, because a busy machine is not a fault."""

from hypothesis import settings

settings.register_profile("doithoai", deadline=None)
settings.load_profile("doithoai")
