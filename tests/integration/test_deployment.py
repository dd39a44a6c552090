"""The files that put the bot on a machine: judged by the programs and formats that will read them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from jsonschema import validators
from ruamel.yaml import YAML

from bot.cli import build
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
HERE = ROOT / "docs" / "trien-khai"
UNIT = HERE / "doithoai.service"
EXPOSURE = 1.5
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
OURS = {"DOITHOAI_PG_PASSWORD", "DOITHOAI_DOMAIN", "DOITHOAI_UPSTREAM"}  # of compose.yaml and the Caddyfile alone
PAGES = sorted(HERE.iterdir())


def read(name):
    return (HERE / name).read_text("utf-8")


# ------------------------------------------------------------------ systemd


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_the_unit_exposes_next_to_nothing():
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", UNIT],
        capture_output=True,
        text=True,
        check=False,
    )

    level = re.search(r"exposure level for doithoai\.service: ([\d.]+)", judged.stdout)
    assert level, judged.stderr
    assert float(level[1]) <= EXPOSURE


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_every_line_of_the_unit_is_known_to_systemd():
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", UNIT], capture_output=True, text=True, check=False
    ).stderr

    assert [
        line for line in verified.splitlines() if "doithoai.service:" in line and "not executable" not in line
    ] == []


def test_the_units_data_are_where_it_may_write_whatever_the_settings_file_says():
    unit = read("doithoai.service")

    assert re.search(
        r"^ExecStart=/usr/bin/env DOITHOAI_DATA_DIR=/var/lib/doithoai \S+/doithoai run$", unit, re.MULTILINE
    )
    assert re.search(r"^StateDirectory=doithoai$", unit, re.MULTILINE)


def test_the_unit_waits_for_the_watchdogs_words():
    unit = read("doithoai.service")

    assert re.search(r"^Type=notify$", unit, re.MULTILINE)
    assert int(re.search(r"^WatchdogSec=(\d+)$", unit, re.MULTILINE)[1]) <= 60  # and a restart within 90 seconds
    assert re.search(r"^Restart=always$", unit, re.MULTILINE)


NUMERIC = """
import ctypes, io, mmap, sys
if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0):  # PR_SET_MDWE: as MemoryDenyWriteExecute, from Linux 6.3
    sys.exit(77)
try:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    sys.exit("the kernel did not refuse")
except PermissionError:
    pass
import asyncpg, lxml.etree, numpy, pyrage
import storage, sqlite3
from matplotlib.figure import Figure
from sklearn.linear_model import RidgeClassifier
RidgeClassifier().fit(numpy.eye(6), [0, 1, 2, 0, 1, 2]).predict(numpy.eye(6))
drawn = Figure()
drawn.subplots().plot([1, 2])
drawn.savefig(io.BytesIO(), format="png")
pyrage.encrypt(b"x", [pyrage.x25519.Identity.generate().to_public()])
sqlite3.connect(":memory:").execute("SELECT 1")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="of Linux")
def test_the_numeric_libraries_do_without_memory_that_is_written_and_run():
    ended = subprocess.run([sys.executable, "-c", NUMERIC], cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode == 77:
        pytest.skip("this kernel has no PR_SET_MDWE")

    assert ended.returncode == 0, ended.stderr


# ------------------------------------------------------------------ containers


@pytest.fixture(scope="module")
def compose():
    return YAML(typ="safe").load(read("compose.yaml"))


def test_the_compose_file_is_one_by_its_own_schema(compose):
    schema = json.loads((resources.files("check_jsonschema.builtin_schemas.vendor") / "compose-spec.json").read_text())

    faults = [fault.message for fault in validators.validator_for(schema)(schema).iter_errors(compose)]
    assert faults == []


@pytest.mark.parametrize("service", ["bot", "database", "proxy"])
def test_every_service_is_locked(compose, service):
    made = compose["services"][service]

    assert made["read_only"] is True
    assert made["cap_drop"] == ["ALL"]
    assert set(made.get("cap_add", [])) <= {"NET_BIND_SERVICE"}
    assert made["security_opt"] == ["no-new-privileges:true"]
    assert made["user"] not in ("", "0", "root")
    assert made["healthcheck"]["test"][0] == "CMD"
    assert {"mem_limit", "pids_limit"} <= set(made)
    assert "privileged" not in made


def test_only_the_proxy_is_open_to_the_outside_and_the_database_sees_nobody_else(compose):
    services = compose["services"]

    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert services["database"]["networks"] == ["inside"]
    assert compose["networks"]["inside"]["internal"] is True


def test_no_secret_stands_in_the_compose_file(compose):
    database = compose["services"]["database"]["environment"]

    assert database["POSTGRES_PASSWORD"].startswith("${DOITHOAI_PG_PASSWORD:?")


def test_the_proxy_that_is_believed_is_that_of_the_inner_network(compose):
    believed = compose["services"]["bot"]["environment"]["DOITHOAI_WEB_PROXIES"]

    assert believed == compose["networks"]["inside"]["ipam"]["config"][0]["subnet"]


def test_the_image_runs_as_nobody_special_and_holds_every_room():
    image = read("Dockerfile")
    copied = set(re.findall(r"^COPY (\w+) \1$", image, re.MULTILINE))
    kept = {line[1:] for line in read("Dockerfile.dockerignore").splitlines() if line.startswith("!")}

    assert re.search(r"^USER 10001$", image, re.MULTILINE)
    assert copied == {"bot", "handlers", "storage", "classifier", "exports"}
    assert kept == copied | {"pyproject.toml", "requirements.lock", "README.md"}
    assert all((ROOT / name).exists() for name in kept)
    assert "--require-hashes" in image


# ------------------------------------------------------------------ Windows


@pytest.mark.parametrize("file", ["doithoai-task.xml", "trong-chung.xml"])
def test_a_task_has_what_the_scheduler_demands(file):
    task = ET.fromstring(read(file))

    assert task.tag == f"{TASK}Task"
    assert [part.tag.removeprefix(TASK) for part in task] == [
        "RegistrationInfo",
        "Triggers",
        "Principals",
        "Settings",
        "Actions",
    ]
    assert task.find(f"{TASK}Principals/{TASK}Principal").get("id") == task.find(f"{TASK}Actions").get("Context")
    assert task.find(f"{TASK}Actions/{TASK}Exec/{TASK}Command").text.endswith(".exe")
    assert task.find(f"{TASK}Settings/{TASK}MultipleInstancesPolicy").text == "IgnoreNew"
    assert not read(file).startswith("<?xml")  # Register-ScheduledTask takes text, in which no encoding may be named


def test_the_bots_task_goes_on_for_ever_and_begins_again_after_a_fault():
    task = ET.fromstring(read("doithoai-task.xml"))

    assert task.find(f"{TASK}Settings/{TASK}ExecutionTimeLimit").text == "PT0S"
    assert task.find(f"{TASK}Settings/{TASK}RestartOnFailure/{TASK}Interval").text == "PT1M"
    assert task.find(f"{TASK}Triggers/{TASK}BootTrigger") is not None
    assert "doithoai.exe run" in task.find(f"{TASK}Actions/{TASK}Exec/{TASK}Arguments").text


def test_what_watches_on_windows_names_the_task_that_the_page_registers():
    script, page = read("trong-chung.ps1"), read("windows.md")
    task = re.search(r'\$task = "(.+)"', script)[1]

    assert f'-TaskName "{task}" -Xml' in page
    assert script.isascii()
    assert "trong-chung.ps1" in read("trong-chung.xml")


@pytest.mark.parametrize(
    "text", [read("trong-chung.ps1"), *re.findall(r"```powershell\n(.*?)```", read("windows.md"), re.DOTALL)]
)
def test_powershell_closes_what_it_opens(text):
    bare = re.sub(r"#.*|\"[^\"\n]*\"", "", text)

    assert all(bare.count(opened) == bare.count(closed) for opened, closed in ("()", "{}", "[]"))
    assert bare.count('"') == 0


# ------------------------------------------------------------------ pages


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_that_a_file_names_exists(page):
    known = {f"DOITHOAI_{name.upper()}" for name in Settings.model_fields} | OURS

    assert set(re.findall(r"DOITHOAI_[A-Z_]+[A-Z]", page.read_text("utf-8"))) <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_file_names_exists(page):
    commands = next(action.choices for action in build()._actions if action.choices)

    named = set(
        re.findall(r"(?:bin/doithoai|Scripts\\doithoai|`doithoai|exec bot doithoai) ([a-z]+)", page.read_text("utf-8"))
    )
    assert named <= set(commands)


@pytest.mark.parametrize("page", [page for page in PAGES if page.suffix == ".md"], ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("file", ["Caddyfile", "nginx.conf"])
def test_no_proxy_hands_out_the_figures_or_passes_on_a_strangers_word(file):
    text = read(file)

    assert "/metrics" in text
    assert text.count("{") == text.count("}")
    if file == "nginx.conf":
        assert "X-Forwarded-For $remote_addr" in text  # written over, never added to
        assert "proxy_buffering off" in text


def test_the_metrics_that_the_page_speaks_of_are_there():
    told = set(re.findall(r"doithoai_[a-z_]+", read("README.md")))
    source = (ROOT / "handlers" / "web" / "health.py").read_text("utf-8")

    missing = {name for name in told if name.removeprefix("doithoai_").removesuffix("_total") not in source}
    assert missing == set()
