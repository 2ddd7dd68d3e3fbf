"""Begin, or go on with, a file with all words in a language of the project's own.

Run it in the project's folder: `ego words ja --write` makes ego_words/ja.toml, in which you fill in your texts. What is
filled in already is kept: run it again after an update, and with --missing to see what is still in English. A session
has the language by ego_language="ja".
"""

from __future__ import annotations

import argparse
import sys

from ..chat_rules.language_check import findings, template
from ..display import say
from ..languages.packs import CODE, code_of, file_of
from .shared.language_rows import apps_of
from .shared.output import Failure
from .shared.project import load_project

HELP = "begin a file with all words in a language of your own"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """language, --app, --missing."""
    parser.add_argument("language", help="its code, e.g. ja, pt-br or zh-hans")
    parser.add_argument(
        "--app", action="append", default=[], metavar="NAME", help="with the texts of this app, too (its texts.py)"
    )
    parser.add_argument("--write", action="store_true", help="write ego_words/LANGUAGE.toml instead of printing it")
    parser.add_argument("--missing", action="store_true", help="say what is missing or wrong in the file that is there")


def run(options: argparse.Namespace) -> int:
    """Do it."""
    code = code_of(options.language)
    if not CODE.fullmatch(code):
        raise Failure(f"{options.language!r:.40} is no code of a language, such as ja, pt-br or zh-hans.", 2)
    apps = [*options.app, *apps_of(load_project().configs)]
    if not options.missing:
        text = template(code, apps).encode()
        if options.write:
            file_of(code).parent.mkdir(exist_ok=True)
            file_of(code).write_bytes(text)
            say(f"{file_of(code)}: fill in what is empty, then run  ego check.")
        else:
            sys.stdout.buffer.write(text)
        return 0
    if not file_of(code).is_file():
        raise Failure(f"There is no {file_of(code)}. `ego words {code} --write` begins one.")
    found = list(findings(code, apps))
    for each in found:
        say(each.sentence)
    if not found:
        say(f"{file_of(code)} has all words.")
    return 1 if any(each.wrong for each in found) else 0
