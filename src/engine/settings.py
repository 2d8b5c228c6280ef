"""The program's settings: read once, typed, frozen, passed in. The only reader of the environment.

Every field is an environment variable with the prefix `TONGAN_` (`TONGAN_DATABASE_URL`, …). Production refuses to start
with what only a demonstration may have (`Settings.check`).
"""

from __future__ import annotations

import secrets
from datetime import time
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from engine.errors import SettingsInvalid
from engine.sealing import APART, read_keys

#: A secret shorter than this can be guessed; production refuses it.
SHORTEST_SECRET = 32

#: Secrets that stand in examples and tutorials.
_KNOWN_SECRETS = frozenset({"", "secret", "dev", "change-me", "changeme", "demo"})


class Settings(BaseSettings):
    """What an installation may choose. Made by `load_settings`; nothing changes it afterwards."""

    model_config = SettingsConfigDict(env_prefix="TONGAN_", frozen=True, extra="ignore")

    mode: Literal["demo", "production"] = "demo"  #: a demonstration, or the county's own
    data_folder: Path = Path("var")  #: attachments, the SQLite file, the embedded broker
    database_url: str = ""  #: SQLAlchemy URL; empty: SQLite in the data folder
    public_database_url: str = ""  #: the public pages' own connection, of a role that reads no case; empty: the same
    broker_url: str = "filesystem://"  #: Celery's doorbell
    secret_key: str = Field(default="", repr=False)  #: signs cookies; empty in a demonstration: made at each start
    sealing_keys: str = Field(default="", repr=False)  #: `id:key …` of `engine.sealing`, the writing key first
    sealed_keys: str = Field(default="", repr=False)  #: the same, of files that are sealed apart (涉密档案)
    closing_time: time = time(17, 30)  #: a working-day deadline ends then (domain.md 0.4-5)
    demo_logins: bool | None = None  #: log-in without a password; None: only in a demonstration
    demo_clock: bool | None = None  #: whether the clock may be moved; None: only in a demonstration
    debug: bool = False  #: the web framework's debugger: runs code for whoever reaches it
    job_lease_seconds: int = 300  #: a worker that stays silent for so long loses its job
    statement_timeout_seconds: int = 30  #: PostgreSQL stops a statement that takes longer
    lock_timeout_seconds: int = 10  #: how long a command waits for another one on the same case
    public_address: str = ""  #: where browsers find the pages, e.g. https://tongan.example.gov.cn; stands in QR codes
    smtp_host: str = ""  #: the mail server; empty: messages stay inside the program
    smtp_port: int = 25
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: str = Field(default="", repr=False)
    smtp_from: str = ""  #: the sender's address; demanded with smtp_host
    sms_url: str = Field(default="", repr=False)  #: the text messages' gateway
    wecom_url: str = Field(default="", repr=False)  #: 政务微信; the address holds a key
    dingtalk_url: str = Field(default="", repr=False)  #: 政务钉钉; the address holds a key
    webhook_origins: str = ""  #: the only origins those three may have, e.g. "https://a.example http://10.1.2.3:80"

    @property
    def is_production(self) -> bool:
        return self.mode == "production"

    @property
    def demo_logins_allowed(self) -> bool:
        return not self.is_production and self.demo_logins is not False

    @property
    def demo_clock_allowed(self) -> bool:
        return not self.is_production and self.demo_clock is not False

    def check(self) -> Settings:
        """Return itself, or raise `SettingsInvalid` naming the setting and what to do about it."""
        if self.smtp_host and "@" not in self.smtp_from:
            raise SettingsInvalid("TONGAN_SMTP_FROM: mail needs a sender's address; set it, or unset TONGAN_SMTP_HOST")
        if self.is_production:
            problem = self._production_problem()
            if problem is not None:
                raise SettingsInvalid(problem)
        return self

    def _production_problem(self) -> str | None:
        if self.demo_logins:
            return "TONGAN_DEMO_LOGINS: production has no log-in without a password; unset it"
        if self.demo_clock:
            return "TONGAN_DEMO_CLOCK: production keeps real time; unset it"
        if self.debug:
            return "TONGAN_DEBUG: a debug server runs code for its visitors; unset it"
        if self.secret_key in _KNOWN_SECRETS or len(self.secret_key) < SHORTEST_SECRET:
            return (
                f"TONGAN_SECRET_KEY: production needs a secret of at least {SHORTEST_SECRET} characters; make one with "
                "`python -c 'import secrets; print(secrets.token_urlsafe(48))'` and keep it out of the repository"
            )
        return self._problem_of_keys()

    def _problem_of_keys(self) -> str | None:
        """The two rings: each usable, and no key in both, so that who has the one has not the other."""
        try:
            usual = read_keys(self.sealing_keys)
            apart = read_keys(self.sealed_keys, "TONGAN_SEALED_KEYS", APART)
        except SettingsInvalid as problem:
            return str(problem)
        if set(usual.keys.values()) & set(apart.keys.values()):
            return (
                "TONGAN_SEALED_KEYS: shares a key with TONGAN_SEALING_KEYS; make one of its own with `tongan keys new`"
            )
        return None


def load_settings(**overrides: object) -> Settings:
    """Read the environment and return checked settings; `overrides` (field names) stand over it.

    Raises `SettingsInvalid` with the name of the first setting that cannot be used.
    """
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsInvalid(f"TONGAN_{name}: {first['msg']}; correct or unset it") from error
    settings.check()
    filled: dict[str, object] = {}
    if not settings.database_url:
        filled["database_url"] = f"sqlite:///{settings.data_folder / 'tongan.sqlite3'}"
    if not settings.secret_key:
        filled["secret_key"] = secrets.token_urlsafe(48)
    return settings.model_copy(update=filled)
