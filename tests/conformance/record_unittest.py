"""record_unittest: CPython's regression test runner, with each test's outcome written down.

Takes the arguments of `python -m test`. The outcomes go as lines "test<TAB>outcome" to the
file that RECORD_RESULTS names, when a test ends: one that ends the interpreter is missing.
"""
import os
import sys
import unittest

RESULTS = os.open(os.environ.pop("RECORD_RESULTS"), os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
MAIN_PROCESS = os.getpid()
OUTCOMES = {
    "addSuccess": "pass",
    "addError": "fail",
    "addFailure": "fail",
    "addSkip": "skip",
    "addExpectedFailure": "xfail",
    "addUnexpectedSuccess": "fail",
}


def record(test, outcome):
    """Write down an outcome, unless a test's child is it that ran on."""
    if os.getpid() == MAIN_PROCESS:
        line = f"{test.id()}\t{outcome}\n"
        os.write(RESULTS, line.encode(errors="backslashreplace"))


def recorded(method, outcome):
    """The method of unittest.TestResult, with its outcome recorded."""
    def add(self, test, *details):
        record(test, outcome)
        return method(self, test, *details)
    return add


def recorded_subtest(method):
    """As recorded(), of a part of a test: only its failures count."""
    def add(self, test, subtest, error):
        if error is not None:
            record(test, "fail")
        return method(self, test, subtest, error)
    return add


for name, word in OUTCOMES.items():
    setattr(unittest.TestResult, name, recorded(getattr(unittest.TestResult, name), word))
unittest.TestResult.addSubTest = recorded_subtest(unittest.TestResult.addSubTest)

if __name__ == "__main__":
    from test.libregrtest import main
    main()
