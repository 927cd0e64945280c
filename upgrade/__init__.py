"""Updating a database with data in it to the models of the present version."""
