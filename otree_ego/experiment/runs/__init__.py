"""Executions of experiments: planned, worked on, recorded, resumed."""
