"""Carries out the Dockerfile, and moves images, with programs that need no daemon: debootstrap, buildah, skopeo, umoci, docker-registry."""

import contextlib
import gzip
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import time
import urllib.request

from dockerfile import ROOT, Dockerfile

FOLDER = ROOT / ".build-image"
IMAGE = "localhost/opencrane:test"
BASES = {"BUILD_IMAGE": "localhost/base-build", "RUNTIME_IMAGE": "localhost/base-runtime"}
TOOLS = {
    "debootstrap": "debootstrap", "buildah": "buildah", "skopeo": "skopeo", "umoci": "umoci", "runc": "runc", "docker-registry": "docker-registry",
    "kubectl": "kubernetes-client",
}
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def run(*command, quiet=True, **options):
    """Runs a command and returns what it writes; what it says is shown when it fails."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE if quiet else None, stderr=subprocess.STDOUT if quiet else None,
                          text=True, **options)
    if done.returncode:
        raise SystemExit(f"image: {' '.join(str(word) for word in command[:6])} … failed ({done.returncode})\n{(done.stdout or '')[-4000:]}")
    return done.stdout


def require_tools():
    missing = sorted({package for tool, package in TOOLS.items() if not shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin:/sbin")})
    if missing:
        raise SystemExit(f"image: install these first: apt-get install --no-install-recommends {' '.join(missing)}")
    if os.geteuid() != 0:
        raise SystemExit("image: this needs root, to make file systems and namespaces")


def buildah(*arguments, **options):
    FOLDER.mkdir(exist_ok=True)
    return run("buildah", "--root", FOLDER / "storage", "--runroot", FOLDER / "run", "--storage-driver", "overlay", *arguments, **options)


def has_image(name):
    return name in buildah("images", "--format", "{{.Name}}").split()


def make_runtime_base(suite):
    """A stand-in for debian:SUITE-slim: Debian's minimal system without documentation, as that image is made."""
    root = FOLDER / "debian"
    shutil.rmtree(root, ignore_errors=True)
    print(f"image: making Debian {suite} with debootstrap", flush=True)
    run("debootstrap", "--variant=minbase", suite, root, "http://deb.debian.org/debian")
    left_out = ["doc", "info", "linda", "lintian", "locale", "man"]
    rules = [f"path-exclude /usr/share/{name}/*" for name in left_out] + ["path-include /usr/share/doc/*/copyright"]
    (root / "etc/dpkg/dpkg.cfg.d/docker").write_text("\n".join(rules) + "\n")
    for name in left_out:
        for path in sorted((root / "usr/share" / name).rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                with contextlib.suppress(OSError):
                    path.rmdir()
            elif path.name != "copyright" or name != "doc":
                path.unlink()
    (root / "etc/apt/sources.list").write_text(
        f"deb http://deb.debian.org/debian {suite} main\ndeb http://deb.debian.org/debian {suite}-updates main\n"
        f"deb http://deb.debian.org/debian-security {suite}-security main\n")
    run("sh", "-c", 'rm -rf "$0"/var/cache/apt/* "$0"/var/lib/apt/lists/* "$0"/var/log/* "$0"/var/cache/debconf/*-old "$0"/var/lib/dpkg/*-old', root)
    container = buildah("from", "scratch").strip()
    buildah("add", "--quiet", container, root, "/")
    buildah("config", "--env", f"PATH={PATH}", "--cmd", '["bash"]', container)
    buildah("commit", "--quiet", "--rm", container, BASES["RUNTIME_IMAGE"])
    shutil.rmtree(root)


def toolchain():
    """The folder that Swift's toolchain of this machine lies in."""
    swift = shutil.which("swift")
    if not swift:
        raise SystemExit("image: there is no Swift on this machine")
    return pathlib.Path(swift).resolve().parent.parent.parent


def make_build_base():
    """A stand-in for swift:VERSION-SUITE: what Swift's image installs. The toolchain of this machine comes in as a volume."""
    print("image: making a system with what Swift needs", flush=True)
    packages = re.search(r"^toolchain=\(([^)]*)\)", (ROOT / "scripts/setup").read_text(), re.M)[1].split()
    container = buildah("from", BASES["RUNTIME_IMAGE"]).strip()
    script = f"apt-get update && apt-get install --no-install-recommends -y ca-certificates {' '.join(packages)} && apt-get clean"
    buildah("run", "--isolation", "chroot", "--env", "DEBIAN_FRONTEND=noninteractive", container, "--", "sh", "-c", script)
    buildah("config", "--env", f"PATH={toolchain()}/usr/bin:{PATH}", container)
    buildah("commit", "--quiet", "--rm", container, BASES["BUILD_IMAGE"])


def volumes():
    """The toolchain, and mirrors of repositories in folders of this machine, if git is told to use such."""
    yield str(toolchain())
    configured = subprocess.run(["git", "config", "--system", "--get-regexp", r"^url\..*\.insteadof$"], stdout=subprocess.PIPE, text=True).stdout
    mirrors = {match for match in re.findall(r"^url\.(/\S*)\.insteadof", configured, re.M) if pathlib.Path(match).is_dir()}
    yield from mirrors
    if mirrors:
        yield "/etc/gitconfig"


def build(binaries=None):
    """Carries out the Dockerfile. With `binaries`, a folder with a linked `opencrane`, the first stage is left out."""
    dockerfile = Dockerfile()
    if not has_image(BASES["RUNTIME_IMAGE"]):
        make_runtime_base(dockerfile.suite)
    arguments = [word for name, image in BASES.items() for word in ("--build-arg", f"{name}={image}")]
    if binaries:
        stage = FOLDER / "stage"
        shutil.rmtree(stage, ignore_errors=True)
        programs = stage / "out/usr/local/bin"
        programs.mkdir(parents=True)
        run("strip", "-o", programs / "opencrane", pathlib.Path(binaries) / "opencrane")
        (programs / "oc").symlink_to("opencrane")
        run(ROOT / "scripts/third-party", stage / "out/usr/share/doc/opencrane")
        arguments += ["--build-context", f"build={stage}"]
    else:
        if not has_image(BASES["BUILD_IMAGE"]):
            make_build_base()
        arguments += [word for path in volumes() for word in ("--volume", f"{path}:{path}:ro")]
    print("image: carrying out the Dockerfile", flush=True)
    started = time.monotonic()
    log = FOLDER / "build.log"
    with open(log, "w") as output:
        command = ["buildah", "--root", FOLDER / "storage", "--runroot", FOLDER / "run", "--storage-driver", "overlay", "bud", "--isolation", "chroot",
                   "--format", "oci", "--layers=false", *arguments, "--tag", IMAGE, ROOT]
        # Caches that the Dockerfile mounts lie in the folder for temporary files.
        environment = {**os.environ, "TMPDIR": str(FOLDER / "tmp")}
        (FOLDER / "tmp").mkdir(exist_ok=True)
        if subprocess.run([str(word) for word in command], stdout=output, stderr=output, env=environment).returncode:
            raise SystemExit("image: the Dockerfile failed\n" + "\n".join(log.read_text(errors="replace").splitlines()[-30:]))
    print(f"image: built in {time.monotonic() - started:.0f} s (log: {log})", flush=True)


def free_port():
    import socket
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def through_registry():
    """Pushes the image to a registry of its own and pulls it back; returns the layout that was pulled, and its digest."""
    folder = FOLDER / "registry"
    for path in (folder, FOLDER / "layout"):
        shutil.rmtree(path, ignore_errors=True)
    folder.mkdir()
    port = free_port()
    (folder / "config.yaml").write_text(
        f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {folder}/data}}}}\nhttp: {{addr: '127.0.0.1:{port}'}}\n")
    with open(folder / "log", "w") as log:
        server = subprocess.Popen(["docker-registry", "serve", folder / "config.yaml"], stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/v2/", timeout=5).close()
                break
            if time.monotonic() > deadline:
                raise SystemExit("image: the registry does not answer")
            time.sleep(0.1)
        name = f"docker://127.0.0.1:{port}/opencrane:test"
        buildah("push", "--quiet", "--tls-verify=false", "--digestfile", folder / "digest", IMAGE, name)
        run("skopeo", "copy", "--quiet", "--src-tls-verify=false", name, f"oci:{FOLDER}/layout:opencrane")
        pushed = (folder / "digest").read_text().strip()
        pulled = json.loads(run("skopeo", "inspect", "--raw", f"oci:{FOLDER}/layout:opencrane"))
        raw = run("skopeo", "inspect", "--raw", f"oci:{FOLDER}/layout:opencrane").encode()
        digest = "sha256:" + hashlib.sha256(raw).hexdigest()
        if digest != pushed:
            raise SystemExit(f"image: {pushed} was pushed and {digest} was pulled")
        return pulled, digest
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder)


def sizes(manifest):
    """Compressed and uncompressed size of each layer, in bytes."""
    for layer in manifest["layers"]:
        path = FOLDER / "layout/blobs" / layer["digest"].replace(":", "/")
        total = 0
        with gzip.open(path) as content:
            while block := content.read(1 << 20):
                total += len(block)
        yield layer["size"], total


def unpack():
    """A bundle for an OCI runtime, from the layout that was pulled: the file system, and what the image says about how it is started."""
    bundle = FOLDER / "bundle"
    shutil.rmtree(bundle, ignore_errors=True)
    run("umoci", "unpack", "--image", f"{FOLDER}/layout:opencrane", bundle)
    return bundle
