"""The tap at another time (demo/tap_at.py), with more for a kill to spoil.

The state is emitted at every checkpoint and not every few seconds.
"""

import runpy
from pathlib import Path

from tap_klaviyo.run import runner

runner.STATE_SECONDS = 0
runpy.run_path(str(Path(__file__).parents[2] / "demo/tap_at.py"), run_name="__main__")
