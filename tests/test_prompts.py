"""Prompts: a trusted template that is strict, and text that is none."""

import copy
import pickle

import pytest
from hypothesis import given, strategies as st

from otree_ego import ConfigError, Prompt, PromptError, from_file, homogenize, to_html

TEXTS = st.text(st.characters(codec="utf-8"))


def test_variables_are_filled_in_and_named():
    prompt = Prompt("{{ player.name }} has {{ '%.1f' | format(amount) }}{% for x in range(n) %}!{% endfor %}")
    assert prompt.names == {"player", "amount", "n"}
    assert prompt.render(player={"name": "Ada"}, amount=2, n=3) == "Ada has 2.0!!!"


def test_it_is_no_text_but_a_value():
    prompt = Prompt("{{ a }}")
    assert not isinstance(prompt, str)
    assert prompt == Prompt("{{ a }}") == pickle.loads(pickle.dumps(prompt)) == copy.deepcopy(prompt)
    assert len({prompt, Prompt("{{ a }}"), Prompt("{{ b }}")}) == 2
    with pytest.raises(AttributeError):
        prompt.template = "other"
    with pytest.raises(PromptError, match="made of text, not of int"):
        Prompt(5)


@given(TEXTS)
def test_values_are_never_templates(text):
    assert Prompt("<{{ said }}>").render(said=text) == f"<{text}>"


@pytest.mark.parametrize("said", ["{{ api_key }}", "{{ 7*7 }}", "{{", "{% raw", "{# x", "{{ ''.__class__.__mro__ }}"])
def test_what_breaks_templates_is_harmless_as_a_value(said):
    assert Prompt("{{ said }}").render(said=said, api_key="sk-1") == said


def test_an_unknown_name_is_named_with_its_line_and_what_is_known():
    with pytest.raises(PromptError, match=r"'amuont' was not given to the template in line 2; it knows amount, role\."):
        Prompt("{{ role }}\n{{ amuont }}").render(role="seller", amount=5)
    with pytest.raises(PromptError, match="no attribute 'age'"):
        Prompt("{{ person.age }}").render(person={})
    assert Prompt("{% if a is defined %}{{ a }}{% endif %}.").render() == "."


@pytest.mark.parametrize("broken", ["Hello {{ name", "{% if %}", "{% raw", "{% nonsense %}", "{{ 'a }}", "{{ a b }}"])
def test_a_broken_template_is_refused_when_it_is_made(broken):
    with pytest.raises(PromptError, match="broken in line 3"):
        Prompt(f"one\ntwo\n{broken}")


@pytest.mark.parametrize(
    "attack",
    [
        "{{ x.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ x | attr('__class__') }}",
        "{{ '{0.__class__}'.format(x) }}",
        "{{ self._TemplateReference__context }}",
        "{{ namespace.__init__.__globals__ }}",
        "{{ x._private }}",
        "{{ things.append(1) }}",
        "{{ things.clear() }}",
        "{{ things.pop() }}",
    ],
)
def test_the_sandbox_holds(attack):
    class Thing:
        _private = "secret"

    things = ["a"]
    with pytest.raises(PromptError, match=r"not allowed in line 1.*unsafe\.$"):
        Prompt(attack).render(x=Thing(), things=things)
    assert things == ["a"]


@pytest.mark.parametrize(
    "bomb",
    [
        "{{ range(10**9) | list }}",
        "{{ 'x' * 10**9 }}",
        "{{ 10**9 * 'x' }}",
        "{{ [1] * 10**9 }}",
        "{{ 9 ** (9 ** 9) }}",
        "{% for i in range(99999) %}0123456789abcdef{% endfor %}",
        "{{ " + "(" * 5000 + ")" * 5000 + " }}",
        "{% include '/etc/passwd' %}",
        "{% extends 'base.html' %}",
    ],
)
def test_bombs_and_files_are_refused(bomb):
    with pytest.raises(PromptError):
        Prompt(bomb).render()


def test_a_failure_inside_says_where_and_why():
    with pytest.raises(PromptError, match="failed in line 2: ZeroDivisionError") as caught:
        Prompt("\n{{ 1 / zero }}").render(zero=0)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_files_are_utf8_and_stripped(tmp_path, monkeypatch):
    (tmp_path / "bom.txt").write_bytes(b"\xef\xbb\xbf\r\n Gr\xc3\xbc\xc3\x9fe, {{ name }}! \n\n")
    monkeypatch.chdir(tmp_path)
    assert from_file("bom.txt").render(name="Ada") == "Grüße, Ada!"
    assert from_file(tmp_path / "bom.txt") == from_file("bom.txt")


def test_a_file_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "latin.txt").write_bytes("Grüße".encode("latin-1"))
    (tmp_path / "broken.txt").write_text("\n{{ x")
    with pytest.raises(ConfigError, match=r"no prompt file .*/nope\.txt\. 'nope\.txt' is looked for in the working"):
        from_file("nope.txt")
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        from_file(tmp_path)
    with pytest.raises(PromptError, match=r"latin\.txt is not UTF-8 text \(byte 3\)"):
        from_file("latin.txt")
    with pytest.raises(PromptError, match=r"broken\.txt: The template is broken in line 1"):
        from_file("broken.txt")


def test_homogenize_tidies_lines_blanks_and_empty_lines():
    assert homogenize("\r\n  a   b \r\n\r\n\r\n\r\n\tc\r d\n\n") == "a b\n\nc\nd"


@given(TEXTS)
def test_homogenize_is_done_once(text):
    once = homogenize(text)
    assert homogenize(once) == once
    assert "\n\n\n" not in once


@given(TEXTS)
def test_to_html_leaves_nothing_that_a_browser_runs(text):
    shown = to_html(text).replace("<br>", "")
    assert not set(shown) & set("<>\"'\n\r")


def test_to_html_shows_lines():
    assert to_html("<b>&'\"</b>\r\nx\ny") == "&lt;b&gt;&amp;&#x27;&quot;&lt;/b&gt;<br>x<br>y"
