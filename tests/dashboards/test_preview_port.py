"""The preview's port: a setting, and never a stranger's page."""

import os
import socket
import subprocess
import sys
import urllib.request
from dataclasses import replace

import pytest

from demo.pipeline import ROOT

COMMAND = (sys.executable, "-m", "grafana.preview")


@pytest.fixture
def opened(tmp_path):
    """A stand-in for the browser: its environment variable, and the file it writes addresses to."""
    file, program = tmp_path / "opened", tmp_path / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" >>{file}\n')
    program.chmod(0o755)
    return {"BROWSER": f"{program} %s"}, file


def test_a_port_that_is_taken_is_said_with_what_to_do_and_no_page_is_opened(opened):
    browser, file = opened
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = str(stranger.getsockname()[1])
        env = {**os.environ, **browser, "PREVIEW_PORT": port}
        done = subprocess.run(
            COMMAND, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60
        )
    assert done.returncode != 0
    assert f"Port {port} cannot be had" in done.stderr
    assert "make preview PREVIEW_PORT=" in done.stderr
    assert "Traceback" not in done.stderr
    assert not file.exists()


def test_the_port_is_a_setting(opened, server):
    server.execute('create database "preview_port"')
    database = replace(server, env={**server.env, "PGDATABASE": "preview_port"})
    database.execute("create schema analytics; create table analytics.clients ()")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    env = {**os.environ, **database.env, **opened[0], "PREVIEW_PORT": port}
    process = subprocess.Popen(COMMAND, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    try:
        assert f"http://127.0.0.1:{port}/" in process.stdout.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health") as answer:
            assert answer.status == 200
    finally:
        process.terminate()
        process.communicate()
