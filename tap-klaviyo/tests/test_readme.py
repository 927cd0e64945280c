import re
from pathlib import Path

from tap_klaviyo.config.schema import SETTINGS
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
