"""The bar of a run: on a terminal, in a notebook, in Spyder."""

from __future__ import annotations

import sys
import types

import pytest
import tqdm

from otree_ego.experiment.runs import progress


class Notebook:
    """Stands for tqdm's bar of a notebook."""


@pytest.fixture
def kernel(monkeypatch):
    shell = types.SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "ipywidgets", types.ModuleType("ipywidgets"))
    monkeypatch.setitem(sys.modules, "tqdm.notebook", types.SimpleNamespace(tqdm=Notebook))
    return shell


def test_a_notebook_has_its_own_bar(kernel):
    assert progress.Progress(3).shown
    assert progress._bar_class() is Notebook


def test_spyder_shows_text(kernel, monkeypatch):
    monkeypatch.setitem(sys.modules, "spyder_kernels", types.ModuleType("spyder_kernels"))
    assert progress.Progress(3).shown
    assert progress._bar_class() is tqdm.tqdm


def test_a_notebook_without_widgets_shows_text(kernel, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    assert progress._bar_class() is tqdm.tqdm


def test_ipython_in_a_terminal_is_no_notebook(kernel):
    kernel.kernel = None
    assert not progress.Progress(3).shown
    assert progress._bar_class() is tqdm.tqdm


def test_what_is_told_is_told_without_a_terminal(capsys):
    for show in (None, True, False):
        progress.Progress(3, show=show).tell("Told.")
        progress.Progress(3, show=show).say("Said.")
    assert capsys.readouterr().err == "Told.\nTold.\nSaid.\n"
