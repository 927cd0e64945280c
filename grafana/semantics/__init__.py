"""What Grafana 13 does to a Postgres query: variables, then macros, then rows into a frame.

Restated from Grafana's observed behaviour (its own tests and documentation), so that a query
of a dashboard or an alert can be run exactly as Grafana would run it.
"""

from grafana.semantics.frames import Frame, NoTimeColumn, Unsorted, to_frame
from grafana.semantics.macros import MacroError, TimeRange, expand
from grafana.semantics.variables import Variable, VariableError, interpolate

__all__ = [
    "Frame",
    "MacroError",
    "NoTimeColumn",
    "TimeRange",
    "Unsorted",
    "Variable",
    "VariableError",
    "expand",
    "interpolate",
    "to_frame",
]
