"""Builds and runs containers with Debian's podman, without a registry: the base image is made by mmdebstrap."""

import fcntl
import functools
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
# A machine with two slow cores and nothing in its compiler cache.
BUILD_SECONDS = 1700
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

_held = []


def why_not():
    """Why there can be no container here; None when there can."""
    if os.getuid() != 0:
        return "building the base image needs root"
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    isolated = subprocess.run(["unshare", "--mount", "--net", "--pid", "--fork", "true"], capture_output=True, text=True)
    return None if isolated.returncode == 0 else f"no namespaces: {isolated.stderr.strip()}"


def _at_most(kind, wanted):
    allowed = resource.getrlimit(kind)[1]
    return wanted if allowed == resource.RLIM_INFINITY else min(allowed, wanted)


def prepare():
    """
    Settings of podman's that touch nothing else on this machine, and the base image. Runs of other test files wait until
    this process ends: they give their images the same names.
    """
    STORE.mkdir(parents=True, exist_ok=True)
    if not _held:
        _held.append(open(STORE / "lock", "w"))
        fcntl.flock(_held[0], fcntl.LOCK_EX)
    storage, engine = STORE / "storage.conf", STORE / "containers.conf"
    storage.write_text(f'[storage]\ndriver = "overlay"\ngraphroot = "{STORE}/graph"\nrunroot = "{STORE}/run"\n')
    engine.write_text(ENGINE.format(files=_at_most(resource.RLIMIT_NOFILE, 65536),
                                    processes=_at_most(resource.RLIMIT_NPROC, 16384)))
    os.environ.update(CONTAINERS_STORAGE_CONF=str(storage), CONTAINERS_CONF=str(engine))
    _remove_leftovers()
    if podman("image", "exists", BASE, check=False).returncode != 0:
        _make_base()


def _remove_leftovers():
    """Containers, and those that builds work in, of runs that were killed: they hold images."""
    left = podman("ps", "-aq", "--external").stdout.split()
    if left:
        podman("rm", "-f", "-t", 1, *left, check=False)


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


def _compiler_cache():
    """Options that let a build find what this machine has compiled from the same folder, and the other way around."""
    known = subprocess.run(["ccache", "--get-config", "cache_dir"], capture_output=True, text=True, check=False)
    if known.returncode != 0:
        return ()
    cache = Path(known.stdout.strip())
    cache.mkdir(parents=True, exist_ok=True)
    return ("--volume", f"{cache}:/root/.cache/ccache", "--build-arg", f"SOURCE={SOURCE}")


def build(tag, dockerfile, context, *options):
    """An image; what an earlier one of the same name was made of is removed. From this machine's network."""
    podman("build", "--pull=never", "--isolation=chroot", "--format=docker", *options, "-t", tag, "-f", dockerfile,
           context, timeout=BUILD_SECONDS)
    podman("image", "prune", "-f")


@functools.lru_cache(maxsize=None)
def build_server(tag):
    """The image of docker/Dockerfile."""
    dockerfile, cache = SOURCE / "docker" / "Dockerfile", _compiler_cache()
    # Named, so that the compiler and the libraries need not be installed again when a source has changed.
    build(f"{tag}-build", dockerfile, SOURCE, *cache, "--target=build")
    build(tag, dockerfile, SOURCE, *cache)


def inspect(kind, name):
    return json.loads(podman(kind, "inspect", name).stdout)[0]
