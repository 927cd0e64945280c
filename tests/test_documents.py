"""Documents against what they describe."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from demo.pipeline import ROOT

MELTANO = yaml.safe_load((ROOT / "meltano.yml").read_text())
SCHEDULES = {schedule["name"]: schedule for schedule in MELTANO["schedules"]}
PLUGINS = {
    plugin["name"]: plugin
    for kind in ("extractors", "loaders", "utilities")
    for plugin in MELTANO["plugins"][kind]
}
README = (ROOT / "README.md").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()
TAP = Path(sys.executable).parent / "tap-klaviyo"


def _said(*arguments: str) -> str:
    return subprocess.run(arguments, check=True, capture_output=True, text=True, cwd=ROOT).stdout


@pytest.fixture(scope="module")
def about() -> dict:
    return json.loads(_said(str(TAP), "--about", "--format=json"))


@pytest.fixture(scope="module")
def streams() -> set[str]:
    return {
        stream["tap_stream_id"] for stream in json.loads(_said(str(TAP), "--discover"))["streams"]
    }


def _own_settings(about: dict) -> set[str]:
    """What the tap adds to what the SDK gives to every tap."""
    general = {"stream_maps", "stream_map_config", "faker_config", "batch_config"}
    names = about["settings"]["properties"]
    return {name for name in names if name not in general and "flattening" not in name}


def test_meltano_knows_every_setting_of_the_tap_and_no_other(about):
    known = {setting["name"] for setting in PLUGINS["tap-klaviyo"]["settings"]}
    assert known == _own_settings(about)


def test_what_the_tap_calls_secret_meltano_hides(about):
    secret = {k for k, v in about["settings"]["properties"].items() if v.get("secret")}
    hidden = {s["name"] for s in PLUGINS["tap-klaviyo"]["settings"] if s.get("sensitive")}
    assert hidden == secret >= {"accounts", "api_key"}


def test_env_example_has_every_variable_and_no_other(about):
    variables = set(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", EXAMPLE, flags=re.MULTILINE))
    tap = {f"TAP_KLAVIYO_{name.upper()}" for name in _own_settings(about)}
    database = set(re.findall(r"\$(PG[A-Z]+)", (ROOT / "meltano.yml").read_text()))
    profile = set(
        re.findall(r"'(PG[A-Z]+)'", (ROOT / "transform/profiles/profiles.yml").read_text())
    )
    meltano = {"MELTANO_ENVIRONMENT", "MELTANO_DATABASE_URI"}
    settings = (ROOT / "report/settings.py").read_text()
    report = set(re.findall(r'"(REPORT_[A-Z_]+)"', settings))
    assert variables == tap | database | profile | meltano | report


def test_env_example_says_something_before_each_variable():
    lines = EXAMPLE.splitlines()
    assigned = [n for n, line in enumerate(lines) if re.match(r"(# )?[A-Z][A-Z_]+=", line)]
    bare = [lines[n] for n in assigned if not re.match(r"# .*[.;:]$", lines[n - 1])]
    assert not bare


def test_defaults_in_env_example_are_the_taps(about):
    given = dict(re.findall(r"^# TAP_KLAVIYO_(\w+)=(.+)$", EXAMPLE, flags=re.MULTILINE))
    defaults = {
        k: v["default"] for k, v in about["settings"]["properties"].items() if "default" in v
    }
    own = _own_settings(about)
    scalar = {k: str(v) for k, v in defaults.items() if k in own and v not in ([], {})}
    assert {k: given[k.upper()] for k in scalar} == scalar


def test_readme_shows_the_demo_as_it_is():
    shown = README.partition("$ make demo\n")[2].partition("```")[0]
    source = (ROOT / "demo/__main__.py").read_text()
    lines = re.findall(r'progress\.say\(f?" *([^"{]+)', source.partition("def _stop")[0])
    said = [line for line in lines if not line.startswith("Stopping")]
    assert len(said) >= 5
    assert not [line for line in said if line not in shown]


def test_readme_maps_every_folder():
    tracked = _said("git", "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    folders = {f"{name.partition('/')[0]}/" for name in tracked if "/" in name}
    mapped = set(re.findall(r"^\| `([\w.-]+/)` \|", README, flags=re.MULTILINE))
    assert mapped == folders


def _documents() -> list[Path]:
    names = _said("git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md")
    return [ROOT / name for name in names.splitlines() if (ROOT / name).exists()]


def _dead_links(document: Path) -> list[str]:
    """Links to a file or a heading that does not exist."""
    links = re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", document.read_text())
    targets = [(document.parent / path if path else document, anchor) for path, anchor in links]
    return [
        f"{document.relative_to(ROOT)}: {target}#{anchor}"
        for target, anchor in targets
        if not target.exists() or (anchor and anchor not in _anchors(target))
    ]


def _anchors(document: Path) -> set[str]:
    """The headings as GitHub names them in links."""
    headings = re.findall(r"^#+ +(.*)$", document.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def test_readme_lists_every_public_table_and_no_other():
    section = README.partition("\n## Tables\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", section, flags=re.MULTILINE)
    marts = {path.stem for path in (ROOT / "transform/models/marts").rglob("*.sql")}
    assert {name for cell in cells for name in re.findall(r"`(\w+)`", cell)} == marts


def test_links_in_documents_lead_to_a_file_or_heading():
    assert len(_documents()) > 20
    assert not [link for document in _documents() for link in _dead_links(document)]


def test_a_dead_link_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    document = tmp_path / "README.md"
    document.write_text("# Two words\n[a](README.md#two-words) [b](#three) [c](no.md)\n")
    assert _dead_links(document) == [
        f"README.md: {document}#three",
        f"README.md: {tmp_path / 'no.md'}#",
    ]


def test_a_strangers_ten_questions_are_answered_by_links():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    section = text.partition("## Ten questions of a stranger")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == 10
    assert not [row for row in rows if not re.search(r"\?.*\]\(", row)]


def test_every_decision_has_a_status_and_a_date():
    records = sorted((ROOT / "docs/decisions").glob("0*.md"))
    head = re.compile(
        r"# \d{4}: .+\n\n- Status: (accepted|superseded by .+)\n- Date: \d{4}-\d\d-\d\d\n\n"
    )
    assert records
    assert not [record.name for record in records if not head.match(record.read_text())]


def test_make_targets_that_documents_name_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "docs/operations.md"]
    named = {t for d in documents for t in re.findall(r"`make ([a-z-]+)", d.read_text())}
    assert named
    assert named <= targets


def test_every_stream_is_in_the_taps_readme_and_no_other(streams):
    readme = (ROOT / "tap-klaviyo/README.md").read_text()
    section = readme.partition("## Streams")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)`", section, flags=re.MULTILINE)) == streams


def test_every_setting_is_in_the_taps_readme_and_no_other(about):
    readme = (ROOT / "tap-klaviyo/README.md").read_text()
    section = readme.partition("## Settings")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)`", section, flags=re.MULTILINE)) == _own_settings(about)


def test_metrics_document_is_what_the_models_say():
    script = "import runpy; print(runpy.run_path('transform/document.py')['document'](), end='')"
    written = (ROOT / "docs/metrics.md").read_text()
    assert _said(sys.executable, "-c", script) == written, "say: python transform/document.py"
    assert "`restatements`" in written


def test_the_daily_job_is_scheduled_and_the_same_hour_everywhere():
    jobs = {job["name"]: job["tasks"] for job in MELTANO["jobs"]}
    assert jobs["daily"] == ["tap-klaviyo target-postgres dbt:build"]
    schedule = SCHEDULES["daily"]
    assert schedule["job"] == "daily"
    minute, hour, *_ = schedule["interval"].split()
    timer = (ROOT / "deploy/klaviyo-reporting.timer").read_text()
    assert f"OnCalendar=*-*-* {int(hour):02}:{int(minute):02}:00" in timer
    assert f"{schedule['interval']} " in (ROOT / "docs/operations.md").read_text()


def test_the_weekly_schedule_is_the_daily_job_looking_back_further(about):
    schedule = SCHEDULES["weekly"]
    assert schedule["job"] == "daily"
    settings = about["settings"]["properties"]
    look_backs = dict(schedule["env"])
    assert look_backs.pop("TAP_KLAVIYO_EVENTS_REREAD") == "all"
    for variable, days in look_backs.items():
        setting = settings[variable.removeprefix("TAP_KLAVIYO_").lower()]
        assert int(days) > setting["default"]
    assert len(look_backs) == sum(name.endswith("_lookback_days") for name in settings)
    assert f"{schedule['interval']} " in (ROOT / "docs/operations.md").read_text()


@pytest.mark.parametrize(
    ("ours", "other"), [("sandbox", "tap_klaviyo"), ("tap-klaviyo", "sandbox")]
)
def test_sandbox_and_tap_share_no_code(ours, other):
    sources = [path for path in (ROOT / ours).rglob("*.py") if "tests" not in path.parts]
    assert sources
    assert not [str(path) for path in sources if other in _imported(path)]


def _imported(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            modules |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules.add((node.module or "").partition(".")[0])
    return modules
