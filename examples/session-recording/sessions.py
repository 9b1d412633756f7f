"""The SSH connections that are open on this host, as PAM has registered them. Root alone reads and writes here."""

import json
import os
import re
import signal
import time
from datetime import datetime, timezone

OPEN = "/run/latchkey/sessions"
LOG = "/var/log/latchkey/sessions.log"
FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")

# What the kernel shows for a process without an audit session.
UNSET = 2**32 - 1


def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def log(event, session, **more):
    """Adds a line of JSON to the log."""
    line = {"time": now(), "event": event, **{key: session[key] for key in session if key != "startTicks"}, **more}
    file = os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(file, "w") as log_file:
        log_file.write(json.dumps(line) + "\n")


def process(pid):
    """Its parent, and when it started in ticks since the boot; None if there is no such process."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(fields[1]), int(fields[19])


def audit_session(pid):
    """The number that pam_loginuid gives a login. Its processes inherit it, and cannot change it."""
    try:
        with open(f"/proc/{pid}/sessionid") as file:
            return int(file.read())
    except (FileNotFoundError, ProcessLookupError):
        return UNSET


def entry(pid):
    return f"{OPEN}/{pid}.json"


def save(session):
    file = entry(session["pid"])
    with open(f"{file}.new", "w") as new:
        json.dump(session, new)
    os.rename(f"{file}.new", file)


def load(pid):
    """The session whose sshd has this pid; None if there is none, or it has ended."""
    try:
        with open(entry(pid)) as file:
            session = json.load(file)
    except FileNotFoundError:
        return None
    running = process(pid)
    if running and running[1] == session["startTicks"]:
        return session
    forget(pid)  # its sshd was killed, and the pid may be another process's by now
    return None


def forget(pid):
    try:
        os.remove(entry(pid))
    except FileNotFoundError:
        pass


def sessions():
    """All that are open, oldest first."""
    pids = [name[:-5] for name in os.listdir(OPEN) if name.endswith(".json")]
    return sorted((session for session in map(load, pids) if session), key=lambda session: session["openedAt"])


def session_of(pid):
    """The session that a process belongs to: that of its nearest registered ancestor."""
    while pid > 1:
        session = load(pid)
        if session:
            return session
        pid = (process(pid) or (0, 0))[0]
    return None


def processes_of(session):
    """The pids of a session: all below its sshd, and those that have left that tree but not the audit session."""
    found = []
    for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
        below = session_of(pid)
        is_below = below is not None and below["pid"] == session["pid"]
        audit = session["auditSession"]
        if is_below or (audit != UNSET and audit_session(pid) == audit):
            found.append(pid)
    return found


def end(session, why):
    """Kills all that belongs to a session. Returns whether nothing is left."""
    for _ in range(100):
        found = processes_of(session)
        if not found:
            forget(session["pid"])
            log("ended", session, why=why)
            return True
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.05)
    log("not-ended", session, why=why)
    return False
