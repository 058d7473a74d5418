"""A whole stack of real servers: started, broken in every way, healed."""

from __future__ import annotations

import json
import signal
import socket
import time

import psutil
import pytest

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.skipif(not hasattr(signal, "pidfd_send_signal"), reason="reads /proc"),
]

LATE_EVENT = """
INSERT INTO outbox_events (id, type, aggregate_id, sequence, body, created_at)
VALUES (gen_random_uuid(), 'tiny.greeted.v1', gen_random_uuid(), 1, '{}', now() - interval '2 minutes')
"""


def test_a_service_answers_through_the_gateway(running):
    assert running.greeting() == "hello"


def test_urls_and_ps_are_machine_readable(running):
    urls = json.loads(running.prost("dev", "urls", "--json").stdout)
    status = json.loads(running.prost("dev", "ps", "--json").stdout)

    assert {"gateway", "dashboard", "tiny"} <= set(urls)
    # A file that another test put back may still have its effect.
    assert status["phase"] in {"healthy", "starting"}
    assert status["memory"] > 10 << 20
    assert {"name", "kind", "service", "state", "port", "pid", "restarts", "memory"} <= set(
        status["units"][0]
    )


def test_everything_listens_on_loopback_only(running):
    addresses = {
        connection.laddr.ip
        for process in running.processes()
        for connection in process.net_connections(kind="tcp")
        if connection.status == psutil.CONN_LISTEN
    }

    assert addresses == {"127.0.0.1"}


def test_psql_speaks_as_the_service(running):
    shown = running.prost("dev", "psql", "tiny", "--command", "SELECT current_user, count(*) FROM first")

    assert "tiny" in shown.stdout


def test_invariants_are_listed_and_decide_the_exit_code(running):
    running.prost("dev", "psql", "tiny", "--command", LATE_EVENT)
    broken = running.prost("dev", "invariants", "--json", check=False)
    running.prost("dev", "psql", "tiny", "--command", "DELETE FROM outbox_events")
    whole = running.prost("dev", "invariants")

    assert broken.returncode == 1
    assert [(each["service"], each["invariant"]) for each in json.loads(broken.stdout)["items"]] == [
        ("tiny", "events-leave-the-outbox-in-time")
    ]
    assert whole.stdout == "Everything holds.\n"


def test_logs_are_shown_by_service(running):
    shown = running.prost("dev", "logs", "tiny").stdout

    assert "tiny-web | " in shown
    assert "valkey | " not in shown


@pytest.mark.parametrize("unit", ["postgres", "valkey", "objects", "gateway", "devtools", "tiny:web"])
def test_a_killed_process_comes_back(running, unit: str):
    before = running.units()[unit]

    psutil.Process(before["pid"]).kill()
    running.eventually(lambda: running.units()[unit]["pid"] not in {None, before["pid"]})
    running.up()

    assert running.units()[unit]["restarts"] == before["restarts"] + 1
    running.eventually(lambda: running.greeting() == "hello")


def test_a_killed_supervisor_leaves_no_orphan_and_the_next_start_heals(running):
    running.prost("dev", "psql", "tiny", "--command", "INSERT INTO first VALUES (1)")

    psutil.Process(running.status()["pid"]).kill()
    running.eventually(lambda: running.processes() == [])
    running.prost("dev", "up", "--detach")

    kept = running.prost("dev", "psql", "tiny", "--command", "SELECT 'kept ' || id FROM first").stdout
    assert "kept 1" in kept
    assert running.greeting() == "hello"


def test_a_taken_port_is_replaced_and_said_so(running):
    gateway = running.units()["gateway"]["port"]
    running.prost("dev", "down")

    with socket.create_server(("127.0.0.1", gateway)):
        shown = running.prost("dev", "up", "--detach").stdout

    assert f"port {gateway} of gateway is taken" in shown
    assert running.greeting() == "hello"


def test_down_is_quick_and_complete(running):
    began = time.monotonic()
    running.prost("dev", "down")

    assert time.monotonic() - began < 5
    assert running.processes() == []


def test_changed_code_takes_effect(running):
    app = running.root / "services" / "tiny" / "src" / "prost_tiny" / "app.py"
    others = {name: unit["pid"] for name, unit in running.units().items() if unit["service"] is None}

    app.write_text(app.read_text().replace('text="hello"', 'text="changed"'))
    running.eventually(lambda: running.greeting() == "changed")
    app.write_text(app.read_text().replace('text="changed"', 'text="hello"'))
    running.eventually(lambda: running.greeting() == "hello")

    assert {name: unit["pid"] for name, unit in running.units().items() if unit["service"] is None} == others


def test_a_new_migration_is_applied(running):
    before = running.units()["tiny:web"]["pid"]

    running.add_migration("tiny", "002_second.py", "second")

    running.eventually(lambda: running.units()["tiny:web"]["pid"] not in {None, before})
    applied = running.prost("dev", "psql", "tiny", "--command", "SELECT * FROM second").stdout
    assert "0 rows" in applied


def test_a_new_service_joins_without_a_restart_of_the_rest(running):
    before = {name: unit["pid"] for name, unit in running.units().items()}

    running.add_service("second", "welcome", postgres=True)
    running.eventually(lambda: running.greeting("second") == "welcome")

    after = {name: unit["pid"] for name, unit in running.units().items()}
    assert {name: after[name] for name in before} == before


def test_a_service_that_provides_identity_takes_over_from_the_stand_in(running):
    stand_in = running.prost("dev", "token", "--subject", "lena").stdout.strip()

    running.add_provider()
    running.eventually(
        lambda: (
            running.who_am_i(running.prost("dev", "token", "--subject", "lena").stdout.strip())
            == (200, "lena")
        ),
        seconds=30,
    )

    assert running.who_am_i(stand_in) == (401, "unauthenticated")
    assert running.greeting() == "hello"


def test_a_broken_declaration_changes_nothing(running):
    declaration = running.root / "services" / "tiny" / "service.toml"
    good = declaration.read_text()

    declaration.write_text(good + "\n[nonsense]\n")
    running.eventually(lambda: any("nonsense" in notice["text"] for notice in running.status()["notices"]))
    declaration.write_text(good)

    assert running.greeting() == "hello"


def test_a_start_that_fails_shows_the_last_words_of_what_fails(running):
    running.prost("dev", "down")
    app = running.root / "services" / "tiny" / "src" / "prost_tiny" / "app.py"
    good = app.read_text()

    app.write_text("raise RuntimeError('the tap is broken')\n")
    failed = running.prost("dev", "up", "--detach", check=False)
    app.write_text(good)
    running.prost("dev", "restart", "tiny")

    assert failed.returncode == 1
    assert "tiny:web fails" in failed.stderr
    assert "the tap is broken" in failed.stderr
    assert running.greeting() == "hello"
