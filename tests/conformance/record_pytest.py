"""A plugin for pytest: writes one line for each test, "id<TAB>outcome".

RECORD_RESULTS names the file; RECORD_ONLY, if not empty, one with the ids of the tests that
are to be run.
"""
import os

OUTCOMES = {}


def pytest_collection_modifyitems(config, items):
    """Leaves out what is not asked for."""
    only = os.environ.get("RECORD_ONLY")
    if not only:
        return
    with open(only) as lines:
        wanted = set(lines.read().splitlines())
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in wanted])
    items[:] = [item for item in items if item.nodeid in wanted]


def outcome_of(report):
    """The word for a test, or None if this phase of it says nothing."""
    if report.failed:
        return "fail"
    if report.skipped:
        return "xfail" if hasattr(report, "wasxfail") else "skip"
    return "pass" if report.when == "call" else None


def pytest_runtest_logreport(report):
    """A test that fails when it cleans up has failed."""
    outcome = outcome_of(report)
    if outcome and OUTCOMES.get(report.nodeid) != "fail":
        OUTCOMES[report.nodeid] = outcome


def pytest_collectreport(report):
    """What cannot even be imported."""
    if report.failed:
        OUTCOMES[f"{report.nodeid} (collection)"] = "fail"


def pytest_sessionfinish(exitstatus):
    """The file, at the end; a run that does not come to its end has no results."""
    with open(os.environ["RECORD_RESULTS"], "w", errors="surrogateescape") as lines:
        for test, outcome in OUTCOMES.items():
            lines.write(f"{test}\t{outcome}\n")
