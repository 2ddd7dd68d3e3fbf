"""The report of a run: one HTML file with figures and tables."""
