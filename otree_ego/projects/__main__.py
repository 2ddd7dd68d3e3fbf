"""`python -m otree_ego.projects` prints this repository's requirements.txt: the versions that are installed here."""

from .requirements import repository_requirements

print(repository_requirements(), end="")
