"""The doorbell wakes a worker, and a broken one costs a request nothing."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path

import pytest
from redis import Redis

from engine.settings import Settings
from tasks.configuration import configuration
from tests.tasks.conftest import eventually
from web.doorbell import QUEUE, RING, Doorbell, sender


def embedded(folder: Path) -> Settings:
    return Settings(data_folder=folder, broker_url="filesystem://")


def messages(folder: Path) -> list[Path]:
    return list((folder / "broker" / "messages").glob("*.msg"))


def test_a_ring_reaches_the_embedded_broker(tmp_path: Path) -> None:
    Doorbell(sender(embedded(tmp_path))).ring()
    found = eventually(lambda: [text for path in messages(tmp_path) if (text := path.read_text()).endswith("}")])
    headers = json.loads(found[0])["headers"]
    assert headers["task"] == RING


def test_a_ring_reaches_redis(redis_url: str) -> None:
    client = Redis.from_url(redis_url)
    client.flushall()
    Doorbell(sender(Settings(broker_url=redis_url))).ring()
    assert eventually(lambda: client.llen(QUEUE)) == 1


def test_a_dead_broker_costs_nothing_and_the_bell_lives_on(tmp_path: Path, redis_url: str) -> None:
    bell = Doorbell(sender(Settings(broker_url="redis://127.0.0.1:1/0")))
    began = time.monotonic()
    for _ in range(20):
        bell.ring()
    assert time.monotonic() - began < 0.2
    time.sleep(0.5)
    assert any(thread.name == "doorbell" and thread.is_alive() for thread in threading.enumerate())
    bell.ring()


def test_a_forked_process_rings_by_itself(tmp_path: Path) -> None:
    bell = Doorbell(sender(embedded(tmp_path)))
    bell.ring()
    eventually(lambda: messages(tmp_path))
    for message in messages(tmp_path):
        message.unlink()
    child = os.fork()
    if child == 0:
        bell.ring()
        time.sleep(1.0)
        os._exit(0)
    os.waitpid(child, 0)
    assert messages(tmp_path)


@pytest.mark.parametrize("option", ["data_folder_in", "data_folder_out", "control_folder"])
def test_web_and_workers_use_the_same_folders(tmp_path: Path, option: str) -> None:
    settings = embedded(tmp_path)
    ours = sender(settings).conf.broker_transport_options
    assert ours[option] == configuration(settings)["broker_transport_options"][option]
