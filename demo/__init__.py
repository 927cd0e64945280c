"""The whole pipeline over invented brands: `python -m demo`, or `make demo`."""
