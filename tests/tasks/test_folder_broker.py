"""The embedded broker loses nothing, doubles nothing and is not ended by a message that is being written."""

from __future__ import annotations

import threading
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection
from kombu.transport import filesystem

from engine.settings import Settings
from tasks import folder_broker
from tasks.configuration import configuration


def channel(folder: Path, kind: type[filesystem.Channel] = folder_broker.Channel) -> filesystem.Channel:
    conf = configuration(Settings(data_folder=folder))
    connection = Connection(conf["broker_url"], transport_options=conf["broker_transport_options"])
    opened = connection.channel()
    assert isinstance(opened, folder_broker.Channel)
    return kind(opened.connection)


def test_a_message_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    reader = channel(tmp_path)
    begun = tmp_path / "broker" / "messages" / "1_a.work.msg"
    begun.touch()
    with pytest.raises(Empty):
        reader._get("work")
    begun.write_text('{"body": 1}', encoding="utf-8")
    assert reader._get("work") == {"body": 1}
    assert not begun.exists()


def test_control_kombus_reader_is_ended_by_it(tmp_path: Path) -> None:
    reader = channel(tmp_path, filesystem.Channel)
    (tmp_path / "broker" / "messages" / "1_a.work.msg").touch()
    with pytest.raises(ValueError, match="Expecting value"):
        reader._get("work")


def test_every_message_is_taken_once(tmp_path: Path) -> None:
    writers, readers = [channel(tmp_path) for _ in range(2)], [channel(tmp_path) for _ in range(3)]
    taken: list[int] = []
    written = threading.Event()

    def write(number: int) -> None:
        for message in range(150):
            writers[number]._put("work", {"body": number * 1000 + message})

    def read(number: int) -> None:
        while True:
            last_look = written.is_set()
            try:
                taken.append(readers[number]._get("work")["body"])
            except Empty:
                if last_look:
                    return

    reading = [threading.Thread(target=read, args=(number,)) for number in range(3)]
    writing = [threading.Thread(target=write, args=(number,)) for number in range(2)]
    for thread in (*reading, *writing):
        thread.start()
    for thread in writing:
        thread.join()
    written.set()
    for thread in reading:
        thread.join()
    assert sorted(taken) == [*range(150), *range(1000, 1150)]
