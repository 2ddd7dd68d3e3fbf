"""What is read from entry links: of each platform, and of links that are wrong in all kinds of ways."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, strategies as st

from otree_ego.recruiting.entry_links import LONGEST_LABEL, is_placeholder, label_for, read_entry_link


@pytest.mark.parametrize(
    ("query", "label", "platform"),
    [
        ("PROLIFIC_PID=5b96601d3400a939db45dac9&STUDY_ID=s&SESSION_ID=t", "5b96601d3400a939db45dac9", "prolific"),
        ("participant_label=5b96&STUDY_ID=s&SESSION_ID=t", "5b96", "prolific"),
        ("prolific_pid=5b96", "5b96", "prolific"),
        ("survey_code=77", "77", "sona"),
        ("id=77", "77", "sona"),
        ("id=12&survey_code=%SURVEY_CODE%", "12", "sona"),
        ("participantId=A1&assignmentId=B2&projectId=C3", "A1", "connect"),
        ("workerId=W1&assignmentId=B2&hitId=H3", "W1", "mturk"),
        ("assignmentId=B2&hitId=H3", "", "mturk"),
        ("participant_label=ORSEE_77", "ORSEE_77", ""),
        ("participant_label=own&PROLIFIC_PID=5b96", "own", "prolific"),
        ("pid=5", "", ""),
        ("", "", ""),
        ("&&=&a", "", ""),
    ],
)
def test_platforms(query: str, label: str, platform: str) -> None:
    link = read_entry_link(query.encode())
    assert (link.label, link.platform) == (label, platform)


def test_a_parameter_of_ones_own() -> None:
    assert read_entry_link(b"pid=5&x=6", "pid").label == "5"
    assert read_entry_link(b"pid=5&PROLIFIC_PID=6", "pid").label == "5"
    assert read_entry_link(b"PROLIFIC_PID=6", "pid").label == "6"


def test_all_is_kept_as_it_was_sent_but_oTrees_own() -> None:
    link = read_entry_link(b"participant_label=P1&hash=secret&welcome_page_ok=1&SESSION_ID=t&source=mail&empty=&flag")
    assert link.parameters == {"SESSION_ID": "t", "source": "mail", "empty": "", "flag": ""}
    assert link.known == {"SESSION_ID": "t"}


@pytest.mark.parametrize(
    "value",
    [
        "", " ", "{{%PROLIFIC_PID%}}", "{{PROLIFIC_PID}}", "{{ %PROLIFIC_PID% }}", "%PROLIFIC_PID%", "${PID}",
        "${e://Field/PROLIFIC_PID}", "{PROLIFIC_PID}", "[PROLIFIC_PID]", "<your ID>", "%SURVEY_CODE%", "XXXX",
        "undefined", "null", "None", "NaN", "PROLIFIC_PID", "survey_code", "%7B%7B%25PROLIFIC_PID%25%7D%7D",
    ],
)  # fmt: skip
@pytest.mark.parametrize("encode", [str, quote])
def test_a_placeholder_is_nobodys_label(value: str, encode: object) -> None:
    sent = value if encode is str else quote(value)
    link = read_entry_link(f"PROLIFIC_PID={sent}&participant_label={sent}&STUDY_ID=s".encode())
    assert (link.label, link.person, link.known) == ("", "", {"STUDY_ID": "s"})
    assert "PROLIFIC_PID" in link.parameters


@pytest.mark.parametrize("value", ["5b96", "{5b96-11}", "a%b", "100%", "Ann", "<3", "X", "XXXL", "nullo", "0", "none"])
def test_an_id_is_no_placeholder(value: str) -> None:
    assert not is_placeholder(value)


def test_a_parameter_that_comes_several_times() -> None:
    link = read_entry_link(b"PROLIFIC_PID={{%PROLIFIC_PID%}}&PROLIFIC_PID=a&PROLIFIC_PID=b&STUDY_ID=s&STUDY_ID=s")
    assert link.label == "a"
    assert link.parameters == {"PROLIFIC_PID": ["{{%PROLIFIC_PID%}}", "a", "b"], "STUDY_ID": "s"}


@pytest.mark.parametrize(
    ("sent", "label"),
    [
        ("a%2Bb", "a+b"),
        ("a+b", "a b"),
        ("%20a%20", "a"),
        ("M%C3%BCller", "Müller"),
        ("Mu%CC%88ller", "Müller"),
        ("M%FCller", "M%FCller"),
        ("%00a", "%00a"),
        ("a%0Ab", "a%0Ab"),
        ("%ED%A0%80", "%ED%A0%80"),
        ("%3Cscript%3Ealert(1)%3C/script%3E", "%3Cscript%3Ealert(1)%3C/script%3E"),
        ("a%27b%22", "a%27b%22"),
        ("%F0%9F%A5%9A", "🥚"),
        ("%", "%"),
        ("a=b", "a=b"),
    ],
)
def test_odd_signs(sent: str, label: str) -> None:
    assert read_entry_link(f"participant_label={sent}".encode()).label == label


def test_ids_that_cannot_be_read_are_not_one_person() -> None:
    assert read_entry_link(b"participant_label=%FE").label != read_entry_link(b"participant_label=%FF").label


def test_a_label_that_is_too_long_is_cut_and_stays_its_owners() -> None:
    one, two = (read_entry_link(f"PROLIFIC_PID={'x' * 300}{end}".encode()) for end in "ab")
    assert len(one.label) == len(two.label) == LONGEST_LABEL
    assert one.label != two.label
    assert one.label == label_for("x" * 300 + "a") and one.person == "x" * 300 + "a"
    assert one.parameters == {"PROLIFIC_PID": "x" * 300 + "a"}
    assert read_entry_link(f"participant_label={'y' * 101}".encode()).parameters == {"participant_label": "y" * 101}


@given(st.binary(max_size=300))
def test_any_link_can_be_read(query: bytes) -> None:
    link = read_entry_link(query)
    assert len(link.label) <= LONGEST_LABEL
    str(link).encode()  # nothing that could not be stored
    assert "\0" not in str(list(link.parameters.items())) and not set("<>\"'") & set(link.label)


@given(st.text(max_size=150))
def test_a_label_stays_as_it_is(person: str) -> None:
    """A link with the label that somebody got leads to the same participant."""
    label = read_entry_link(urlencode({"participant_label": person}, errors="replace").encode()).label
    assert label_for(label) == label
    again = read_entry_link(urlencode({"participant_label": label}).encode()).label
    assert again == label or is_placeholder(label)
