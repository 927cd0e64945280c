"""A client's report: an HTML page and a PDF, written to files or sent: `make report`."""
