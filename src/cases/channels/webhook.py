"""Text messages, 政务微信 and 政务钉钉: a JSON text posted to an address from the settings, and to no other.

The address's origin must stand in the settings' list too; redirects are not followed. So neither a slip in a setting
nor an answer of the other side leads anywhere else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from cases.messages import Channel
from engine.domain import ServiceError

TIMEOUT_SECONDS = 10.0
#: Of an answer no more is read.
MOST_BYTES = 64 * 1024

Payload = Callable[[str, str], Mapping[str, Any]]

#: What each way expects; called with the address and the text.
PAYLOADS: Mapping[Channel, Payload] = MappingProxyType(
    {
        Channel.SMS: lambda to, text: {"phone": to, "text": text},
        Channel.WECOM: lambda to, text: {"touser": to, "msgtype": "text", "text": {"content": text}},
        Channel.DINGTALK: lambda to, text: {
            "msgtype": "text",
            "text": {"content": text},
            "at": {"atUserIds": [to], "isAtAll": False},
        },
    }
)


def post(channel: Channel, url: str, *, origins: str, message_id: str, to: str, text: str) -> None:
    """Post one message; `message_id` is sent as the idempotency key of every attempt.

    :raises ServiceError: the address is not allowed (for good), or the other side did not take the message.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or f"{parts.scheme}://{parts.netloc}" not in origins.split():
        raise ServiceError("该地址不在 TONGAN_WEBHOOK_ORIGINS 的许可名单内", retry=False)
    body = json.dumps({**PAYLOADS[channel](to, text), "id": message_id}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": message_id}
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    try:
        target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        connection.request("POST", target, body=body, headers=headers)
        answer = connection.getresponse()
        _judge(answer.status, answer.read(MOST_BYTES))
    except (HTTPException, OSError) as error:
        raise ServiceError(f"{channel} 接口无法使用: {type(error).__name__}") from error
    finally:
        connection.close()


def _judge(status: int, content: bytes) -> None:
    """Both messengers answer 200 and say in `errcode` how it went."""
    if status == 429 or status >= 500:
        raise ServiceError(f"接口答复 {status}")
    if status >= 300:
        raise ServiceError(f"接口答复 {status}", retry=False)
    try:
        said = json.loads(content or b"{}")
    except ValueError:
        return
    if isinstance(said, dict) and said.get("errcode", 0) != 0:
        raise ServiceError(f"接口答复 errcode {said['errcode']}")
