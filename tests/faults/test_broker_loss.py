"""Redis is emptied, killed, and stays away: work goes on from the database and nothing is lost or repeated. The control
trusts the messages alone, and loses."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from tests.faults import house
from tests.faults.cells import Cells
from tests.faults.conftest import DurableServer
from tests.tasks.conftest import eventually, free_port

pytestmark = [pytest.mark.faults, pytest.mark.postgresql, pytest.mark.redis, pytest.mark.timeout(200)]


class RedisServer:
    """A Redis with its stock settings, to be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            pytest.fail("redis-server is missing: apt-get install redis-server", pytrace=False)
        command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

        def listens() -> bool:
            with socket.socket() as client:
                return client.connect_ex(("127.0.0.1", self.port)) == 0

        eventually(listens)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def flush(self) -> None:
        Redis.from_url(self.url).flushall()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    yield server
    server.kill()


def test_redis_emptied_and_killed_under_load(
    durable: DurableServer, redis: RedisServer, tmp_path: Path, seed: int, at_length: bool
) -> None:
    cases = 200 if at_length else 40
    url = durable.url(durable.new_database())
    workshop = house.open_workshop(url, name="starter")
    house.prepare(workshop)
    with Cells(database_url=url, broker_url=redis.url, folder=tmp_path) as cells:
        cells.start("worker")
        cells.start("beat")
        cells.wait_until_ready()
        for number in range(cases):
            house.start(workshop, "fault_run", wait_ms=(seed + 97 * number) % 6000, name=str(number))
        redis.flush()
        time.sleep(1.5)
        redis.flush()
        redis.kill()
        time.sleep(1.5)
        redis.start()
        cells.kill("worker")
        cells.start("worker")
        found = house.wait_for(workshop.database, cases, seconds=60)
        assert found.exactly_once(cases), (found, cells.log("worker")[-3000:])


def test_without_any_broker_deadlines_are_kept(durable: DurableServer, tmp_path: Path) -> None:
    url = durable.url(durable.new_database())
    workshop = house.open_workshop(url, name="starter")
    house.prepare(workshop)
    with Cells(database_url=url, broker_url=f"redis://127.0.0.1:{free_port()}/0", folder=tmp_path) as cells:
        cells.start("beat")
        for number in range(5):
            house.start(workshop, "fault_run", wait_ms=100 * number, name=str(number))
        found = house.wait_for(workshop.database, 5, seconds=40)
        assert found.exactly_once(5), (found, cells.log("beat")[-3000:])


def test_control_messages_alone_are_lost_with_redis(redis: RedisServer) -> None:
    """What a design without the job table would rest on: with stock settings the messages are gone after a kill."""
    client = Redis.from_url(redis.url)
    for number in range(200):
        client.lpush("work", f"message {number}")
    assert client.llen("work") == 200
    client.close()
    redis.kill()
    redis.start()
    assert Redis.from_url(redis.url).llen("work") == 0, "a broker that kept everything would make this test useless"
