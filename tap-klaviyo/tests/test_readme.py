import re
from pathlib import Path

from tap_klaviyo.config.schema import SETTINGS
from tap_klaviyo.streams import ALL
from tap_klaviyo.tap import TapKlaviyo

README = Path(__file__).parents[1] / "README.md"


def rows(heading: str) -> list[list[str]]:
    section = README.read_text().split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_the_readme_lists_every_setting_with_its_default():
    defaults = {row[0].strip(" `"): row[1].strip("`") for row in rows("Settings")}
    settings = SETTINGS.to_dict()["properties"]
    assert list(defaults) == list(settings)
    for name, setting in settings.items():
        if "default" in setting:
            assert defaults[name] == str(setting["default"])


def test_the_readme_lists_every_stream_with_its_key():
    keys = {row[0].strip(" `"): re.findall(r"`(\w+)`", row[2]) for row in rows("Streams")}
    streams = TapKlaviyo(validate_config=False).streams
    assert keys == {name: list(stream.primary_keys) for name, stream in streams.items()}


def test_the_readme_lists_every_scope_that_a_stream_needs():
    section = README.read_text().split("## Settings\n")[1].split("\n## ")[0]
    endpoints = [getattr(stream, "endpoint", None) for stream in ALL]
    scopes = {endpoint.scope for endpoint in endpoints if endpoint and endpoint.scope}
    assert set(re.findall(r"`(\w+:read)`", section)) == scopes


def test_the_map_of_the_code_lists_every_module_and_no_other():
    listed = {path for row in rows("Map of the code") for path in re.findall(r"`(.+?)`", row[0])}
    package = README.parent / "tap_klaviyo"
    modules = {path.relative_to(package) for path in package.rglob("*.py") if path.name[:2] != "__"}
    folders = {path for path in listed if path.endswith("/")}
    assert not {path for path in folders if not (package / path).is_dir()}
    named = {str(path) for path in modules if len(path.parts) < 3}  # deeper: by their folder
    assert listed - folders == named
    assert {f"{path.parent}/" for path in modules} - {"./"} <= folders
