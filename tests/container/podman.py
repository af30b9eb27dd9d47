"""Builds and runs containers with Debian's podman, without a registry: the base image is made by mmdebstrap."""

import json
import os
import re
import resource
import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
BASE = "docker.io/library/debian:bookworm-slim"
SUITE = "bookworm"
PROGRAMS = ("podman", "runc", "slirp4netns", "mmdebstrap")
BUILD_SECONDS = 1500
CALL_SECONDS = 120
# Layers outlive a run, so that the next one builds only what has changed.
STORE = Path("/var/cache/sallyport-container-test")

# Debian 12's crun refuses some cgroup layouts that runc takes. podman's own descriptor limit is above what many
# machines allow.
ENGINE = """\
[containers]
default_ulimits = ["nofile={files}:{files}", "nproc={processes}:{processes}"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "cni"
"""


def why_not():
    """Why there can be no container here; None when there can."""
    if os.getuid() != 0:
        return "building the base image needs root"
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    return f"not installed: {', '.join(missing)}" if missing else None


def _at_most(kind, wanted):
    allowed = resource.getrlimit(kind)[1]
    return wanted if allowed == resource.RLIM_INFINITY else min(allowed, wanted)


def prepare():
    """Settings of podman's that touch nothing else on this machine, and the base image."""
    STORE.mkdir(parents=True, exist_ok=True)
    storage, engine = STORE / "storage.conf", STORE / "containers.conf"
    storage.write_text(f'[storage]\ndriver = "overlay"\ngraphroot = "{STORE}/graph"\nrunroot = "{STORE}/run"\n')
    engine.write_text(ENGINE.format(files=_at_most(resource.RLIMIT_NOFILE, 65536),
                                    processes=_at_most(resource.RLIMIT_NPROC, 16384)))
    os.environ.update(CONTAINERS_STORAGE_CONF=str(storage), CONTAINERS_CONF=str(engine))
    if podman("image", "exists", BASE, check=False).returncode != 0:
        _make_base()


def podman(*arguments, check=True, timeout=CALL_SECONDS, **options):
    """The finished command, its output as text."""
    result = subprocess.run(["podman", *map(str, arguments)], capture_output=True, text=True, timeout=timeout, **options)
    if check and result.returncode != 0:
        raise AssertionError(f"podman {' '.join(map(str, arguments))}: {result.returncode}\n"
                             f"{result.stdout[-6000:]}\n{result.stderr[-6000:]}")
    return result


def _sources_and_settings():
    """Where this machine's apt gets the suite from, and its settings for getting there; no hooks."""
    lists = [*Path("/etc/apt").glob("sources.list"), *Path("/etc/apt/sources.list.d").glob("*.list"),
             *Path("/etc/apt/sources.list.d").glob("*.sources")]
    sources = [path for path in lists if re.search(rf"\b{SUITE}\b", path.read_text())]
    settings = [path for path in (*Path("/etc/apt").glob("apt.conf"), *Path("/etc/apt/apt.conf.d").glob("*"))
                if re.search(r"^\s*Acquire", path.read_text(), re.MULTILINE) and "Invoke" not in path.read_text()]
    return sources, settings


def _make_base():
    sources, settings = _sources_and_settings()
    certificates = Path("/usr/local/share/ca-certificates")
    command = ["mmdebstrap", "-q", "--mode=root", "--variant=minbase", "--dpkgopt=force-unsafe-io",
               "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
               *(f"--aptopt={path}" for path in settings),
               *(f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in ("man", "doc", "locale", "info"))]
    if certificates.is_dir():
        command.append(f"--customize-hook=copy-in {certificates} /usr/local/share")
    tarball = STORE / "base.tar"
    subprocess.run([*command, SUITE, str(tarball), *map(str, sources)], check=True, timeout=BUILD_SECONDS,
                   stdin=subprocess.DEVNULL)
    podman("import", "-q", "--change", 'CMD ["bash"]', tarball, BASE, timeout=BUILD_SECONDS)
    tarball.unlink()


def build(tag):
    """The image of docker/Dockerfile. Compiled objects are shared with this machine's ccache, as a builder would."""
    cache = subprocess.run(["ccache", "--get-config", "cache_dir"], capture_output=True, text=True, check=False)
    shared = ["--volume", f"{cache.stdout.strip()}:/root/.cache/ccache"] if cache.returncode == 0 else []
    podman("build", "--pull=never", "--isolation=chroot", "--format=docker", *shared, "-t", tag, "-f",
           SOURCE / "docker" / "Dockerfile", SOURCE, timeout=BUILD_SECONDS)


def inspect(kind, name):
    return json.loads(podman(kind, "inspect", name).stdout)[0]
