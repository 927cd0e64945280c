"""The whole pipeline over fictional brands: `python -m demo`, or `make demo`."""
