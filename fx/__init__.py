"""Renews the exchange rates of `transform/seeds/fx_rates.csv`: `make rates`."""
