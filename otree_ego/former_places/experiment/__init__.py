"""Modules that used to stand in otree_ego/experiment."""
