"""P19 and P3: stopping under load breaks no answer, and a restart loses and doubles nothing."""

import os
import random
import signal
import socket
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from tests.support.crowd import Crowd
from tests.support.faults import Rig, seed
from tests.support.line_truth import WORDS
from tests.support.ports import free_port
from tests.support.tree import ROOT
from tests.support.verdict import problems
from tests.support.waiting import wait_for

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.timeout(180),
]

GRACE = 10.0  # Seconds (P19).
FAMILY_GRACE = 2.0  # Seconds for children whose parent was killed, where a start takes no longer.


@dataclass
class Callers:
    """Threads that post one event on a connection of its own each time, and note what became."""

    rig: Rig
    ends: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    _ending: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Callers":
        self._threads = [threading.Thread(target=self._call) for _ in range(4)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _call(self) -> None:
        for number in range(10_000):
            if self._ending.is_set():
                return
            self._one(WORDS[number % len(WORDS)])

    def _one(self, said: str) -> None:
        event = self.rig.line.text(said)
        self.rig.line.deliver([event])
        body = self.rig.line.body([event])
        head = (
            "POST /webhook/main HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\n"
            f"x-line-signature: {self.rig.line.sign(body)}\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        end = exchange(self.rig.port, head.encode() + body)
        self.ends[end] += 1
        if end == "200":
            self.rig.line.acknowledged([event])
        elif end not in ("503", "refused"):
            self.broken.append(event["webhookEventId"])
        self._ending.wait(0.1 if end == "refused" else 0.01)


def exchange(port: int, request: bytes) -> str:
    """Post on a fresh connection: the status, "refused" before it was open, "reset" after."""
    with socket.socket() as connection:
        connection.settimeout(10)
        try:
            connection.connect(("127.0.0.1", port))
        except ConnectionError:
            return "refused"
        try:
            connection.sendall(request)
            answer = b"".join(iter(lambda: connection.recv(4096), b""))
        except ConnectionError:
            return "reset"
        except TimeoutError:
            return "silence"
    return answer[9:12].decode() if answer.endswith(b"\r\n\r\n") else "torn"


def test_a_stop_under_load_breaks_no_answer(rig: Rig) -> None:
    supervisor = rig.serve()
    not_ready = []
    with Callers(rig) as callers:
        wait_for(lambda: callers.ends["200"] >= 20, timeout=60)
        family = [supervisor, *supervisor.children(recursive=True)]
        began = time.monotonic()
        supervisor.terminate()
        while supervisor.poll() is None:
            not_ready.append(rig.ready())
            time.sleep(0.05)
        took = time.monotonic() - began
    readyz = Counter(not_ready)
    sys.stderr.write(f"stopped in {took:.1f} s, {dict(callers.ends)}, readyz {dict(readyz)}\n")
    assert took < GRACE
    assert 503 in not_ready
    assert not_ready.index(503) < not_ready.index(None)
    assert callers.broken == [], callers.ends
    assert [process for process in family if process.is_running()] == []
    again_and_judged(rig)


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGKILL])
def test_an_impatient_second_signal_is_as_safe_as_a_kill(rig: Rig, second: int) -> None:
    supervisor = rig.serve()
    with Crowd(rig, random.Random(seed()), clients=3) as crowd:
        wait_for(lambda: rig.line.answered() >= 30, timeout=60)
        supervisor.terminate()
        supervisor.send_signal(second)
        supervisor.wait(GRACE)
        rig.serve()
        assert crowd.batches
    assert rig.drain(), rig.states()
    assert problems(rig) == []


def test_children_do_not_outlive_a_killed_supervisor(rig: Rig) -> None:
    began = time.monotonic()
    supervisor = rig.serve()
    wait_for(lambda: len(rig.members().get("web", [])) == 2, timeout=60)
    patience = max(FAMILY_GRACE, 2 * (time.monotonic() - began))  # A busy machine is slow at both.
    children = supervisor.children(recursive=True)
    supervisor.kill()
    gone, alive = psutil.wait_procs(children, timeout=patience)
    assert alive == []
    assert len(gone) >= 4  # gunicorn's master, two web workers, the bulk worker
    rig.put(rig.line.text("営業時間"))
    again_and_judged(rig)


def test_a_child_whose_parent_died_before_it_could_look_ends_too(rig: Rig) -> None:
    nobody = psutil.Popen([sys.executable, "-c", ""])
    nobody.wait()
    orphan = rig.start("worker", "--with-parent", str(nobody.pid))
    assert orphan.wait(60) in (0, -signal.SIGTERM)


def test_a_restart_within_the_life_of_the_tokens_answers_by_reply_once(rig: Rig) -> None:
    rig.put(*(rig.line.text(said) for said in WORDS * 5))
    first = rig.worker(CRASH_AT="send.after_http:7")
    wait_for(lambda: first.poll() is not None, timeout=60)
    rig.worker()
    assert rig.drain(), rig.states()
    assert problems(rig) == []
    tokens, keys = rig.line.accepted()
    assert (len(tokens), len(keys)) == (len(WORDS) * 5, 0)


@pytest.mark.parametrize("kind", ["drop_after", "500_after"])
def test_a_reply_of_unknown_outcome_is_never_pushed(rig: Rig, kind: str) -> None:
    rig.line.fault("reply", kind, times=3)
    rig.put(*(rig.line.text(said) for said in WORDS))
    rig.worker()
    assert rig.drain(), rig.states()
    assert problems(rig) == []
    assert rig.line.accepted()[1].total() == 0
    assert rig.states()[1]["unknown"] == 3


def test_ctrl_c_ends_the_demo_and_a_second_start_keeps_its_data(tmp_path: Path) -> None:
    ports = (free_port(), free_port())
    kept = [demo(tmp_path, ports) for _ in range(2)]
    assert kept[0] == kept[1]


def demo(folder: Path, ports: tuple[int, int]) -> bytes:
    """Start the demo, press Ctrl-C, see that nothing is left; answers the keys it keeps."""
    options = ["--port", str(ports[0]), "--sandbox-port", str(ports[1])]
    (folder / "sandbox").is_dir() or (folder / "sandbox").symlink_to(ROOT / "sandbox")
    process = psutil.Popen(
        [sys.executable, "-m", "app.cli.demo", *options],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    wait_for(lambda: exchange(ports[0], b"GET /readyz HTTP/1.0\r\n\r\n")[:1] != "r", timeout=60)
    family = process.children(recursive=True)
    process.send_signal(signal.SIGINT)
    process.wait(20)
    assert psutil.wait_procs(family, timeout=2)[1] == []
    assert [exchange(port, b"") for port in ports] == ["refused", "refused"]
    return (folder / "instance" / "demo.json").read_bytes()


def again_and_judged(rig: Rig) -> None:
    rig.serve()
    # What was refused or broken was never acknowledged, so LINE would send it again.
    assert rig.drain(), rig.states()
    assert problems(rig) == []
