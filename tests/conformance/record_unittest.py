"""record_unittest: CPython's regression test runner, with each test's outcome written down.

Takes the arguments of `python -m test`. The outcomes go as lines "test<TAB>outcome" to the
file that RECORD_RESULTS names, when a test ends: one that ends the interpreter is missing.
"""
import os
import unittest

OUTCOMES = {
    "addSuccess": "pass",
    "addError": "fail",
    "addFailure": "fail",
    "addSkip": "skip",
    "addExpectedFailure": "xfail",
    "addUnexpectedSuccess": "fail",
}


def record_into(name):
    """Have all of unittest's results written to the file."""
    results = os.open(name, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    main_process = os.getpid()

    def record(test, outcome):
        if os.getpid() == main_process:  # not in a test's child that runs on
            line = f"{test.id()}\t{outcome}\n"
            os.write(results, line.encode(errors="backslashreplace"))

    def recorded(method, outcome):
        def add(self, test, *details):
            record(test, outcome)
            return method(self, test, *details)
        return add

    def recorded_subtest(method):
        def add(self, test, subtest, error):
            if error is not None:  # only a failure counts: the test as a whole follows
                record(test, "fail")
            return method(self, test, subtest, error)
        return add

    base = unittest.TestResult
    for name, outcome in OUTCOMES.items():
        setattr(base, name, recorded(getattr(base, name), outcome))
    base.addSubTest = recorded_subtest(base.addSubTest)


def work_in(directory):
    """Have each test begin in the next of the directories below this one.

    They were there before the job, so that each is served, until its test changes it. What
    the job itself makes in a directory that it has changed never is.
    """
    directories = iter(sorted(entry.path for entry in os.scandir(directory) if entry.is_dir()))
    start = unittest.TestResult.startTest

    def start_in_next(self, test):
        os.chdir(next(directories))
        return start(self, test)

    unittest.TestResult.startTest = start_in_next


# Tests of multiprocessing import this file, as their main module, in processes of their own.
if __name__ == "__main__":
    from test.libregrtest import main
    record_into(os.environ.pop("RECORD_RESULTS"))
    if "WORK_IN" in os.environ:
        work_in(os.environ.pop("WORK_IN"))
    main()
