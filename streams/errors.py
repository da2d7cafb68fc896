"""Errors whose class is the decision, and the exit code that each of them ends a command with.

| exit code | meaning                                   |
| --------- | ----------------------------------------- |
| 0         | all done                                  |
| 1         | some input was refused, the rest was done |
| 2         | the command or a setting was wrong        |
| 3         | Kafka could not be reached or started     |
| 4         | a fault of ours                           |
| 5         | an audit found a difference               |

A message says what was seen, where, and what to do about it.
"""


class ReportStreamsError(Exception):
    """Base of every error that a command reports in one line instead of a traceback."""

    exit_code = 4


class InputRefusedError(ReportStreamsError):
    """A file, a line or a record of the user's cannot be taken; the others can."""

    exit_code = 1


class UsageError(ReportStreamsError):
    """An option, a setting or their combination makes no sense."""

    exit_code = 2


class BrokerUnavailableError(ReportStreamsError):
    """Kafka does not answer, refuses us, or cannot be started."""

    exit_code = 3


class InternalFaultError(ReportStreamsError):
    """A fault of ours or of the machine's, never a verdict on the data: the worker stops on it."""

    exit_code = 4


class DifferenceFoundError(ReportStreamsError):
    """An audit has counted, and what came out is not what went in; what it printed says which records."""

    exit_code = 5
