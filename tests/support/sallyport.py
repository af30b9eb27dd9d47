"""Runs the real server for a test: its own directory, configuration, ports and log; every wait bounded."""

import copy
import ctypes
import fcntl
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from support import toml
from support.log_check import fault_in, secrets_of
from support.ports import PortSlot

START_SECONDS = 30
KEYGEN_SECONDS = 120
STOP_SECONDS = 40
PASSIVE_PORTS = 100
PASSWORDS = {"demo": "demo secret", "other": "other secret"}
# All tests of a server come from one address and many of them fail to log in: what that costs is tested on its own.
UNBOUNDED_NEWCOMERS = {"unauthenticated": "5000:30:5000", "unauthenticated_per_address": 5000,
                       "penalty_exempt": ["127.0.0.0/8", "::1"]}
SSH_HOST_KEYS = ("ssh/ed25519", "ssh/rsa")
PR_SET_PDEATHSIG = 1


def binary():
    """The server under test: SALLYPORT_BINARY, made absolute."""
    path = os.environ.get("SALLYPORT_BINARY")
    if not path:
        raise RuntimeError("set SALLYPORT_BINARY to the sallyport executable")
    return str(Path(path).resolve())


def run(*arguments, stdin="", check=True, timeout=START_SECONDS):
    """`sallyport ARGUMENTS`; the finished process, with its output as text."""
    result = subprocess.run([binary(), *map(str, arguments)], input=stdin, capture_output=True, text=True,
                            timeout=timeout)
    if check and result.returncode != 0:
        raise AssertionError(f"sallyport {' '.join(map(str, arguments))}: exit status {result.returncode}\n"
                             f"{result.stdout}{result.stderr}")
    return result


@functools.lru_cache(maxsize=None)
def hash_password(password):
    return run("hash-password", stdin=password + "\n").stdout.strip()


@functools.lru_cache(maxsize=None)
def credentials():
    """
    A folder with certificate and keys, made once for each build of the server and shared by all test files: an RSA key
    of 4,096 bits takes seconds.
    """
    folder = Path(binary()).parent / "test-keys"
    folder.mkdir(exist_ok=True)
    stamp, built = folder / "made-for", str(os.stat(binary()).st_mtime_ns)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != built:
            shutil.rmtree(folder / "keys", ignore_errors=True)
            run("keygen", folder / "keys", timeout=KEYGEN_SECONDS)
            stamp.write_text(built)
    return folder / "keys"


class Server:
    """
    A running server; a context manager.

    protocols   one listener on 127.0.0.1 each, in this order: "ftps", "ftps-implicit" or "sftp"
    addresses   theirs; each on a free port of 127.0.0.1 when not given
    ipv6        adds a listener on [::1] for the first protocol
    listener    keys for every listener, such as {"data_session": "resume"}
    users       name -> password, or name -> table of the user whose "password", if there is one, is in clear, unless
                it has a "hash" to be used instead
    policy      keys for the policy `full` that users have unless their table names another
    policies    name -> table of further policies
    durability  "none" skips the fsyncs
    owner       name of the system user that everything in the directory belongs to
    prepare     called with the directory when all is in it, before the start
    wrapper     command that runs the server's command, such as ["setpriv", "--reuid=65534"]
    faults      a path for its plan -> an object whose `environment` the server is started with, kept as `faults`
    pass_fds    descriptors that the server inherits
    environment variables for the server, besides those of the test
    tables      whole tables of the configuration, merged over the defaults: limits={"idle": "2s"}
    """

    def __init__(self, *, protocols=("ftps",), addresses=None, ipv6=False, listener=None, users=None, policy=None,
                 policies=None, durability=None, owner=None, prepare=None, wrapper=(), pass_fds=(), environment=None,
                 faults=None, **tables):
        self._protocols, self._ipv6 = protocols, ipv6
        self._addresses = addresses or ["127.0.0.1:0"] * len(protocols)
        self._listener, self._policy = dict(listener or {}), dict(policy or {})
        self._pass_fds = tuple(pass_fds)
        self._environment = {**os.environ, **(environment or {})}
        self._users = dict(PASSWORDS if users is None else users)
        self._policies = dict(policies or {})
        self._tables, self.faults, self._make_faults = tables, None, faults
        self._owner, self._arrange, self._wrapper = owner, prepare, list(wrapper)
        if durability:
            self._tables = {**tables, "storage": {**tables.get("storage", {}), "durability": durability}}
        self._process = self._slot = self.directory = self.log_path = self._sibling = None
        self._listener_tables = []
        self._events, self._read = [], 0
        self.event_file = None  # where events are read when the configuration sends them elsewhere than to `log_path`
        self.lossy_logs = False  # their disk is full at times
        self.listeners, self.passive_ranges = [], []

    # ---------------------------------------------------------------- life

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, value, traceback):
        if kind is None:
            self.stop()
        else:
            self.print_log()
            self.kill()

    def start(self):
        try:
            if self._sibling is None:
                self._prepare()
            self._launch()
        except BaseException:
            self.print_log()
            self.kill()
            raise
        return self

    def signal(self, number):
        self._process.send_signal(number)

    @property
    def pid(self):
        return self._process.pid

    def stop(self):
        """SIGTERM; the server must exit with 0 and leave nothing behind in its staging area. Idempotent."""
        if self._process is not None:
            self.signal(signal.SIGTERM)
            self.wait_for_end()

    def successor(self):
        """
        Another process on the same configuration, ports and files, started while this one, which is told to stop, still
        ends its sessions. To be stopped before this one.
        """
        self.signal(signal.SIGTERM)
        self.wait_event("server.drain")
        text = self.config_path.read_text()
        for _, host, port in self.listeners:
            text = text.replace(f'"{_bracketed(host)}:0"', f'"{_bracketed(host)}:{port}"', 1)
        self.config_path.write_text(text)
        return self.sibling().start()

    def sibling(self):
        """Another server on the same configuration, ports and files, not started yet."""
        other = copy.copy(self)
        other._process, other._sibling, other._events, other._read = None, self, [], 0
        other.log_path = self.directory / "log-of-sibling"
        return other

    def wait_for_end(self):
        """What stop() demands, after some other cause to end."""
        try:
            self.wait_for_exit()
            leftovers = [str(path) for path in self._staging.rglob("*")]
            if leftovers:
                self.print_log()
            assert not leftovers, f"the server left staging files behind: {leftovers}"
        finally:
            self.kill()

    def restart(self):
        """SIGTERM, then the same configuration and files again, on new ports. Events are those since then."""
        self.signal(signal.SIGTERM)
        assert self._process.wait(STOP_SECONDS) == 0
        self._launch()

    def crash(self):
        """SIGKILL, unless it has died already. All files stay."""
        self._process.kill()
        self._process.wait()

    def recover(self):
        """After crash(), what restart() does after its SIGTERM."""
        self._launch()

    def wait_for_exit(self):
        """The server ends with status 0, in bounded time; its directory stays, which a successor may use."""
        status = self.wait_for_status()
        if status != 0:
            self.print_log()
        assert status == 0, f"the server ended with status {status} after SIGTERM"

    def wait_for_status(self):
        """With which the server ends, in bounded time."""
        try:
            return self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.print_log()
            raise AssertionError(f"the server did not end within {STOP_SECONDS} s of SIGTERM") from None

    def kill(self):
        """Ends the server at once, removes its directory, and fails if it has logged what it should not. Idempotent."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        fault = self._fault_in_logs()
        self._clean_up()
        assert fault is None, fault

    def _clean_up(self):
        if self._sibling is not None:
            return  # whose directory and ports they are
        if self._slot is not None:
            self._slot.close()
        if self.directory is not None:
            shutil.rmtree(self.directory, ignore_errors=True)

    def _fault_in_logs(self):
        """A sentence, or None."""
        if self.log_path is None or not self.log_path.exists():
            return None
        tables, files = self._configuration(), [self.log_path]
        for name in {tables["log"]["file"], tables["log"].get("audit", "-")} - {"-"}:
            path = self.directory / name
            files += path.parent.glob(f"{path.name}*")
        passwords = {entry.get("password", "") if isinstance(entry, dict) else entry for entry in self._users.values()}
        secrets = passwords | secrets_of(tables, self.directory)
        faults = (fault_in(path.read_bytes(), secrets, self.lossy_logs) for path in files if path.is_file())
        return next(filter(None, faults), None)

    def _prepare(self):
        self.directory = Path(tempfile.mkdtemp(prefix="sallyport-", dir=_scratch_parent()))
        self._slot = PortSlot()
        self.storage_root = Path(self._tables.get("storage", {}).get("root", self.directory / "files"))
        self.storage_root.mkdir(exist_ok=True)
        self._staging = self.storage_root / ".sallyport" / "active"
        self.log_path = self.directory / "log"
        self.config_path = self.directory / "sallyport.toml"
        shutil.copytree(credentials(), self.directory, dirs_exist_ok=True)
        self.ca_file = self.directory / "tls" / "fullchain.pem"
        self.config_path.write_text(toml.dumps(self._configuration()))
        if self._make_faults:
            self.faults = self._make_faults(self.directory / "faults")
        if self._arrange:
            self._arrange(self.directory)
        if self._owner:
            for path in [self.directory, *self.directory.rglob("*")]:
                shutil.chown(path, self._owner)

    def _launch(self):
        fault = self._fault_in_logs()  # which this start replaces
        assert fault is None, fault
        self._events, self._read = [], 0
        environment = {**self._environment, **(self.faults.environment if self.faults else {})}
        with open(self.log_path, "wb") as log:
            command = [*self._wrapper, binary(), "serve", "--config", str(self.config_path)]
            self._process = subprocess.Popen(command, cwd=self.directory, stdin=subprocess.DEVNULL, stdout=log,
                                             stderr=log, env=environment, pass_fds=self._pass_fds,
                                             preexec_fn=_die_with_parent)
        ready = self.wait_event("server.ready", START_SECONDS)
        self.listeners = [_listener(word) for word in ready["listeners"].split()]
        self._write_known_hosts()

    # ---------------------------------------------------------------- configuration

    def _configuration(self):
        tables = {
            "server": {"name": "files.example.com", "state_dir": str(self.directory / "state"), "drain": "5s"},
            "log": {"level": "debug", "format": "json", "file": "-"},
            "tls": {"certificate": "tls/fullchain.pem", "key": "tls/privkey.pem"},
            "storage": {"root": str(self.storage_root)},
            "limits": {"per_address": 200, **UNBOUNDED_NEWCOMERS},
        }
        if "sftp" in self._protocols:
            tables["ssh"] = {"host_keys": SSH_HOST_KEYS}
        for name, table in self._tables.items():
            tables[name] = {**tables.get(name, {}), **table}
        if not self._listener_tables:
            self._listener_tables = [self._listener_table(protocol, address)
                                     for protocol, address in zip(self._protocols, self._addresses)]
            if self._ipv6:
                self._listener_tables.append(self._listener_table(self._protocols[0], "[::1]:0"))
        tables["listener"] = self._listener_tables
        tables["policy"] = {"full": {"preset": "full", **self._policy}, **self._policies}
        tables["user"] = {name: _user_table(entry) for name, entry in self._users.items()}
        return tables

    def configure(self, *, users=None, policies=None, **tables):
        """Writes the configuration anew with other users, policies or tables; the server is not told."""
        self._users = dict(self._users if users is None else users)
        self._policies = dict(self._policies if policies is None else policies)
        self._tables = {**self._tables, **tables}
        self.config_path.write_text(toml.dumps(self._configuration()))

    def reload(self):
        """SIGHUP; the event that says what became of it."""
        names = ("config.reloaded", "config.refused")
        before = sum(event["event"] in names for event in self.events())
        self.signal(signal.SIGHUP)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            answers = [event for event in self.events() if event["event"] in names]
            if len(answers) > before:
                return answers[-1]
            time.sleep(0.02)
        raise AssertionError(f"no answer to SIGHUP within {START_SECONDS} s")

    def _listener_table(self, protocol, address):
        table = {"protocol": protocol, "address": address}
        if protocol.startswith("ftps"):
            table["passive_ports"] = self._slot.take(PASSIVE_PORTS)
            self.passive_ranges.append(table["passive_ports"])
        return {**table, **self._listener}

    def address(self, protocol="ftps", ipv6=False):
        """(host, port) of the first listener of this protocol and family."""
        for name, host, port in self.listeners:
            if name == protocol and (":" in host) == ipv6:
                return host, port
        raise LookupError(f"no {'IPv6' if ipv6 else 'IPv4'} listener for {protocol} in {self.listeners}")

    @property
    def known_hosts(self):
        """A known_hosts file with the host keys under each address of SFTP."""
        return self.directory / "known_hosts"

    def _write_known_hosts(self):
        addresses = [(host, port) for protocol, host, port in self.listeners if protocol == "sftp"]
        if addresses:
            keys = [_public_part(self.directory / name) for name in SSH_HOST_KEYS]
            self.known_hosts.write_text("".join(f"[{host}]:{port} {key}\n" for host, port in addresses for key in keys))

    def password(self, user):
        entry = self._users[user]
        return entry["password"] if isinstance(entry, dict) else entry

    # ---------------------------------------------------------------- what it did

    def events(self, name=None):
        """All events logged so far, or those called `name`, oldest first."""
        if self.event_file and not self.event_file.exists():
            return []
        with open(self.event_file or self.log_path, "rb") as log:
            log.seek(self._read)
            whole_lines = log.read().rpartition(b"\n")[0:2]
        text = b"".join(whole_lines)
        self._read += len(text)
        self._events += [json.loads(line) for line in text.splitlines() if line.startswith(b"{")]
        return [event for event in self._events if name in (None, event.get("event"))]

    def wait_event(self, name, timeout=10, **fields):
        """The first event `name` whose fields have these values, waiting for it if need be."""
        deadline = time.monotonic() + timeout
        while True:
            ended = self._process.poll() is not None
            for event in self.events(name):
                if all(event.get(key) == value for key, value in fields.items()):
                    return event
            if ended:
                raise AssertionError(f"the server ended with status {self._process.returncode} before {name} {fields}")
            if time.monotonic() > deadline:
                raise AssertionError(f"no event {name} {fields} within {timeout} s")
            time.sleep(0.02)

    def home(self, user="demo"):
        return self.storage_root / user

    def stored(self, path, user="demo"):
        """The bytes of a published file, named as its user names it."""
        return (self.home(user) / path.lstrip("/")).read_bytes()

    def staged_sizes(self):
        """How much the server holds of each upload that is under way."""
        sizes = []
        for path in self._staging.rglob("*"):
            try:
                sizes.append(path.stat().st_size)
            except FileNotFoundError:
                pass  # published or abandoned between the listing and the look
        return sizes

    def print_log(self, lines=400):
        if self.directory is None or not self.log_path.exists():
            return
        tail = self.log_path.read_text(errors="backslashreplace").splitlines()[-lines:]
        print("---- server log", *tail, "---- end of server log", sep="\n", file=sys.stderr, flush=True)


def _scratch_parent():
    """A tmpfs with room for large test files when there is one."""
    shared_memory = "/dev/shm"
    if os.access(shared_memory, os.W_OK) and shutil.disk_usage(shared_memory).free > 2 << 30:
        return shared_memory
    return None


def _die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _bracketed(host):
    return f"[{host}]" if ":" in host else host


def _listener(word):
    protocol, _, endpoint = word.partition("=")
    host, _, port = endpoint.rpartition(":")
    return protocol, host.strip("[]"), int(port)


def _user_table(entry):
    table = dict(entry) if isinstance(entry, dict) else {"password": entry}
    if "password" in table:
        table["password"] = table.pop("hash", None) or hash_password(table["password"])
    return {"policy": "full", **table}


def _public_part(private_key):
    told = subprocess.run(["ssh-keygen", "-y", "-f", private_key], check=True, capture_output=True, text=True,
                          timeout=START_SECONDS)
    return " ".join(told.stdout.split()[:2])
