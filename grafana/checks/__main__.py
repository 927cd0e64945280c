"""Print what is wrong with dashboards and provisioning; the exit status says if anything is."""

import sys

from grafana.checks.project import all_problems

if __name__ == "__main__":
    found = all_problems()
    sys.exit("\n".join(found) or None)
