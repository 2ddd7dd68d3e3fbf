"""An HTTP client for the tests."""

from __future__ import annotations

import requests


def client(**headers: str) -> requests.Session:
    """A client that opens a connection for each request.

    oTree's server closes one that was idle for 5 s, and may do so in the very moment in which it is used again.
    """
    made = requests.Session()
    made.trust_env = False
    made.headers.update({"Connection": "close", **headers})
    return made
