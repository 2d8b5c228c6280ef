"""Mail, by the server that the settings name. The message's id makes its Message-ID, so that a mail that is sent again
after a lost answer is recognised as the same one."""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from engine.domain import ServiceError
from engine.settings import Settings

TIMEOUT_SECONDS = 20.0
#: From here on the server's answer means: never.
_PERMANENT = 500


def mail(settings: Settings, *, message_id: str, to: str, subject: str, body: str, at: datetime) -> EmailMessage:
    """The mail as it goes over the wire.

    :raises ServiceError: the address or the subject cannot stand in a mail.
    """
    made = EmailMessage()
    try:
        made["From"] = settings.smtp_from
        made["To"] = to
        made["Subject"] = subject
    except ValueError as error:
        raise ServiceError(f"邮件地址或标题无效: {error}", retry=False) from error
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{message_id}@{settings.smtp_from.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(body)
    return made


def send(settings: Settings, made: EmailMessage) -> None:
    """Hand the mail to the server.

    :raises ServiceError: it did not take it; `retry` says whether it may another time.
    """
    try:
        with _connected(settings) as server:
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            server.send_message(made)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise ServiceError(f"收件人被拒: {codes}", retry=any(code < _PERMANENT for code in codes)) from error
    except smtplib.SMTPResponseException as error:
        permanent = error.smtp_code >= _PERMANENT and not isinstance(error, smtplib.SMTPAuthenticationError)
        raise ServiceError(f"邮件服务器答复 {error.smtp_code}", retry=not permanent) from error
    except (smtplib.SMTPException, OSError) as error:
        raise ServiceError(f"邮件服务器无法使用: {type(error).__name__}") from error


def _connected(settings: Settings) -> smtplib.SMTP:
    where = (settings.smtp_host, settings.smtp_port)
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(*where, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(*where, timeout=TIMEOUT_SECONDS)
    if settings.smtp_security == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server
