"""What programs ask: `/live` (start it anew?), `/ready` (send people here?) and `/metrics` for Prometheus.

The first two are for everybody and say nothing but reasons. The figures are for this machine alone, or for whoever
shows the token; they hold numbers and names of states, nothing of anybody.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime
from ipaddress import ip_address
from statistics import median

from aiohttp import hdrs, web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.domain.submission import State
from bot.usecases.health import Complaint, Health, Vitals
from bot.usecases.tally import BOUNDS, Durations, Tally

_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")


class HealthPages:
    """The three addresses. `token`: "" where only this machine may read the figures. `behind_proxy`: everybody seems to
    call from this machine then, so that the figures always take the token.
    """

    def __init__(self, health: Health, token: str, *, behind_proxy: bool) -> None:
        self._health = health
        self._token = token
        self._behind_proxy = behind_proxy
        # Memory, processor time and open files of this process, where the system tells.
        self._process = ProcessCollector(namespace="doithoai", registry=None)

    def join(self, app: web.Application) -> None:
        for path, answer in (("/live", self.live), ("/ready", self.ready), ("/metrics", self.metrics)):
            app.router.add_get(path, answer)
        app.router.add_get("/health/live", self.live)
        app.router.add_get("/health/ready", self.ready)

    async def live(self, _request: web.Request) -> web.Response:
        """Whether the process should go on."""
        return _verdict(self._health.alive())

    async def ready(self, _request: web.Request) -> web.Response:
        """Whether people are well served here; how much waits, and since when (seconds of the oldest one to go out)."""
        vitals = await self._health.look()
        return _verdict(self._health.unready(vitals), _waiting(vitals))

    async def metrics(self, request: web.Request) -> web.Response:
        """The figures as Prometheus reads them; 403 for a wrong token, 404 for strangers."""
        given = request.headers.get(hdrs.AUTHORIZATION, "").removeprefix("Bearer ")
        if given and self._token:
            if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._token.encode()):
                raise web.HTTPForbidden
        elif self._behind_proxy or not _from_this_machine(request):
            raise web.HTTPNotFound
        registry = CollectorRegistry()
        registry.register(_Figures(await self._health.look(), self._health.tally))
        registry.register(self._process)
        return web.Response(body=generate_latest(registry), headers={hdrs.CONTENT_TYPE: CONTENT_TYPE_LATEST})


def _verdict(complaints: Sequence[Complaint], more: dict[str, object] | None = None) -> web.Response:
    answer: dict[str, object] = {"ok": not complaints}
    if complaints:
        answer["reasons"] = [{"name": complaint.name, "says": complaint.says} for complaint in complaints]
    return web.json_response(
        answer | (more or {}), status=503 if complaints else 200, headers={hdrs.CACHE_CONTROL: "no-store"}
    )


def _waiting(vitals: Vitals) -> dict[str, object]:
    queues = vitals.queues
    if queues is None:
        return {}
    return {
        "inbox_open": queues.inbox,
        "inbox_quarantined": queues.quarantined,
        "outbox_overdue": vitals.age(queues.outbox_since),
    }


def _from_this_machine(request: web.Request) -> bool:
    """The other end of the line is this machine, and it is no proxy that speaks for somebody else."""
    if any(header in request.headers for header in _FORWARDED):
        return False
    try:
        return ip_address(request.remote or "").is_loopback
    except ValueError:
        return False


class _Figures(Collector):
    """One look at the bot as Prometheus metrics. What is not known is left out, never a 0 that nobody measured."""

    def __init__(self, vitals: Vitals, tally: Tally) -> None:
        self._vitals = vitals
        self._tally = tally

    def collect(self) -> Iterable[Metric]:
        yield from self._always()
        if self._vitals.queues is not None:
            yield from self._of_the_database()

    def _always(self) -> Iterable[Metric]:
        vitals = self._vitals
        yield _gauge("up_since_seconds", "Start of the process, as a Unix time.", vitals.since)
        yield _gauge("loop_lag_seconds", "How late the event loop comes to what is due.", vitals.lag)
        yield _gauge("parts_stuck", "Parts of the program that did not come round in time.", len(vitals.stuck))
        yield _gauge("disk_free_bytes", "Room on the disk that holds the data.", vitals.room)
        yield _gauge("database_writable", "1 where the last trial write was committed.", int(not vitals.fault))
        yield _gauge("polling_conflict", "1 while another process takes the bot's updates.", int(vitals.conflict))
        if vitals.wrote_in is not None:
            yield _gauge("database_probe_seconds", "How long the last trial write took.", vitals.wrote_in)
        refused = CounterMetricFamily("doithoai_delivery_refused", "What platforms refused to take.", labels=["code"])
        for code, count in self._tally.refused.items():
            refused.add_metric([code], count)
        yield refused
        yield _histogram(
            "transaction_seconds",
            "Writing transactions, from asking for the turn to the commit.",
            self._tally.transactions,
        )

    def _of_the_database(self) -> Iterable[Metric]:
        vitals, queues = self._vitals, self._vitals.queues
        assert queues is not None, "asked before"
        yield _gauge("inbox_waiting", "Updates that wait to be handled.", queues.inbox)
        yield _gauge("inbox_oldest_seconds", "Age of the oldest of them.", vitals.age(queues.inbox_since))
        yield _gauge("inbox_quarantined", "Updates that could not be read.", queues.quarantined)
        yield _gauge("outbox_waiting", "Messages, cards and files that wait to go out.", queues.outbox)
        yield _gauge("outbox_oldest_seconds", "Age of the oldest of them.", vitals.age(queues.outbox_since))
        yield _gauge("exports", "Workbooks of the programme so far.", vitals.exports)
        yield _gauge("export_failed", "1 while a workbook that is due cannot be made.", int(vitals.export_failed))
        yield _gauge("backup_failed", "1 while the last try of a backup failed.", int(vitals.backup_failed))
        instants = {
            "last_heard_seconds": ("When a platform was last heard from, as a Unix time.", vitals.heard),
            "last_export_seconds": ("When the last workbook was made, as a Unix time.", vitals.exported),
            "last_backup_seconds": ("When the last good backup was made, as a Unix time.", vitals.backed_up),
        }
        for name, (does, instant) in instants.items():
            if instant is not None:
                yield _gauge(name, does, instant)
        states = GaugeMetricFamily("doithoai_submissions", "Submissions of the programme by state.", labels=["state"])
        for state in State:
            states.add_metric([state.value], vitals.states.get(state, 0))
        yield states
        if vitals.quota_left:
            left = GaugeMetricFamily("doithoai_quota_left", "Messages of this month's quota.", labels=["platform"])
            for platform, count in vitals.quota_left.items():
                left.add_metric([platform], count)
            yield left
        if vitals.decided_after:
            does = "Half of the newest submissions were decided within this time."
            yield _gauge("decision_seconds", does, median(vitals.decided_after))


def _gauge(name: str, does: str, value: float | datetime) -> Metric:
    number = value.timestamp() if isinstance(value, datetime) else value
    return GaugeMetricFamily(f"doithoai_{name}", does, value=number)


def _histogram(name: str, does: str, durations: Durations) -> Metric:
    below, buckets = 0, []
    for bound, count in zip((*map(str, BOUNDS), "+Inf"), durations.counts, strict=True):
        below += count
        buckets.append((bound, below))
    return HistogramMetricFamily(f"doithoai_{name}", does, buckets=buckets, sum_value=durations.total)
