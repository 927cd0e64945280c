"""How each kind of panel draws, by Grafana's names."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
REDUCED: Json = {"calcs": ["lastNotNull"], "fields": "", "values": False}
STAT: Json = {
    "orientation": "auto",
    "textMode": "value",
    "colorMode": "value",
    "graphMode": "none",
    "justifyMode": "auto",
    "showPercentChange": False,
    "percentChangeColorMode": "standard",
    "wideLayout": True,
}
BAR_GAUGE: Json = {
    "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": True},
    "orientation": "horizontal",
    "displayMode": "gradient",
    "valueMode": "text",
    "namePlacement": "top",
    "showUnfilled": False,
    "text": {"titleSize": 13, "valueSize": 14},
    "sizing": "manual",
    "minVizHeight": 16,
    "minVizWidth": 8,
    "maxVizHeight": 120,
}
LINES: Json = {
    "legend": {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []},
    "tooltip": {"mode": "multi", "sort": "desc"},
}
LINE: Json = {
    "showPoints": "auto",
    "spanNulls": False,
    "drawStyle": "line",
    "lineWidth": 2,
    "fillOpacity": 0,
}
COLUMNS: Json = {
    **LINES,
    "orientation": "vertical",
    "stacking": "normal",
    "showValue": "never",
    "barWidth": 0.7,
    "groupWidth": 0.7,
    "barRadius": 0,
    "fullHighlight": False,
    "xTickLabelRotation": 0,
    "xTickLabelMaxLength": 20,
    "xTickLabelSpacing": 80,
}
