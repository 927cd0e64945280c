"""Strangers' machines: homes that cannot be written, folders with blanks and umlauts."""

import os
import shlex
import subprocess
import sys

import pytest
import yaml

from demo.pipeline import ROOT

KEPT = ("XDG_CACHE_HOME", "XDG_STATE_HOME", "NPM_CONFIG_CACHE")
SHOW = "show:;@printf '%s\\n' " + " ".join(f'"$${{{name}:-unset}}"' for name in KEPT)
# No user can create anything there, not even root.
UNWRITABLE = "/proc"
PLUGINS = [
    plugin
    for kind in yaml.safe_load((ROOT / "meltano.yml").read_text())["plugins"].values()
    for plugin in kind
    if "pip_url" in plugin
]


def _make(rule, home, **more):
    """What make says with this home, and at its end what the rule prints."""
    env = {"PATH": os.environ["PATH"], "HOME": str(home), **more}
    command = ["make", "--no-print-directory", f"--eval={rule}", "show"]
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


def _made(home, **more):
    """What make says with this home, and where tools of its recipes will keep caches and logs."""
    lines = _make(SHOW, home, **more)
    return lines[: -len(KEPT)], lines[-len(KEPT) :]


def test_with_a_home_that_cannot_be_written_caches_and_logs_are_kept_here_and_make_says_so():
    said, kept = _made(UNWRITABLE)
    assert said == [f'The home "{UNWRITABLE}" cannot be written: caches and logs go to .home here.']
    assert kept == [f"{ROOT}/.home/{name}" for name in ("cache", "state", "npm")]
    assert ".home/\n" in (ROOT / ".gitignore").read_text()


def test_what_somebody_has_set_for_that_stays(tmp_path):
    _, kept = _made(UNWRITABLE, XDG_STATE_HOME=str(tmp_path))
    assert kept[1] == str(tmp_path)


def test_an_ordinary_home_is_used_without_a_word_and_left_clean(tmp_path):
    assert _made(tmp_path) == ([], ["unset"] * 3)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() or "try" in path.name]


def test_in_the_locale_c_python_starts_in_a_folder_with_letters_beyond_ascii(tmp_path):
    folder = tmp_path / "mit blänk"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site,) = folder.glob("lib/*/site-packages")
    (site / "tap.pth").write_text(f"{folder}\n", encoding="utf-8")
    rule = f"show:;@'{folder}/bin/python' -c 'import sys; print(ascii(sys.path[-1]))'"
    assert _make(rule, tmp_path, LC_ALL="C")[-1] == ascii(str(folder))


@pytest.mark.parametrize("plugin", [plugin["name"] for plugin in PLUGINS])
def test_a_folder_with_a_blank_is_one_word_to_the_installer(plugin):
    (url,) = (one["pip_url"] for one in PLUGINS if one["name"] == plugin)
    folder = "/home/jo/mit blänk"
    words = shlex.split(url.replace("$MELTANO_PROJECT_ROOT", folder))
    assert {word for word in words if not word.startswith("-")} == {
        word.replace("$MELTANO_PROJECT_ROOT", folder).strip('"')
        for word in url.split()
        if not word.startswith("-")
    }
