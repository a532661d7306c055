"""What `make demo` starts is whole, and however it ends nothing is left running or broken."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import time

import psutil
import pytest

from tests.demo.running import (
    Demo,
    copy_checkout,
    environment,
    processes_in,
    wait_for_nothing_left,
)

# One worker runs them all, in order: they share a copy of the checkout and the data made by the first demo.
pytestmark = [pytest.mark.long, pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    directory = tmp_path_factory.mktemp("checkout")
    copy_checkout(directory)
    return directory


@pytest.fixture
def start_demo(checkout):
    demos = []

    def start(*command):
        demos.append(Demo(checkout, command) if command else Demo(checkout))
        return demos[-1]

    yield start
    for demo in demos:
        demo.make_end()
    wait_for_nothing_left(checkout)


def status_of(url, path):
    server = http.client.HTTPConnection(url.split("/")[2], timeout=30)
    server.request("GET", path)
    return server.getresponse().status


def is_served(url):
    assert status_of(url, "/account/login/") == 200
    assert status_of(url, "/readyz") == 200


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("moment", ["Preparing the database", "Accounts: "])
def test_a_demo_stopped_while_it_prepares_leaves_nothing_running(checkout, start_demo, moment, how):
    demo = start_demo()
    demo.wait_for(f"{moment}|Collecting")
    time.sleep(0.7)
    demo.process.send_signal(how)
    demo.wait_for_end()
    wait_for_nothing_left(checkout)


def test_a_first_page_within_a_minute_and_the_five_roles_sign_ins(checkout, start_demo):
    shutil.rmtree(checkout / ".pgdata", ignore_errors=True)
    demo = start_demo()
    url = demo.wait_until_ready()
    times = psutil.Process(demo.process.pid).cpu_times()
    assert times.user + times.system < 40  # not the minute itself: other tests run beside this one
    is_served(url)
    rows = re.findall(r"(\w+)@demo\.example +(demo(?:-[0-9a-f]{4}){3})\n", demo.printed)
    assert [role for role, _ in rows] == ["viewer", "operator", "approver", "catalogue", "administrator"]
    assert len({password for _, password in rows}) == 1


def test_ctrl_c_stops_everything_in_good_order_and_the_next_start_is_the_same(checkout, start_demo):
    first = start_demo()
    first.wait_until_ready()
    first.press_ctrl_c()
    assert first.wait_for_end() == 0
    assert "Traceback" not in first.printed
    assert processes_in(checkout) == []
    assert not (checkout / ".pgdata" / "postmaster.pid").exists()
    second = start_demo()
    second.wait_until_ready()
    assert "Making up accounts" not in second.printed
    passwords = [re.findall(r"demo-\S+", demo.printed) for demo in (first, second)]
    assert passwords[0] == passwords[1]


def test_ctrl_c_twice_is_no_worse(checkout, start_demo):
    demo = start_demo()
    demo.wait_until_ready()
    demo.press_ctrl_c()
    time.sleep(0.2)
    demo.press_ctrl_c()
    demo.wait_for_end()
    assert processes_in(checkout) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_to_the_parent_stops_everything(checkout, start_demo, number):
    demo = start_demo()
    demo.wait_until_ready()
    demo.process.send_signal(number)
    assert demo.wait_for_end() == 0
    assert processes_in(checkout) == []


def test_a_closed_terminal_stops_everything(checkout, start_demo):
    demo = start_demo()
    demo.wait_until_ready()
    demo.close_terminal()
    demo.process.wait(30)
    assert processes_in(checkout) == []


def test_a_killed_parent_takes_everything_with_it(checkout, start_demo):
    demo = start_demo()
    demo.wait_until_ready()
    demo.process.kill()
    wait_for_nothing_left(checkout)
    is_served(start_demo().wait_until_ready())


def test_everything_killed_at_once_and_started_again(checkout, start_demo):
    demo = start_demo()
    demo.wait_until_ready()
    for process in processes_in(checkout):
        process.kill()
    demo.wait_for_end()
    wait_for_nothing_left(checkout)
    is_served(start_demo().wait_until_ready())


@pytest.mark.parametrize("part", ["gunicorn", "worker"])
def test_a_part_that_ends_by_itself_ends_the_demo_with_a_sentence(checkout, start_demo, part):
    demo = start_demo()
    demo.wait_until_ready()
    child = next(c for c in psutil.Process(demo.process.pid).children() if part in c.cmdline())
    child.kill()
    assert demo.wait_for_end() == 1
    assert "has ended by itself; what it said is above." in demo.printed
    wait_for_nothing_left(checkout)


def test_a_database_server_that_died_is_started_again(checkout, start_demo):
    demo = start_demo()
    url = demo.wait_until_ready()
    first = int((checkout / ".pgdata" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(first, signal.SIGKILL)
    end = time.monotonic() + 30
    while status_of(url, "/readyz") != 200:
        assert time.monotonic() < end
        time.sleep(0.2)
    assert int((checkout / ".pgdata" / "postmaster.pid").read_text().splitlines()[0]) != first
    demo.press_ctrl_c()
    assert demo.wait_for_end() == 0


def run_demo(checkout, *arguments, **variables):
    return subprocess.run(
        [".venv/bin/python", "manage.py", "demo", *arguments],
        cwd=checkout,
        env=environment() | variables,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_second_start_says_what_is_there_already(checkout, start_demo):
    demo = start_demo()
    url = demo.wait_until_ready()
    second = run_demo(checkout, "--port", "0")
    assert second.stdout == ""
    assert second.stderr == (
        f"A demo of this checkout is already running at {url} (process {demo.process.pid}).\n"
    )
    assert second.returncode == 1
    is_served(url)


def test_a_taken_port_is_one_line_with_what_to_do(checkout):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = run_demo(checkout, PORT=str(port))
    assert ran.stdout == ""
    line = rf"Port {port} cannot be used \(address already in use\)\. Try: make demo PORT=(\d+)\n"
    assert int(re.fullmatch(line, ran.stderr)[1]) > port
    assert ran.returncode == 2
    assert processes_in(checkout) == []


@pytest.mark.parametrize("port", ["http", "-1", "65536"])
def test_what_is_no_port_is_refused_in_one_line(checkout, port):
    ran = run_demo(checkout, PORT=port)
    assert ran.returncode == 2
    assert ran.stderr.count("\n") == 1
    assert "is no port" in ran.stderr


@pytest.mark.parametrize("end", ["ctrl-c", "kill make"])
def test_make_demo_ends_as_well(checkout, start_demo, end):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    demo = start_demo("make", "-o", "runtime", "demo", f"PORT={port}")
    assert demo.wait_until_ready() == f"http://127.0.0.1:{port}/"
    if end == "ctrl-c":
        demo.press_ctrl_c()
    else:
        demo.process.kill()
    demo.wait_for_end()
    wait_for_nothing_left(checkout)
