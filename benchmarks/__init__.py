"""Benchmarks: figures as ratios, both sides measured in one run. See README.md."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / folder) for folder in ("", "tests")]
