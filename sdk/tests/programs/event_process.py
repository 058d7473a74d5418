"""A worker to be killed: `event_process.py MODE SERVICE_TOML`, its servers named by the environment."""

import sys
import time
from pathlib import Path

from prost.db import database
from prost.events import Worker, _amqp, _broker, _streams
from prost.settings import Settings
from prost.spec import ServiceSpec

mode = sys.argv[1]


def say(word):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def note(envelope, _data):
    database.execute_sql("INSERT INTO effects (event_id) VALUES (%s)", (envelope.id,))
    if mode == "hang-in-handler":
        say("handling")
        time.sleep(60)
    if mode == "slow-handler":
        say("handling")
        time.sleep(1)


def publish_and_hang(publish):
    def publishing(self, batch):
        publish(self, batch)
        say("published")
        time.sleep(60)

    return publishing


if mode == "hang-after-publish":
    for broker in (_amqp.AmqpBroker, _streams.StreamBroker):
        broker.publish = publish_and_hang(broker.publish)
_broker.VISIBILITY_TIMEOUT = 1.0
spec = ServiceSpec.load(Path(sys.argv[2]))
Worker(Settings(), spec, dict.fromkeys(spec.events.consumes, note)).run()
say("stopped")
