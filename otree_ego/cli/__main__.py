"""``python -m otree_ego.cli`` is ``ego``, for where scripts are not on the path."""

import sys

from .command import main

sys.exit(main())
