"""Mistakes at ``dead-letters`` and ``audit`` that are told before any Kafka is asked."""

from typing import get_args

import pytest

from schemas.dead_letter import Stage
from streams.clients import dead_letters
from streams.commands import letter_options
from tests.command_line import run_here

MISTAKES = (
    (("dead-letters", "list", "--from", "yesterday"), "--from 'yesterday': write an offset (1200), a time"),
    (("dead-letters", "list", "--to", "2023-13-01"), "--to '2023-13-01'"),
    (("dead-letters", "list", "--reason-matches", "("), "--reason-matches '(' is no regular expression"),
    (("dead-letters", "list", "--stage", "eaten"), "'eaten' is not one of"),
    (("dead-letters", "show", "nonsense"), "'nonsense' names no dead letter: write its id"),
    (("dead-letters", "show", "0:0", "--raw", "--json"), "choose one"),
    (
        (
            "dead-letters",
            "export",
        ),
        "Missing option '--output'",
    ),
    (
        (
            "dead-letters",
            "redrive",
        ),
        "which dead letters?",
    ),
    (("dead-letters", "redrive", "--all", "--stage", "decode"), "--all leaves none out"),
    (("dead-letters", "redrive", "--all", "--rate", "fast"), "--rate 'fast': write how many records a second"),
    (("dead-letters", "redrive", "--all", "--rate", "0"), "--rate '0'"),
    (("audit", "--from", "soon"), "--from 'soon': write an offset"),
    (("audit", "--to", "0:5,0:6"), "--to '0:5,0:6' names a partition twice"),
    (("audit", "--to", "0:5,x"), "--to '0:5,x': write an offset"),
)


@pytest.mark.parametrize(("arguments", "said"), MISTAKES)
def test_a_mistake_is_told_before_kafka_is_asked(arguments: tuple[str, ...], said: str) -> None:
    done = run_here(*arguments, settings={"bootstrap_servers": "127.0.0.1:9"})
    assert done.returncode == 2, done.stderr
    assert said in done.stderr


def test_the_options_know_every_stage_and_state() -> None:
    assert get_args(Stage) == letter_options.STAGES
    assert letter_options.STATES == dead_letters.STATES
