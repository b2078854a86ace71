"""What must be so in the image's file system, whoever starts it."""

import json
import os
import pathlib
import re
import stat
import subprocess

from dockerfile import Dockerfile
from engine import run

PROGRAMS = ["/usr/local/bin/opencrane", "/usr/bin/git", "/usr/lib/git-core/git-remote-http"]
# Folders that everybody may write to, as Debian has them; in a pod their file system is read-only.
SHARED = {"/tmp", "/var/tmp", "/run/lock", "/var/lock"}


class Checks:
    """Findings about a root; each check that finds nothing says what it has seen."""

    def __init__(self, bundle):
        self.bundle, self.root, self.findings = bundle, bundle / "rootfs", []
        self.dockerfile = Dockerfile()

    def note(self, good, text):
        print(f"  {'ok ' if good else 'BAD'} {text}", flush=True)
        if not good:
            self.findings.append(text)

    def all(self):
        self.configuration()
        self.files()
        self.libraries()
        self.account()

    def configuration(self):
        process = json.loads((self.bundle / "config.json").read_text())["process"]
        user = f"{process['user']['uid']}:{process['user']['gid']}"
        self.note(user == self.dockerfile.user == "10001:10001", f"starts as {user}")
        self.note(process["args"][0] == json.loads(self.dockerfile.values("ENTRYPOINT")[0])[0], f"starts {process['args'][0]}")

    def files(self):
        writable, special, count = [], [], 0
        for folder, folders, files in os.walk(self.root):
            if pathlib.Path(folder) == self.root / "dev":  # whoever starts a container brings its own
                continue
            for name in folders + files:
                path = pathlib.Path(folder, name)
                inside, state = "/" + str(path.relative_to(self.root)), path.lstat()
                count += 1
                if stat.S_ISLNK(state.st_mode):
                    continue
                if state.st_uid == 10001 or state.st_gid == 10001 or (state.st_mode & stat.S_IWOTH and inside not in SHARED):
                    writable.append(inside)
                if stat.S_ISREG(state.st_mode) and state.st_mode & (stat.S_ISUID | stat.S_ISGID):
                    special.append(inside)
        self.note(not writable, f"of {count} files and folders the user may write to none" if not writable else f"may be written to: {writable[:10]}")
        self.note(not special, "no file changes who runs it (set-user-ID, set-group-ID)" if not special else f"set-ID: {special[:10]}")
        left = [path for path in ("var/lib/apt/lists", "var/cache/apt", "var/log") if any((self.root / path).glob("**/*.[a-z]*"))]
        self.note(not left, "no package lists, caches and logs are left" if not left else f"left behind: {left}")

    def libraries(self):
        found = {}
        for program in PROGRAMS:
            lines = run("chroot", self.root, "ldd", program).splitlines()
            missing = [line.split()[0] for line in lines if "not found" in line]
            self.note(not missing, f"{program}: {len(lines)} libraries, all there" if not missing else f"{program} lacks {missing}")
            found |= {match[1]: program for line in lines if (match := re.search(r"=> (\S+) \(", line))}
        installed, _ = self.dockerfile.packages()
        names = {os.path.basename(path) for path in found}
        for package in (name for name in installed if re.match(r"(lib|zlib)", name)):
            lists = list((self.root / "var/lib/dpkg/info").glob(f"{package}:*.list")) + list((self.root / "var/lib/dpkg/info").glob(f"{package}.list"))
            files = {os.path.basename(line) for path in lists for line in path.read_text().splitlines()}
            used = sorted(names & files)
            self.note(bool(used), f"{package} is needed: {', '.join(used)}" if used else f"{package} is not needed by any program")

    def account(self):
        entry = [line for line in (self.root / "etc/passwd").read_text().splitlines() if ":10001:10001:" in line]
        self.note(entry == ["opencrane:x:10001:10001::/nonexistent:/usr/sbin/nologin"], f"account: {' '.join(entry)}")
        description = (self.root / "var/lib/dpkg/status.d/git").read_text()
        self.note("Package: git\n" in description, f"git is known to scanners: {re.search('Version: (.*)', description)[1]}")
        texts = list((self.root / "usr/share/doc/opencrane/third-party").glob("*/*"))
        self.note(len(texts) > 28, f"{len(texts)} texts of licences and notices lie in the image")


def memory(pid):
    """Resident and proportional size of a process, in bytes."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return tuple(int(re.search(rf"^{name}: +(\d+) kB", text, re.M)[1]) * 1024 for name in ("Rss", "Pss"))


def own_authority(folder):
    """An authority of a moment, and a certificate of it for localhost; returns the paths of authority, certificate and key."""
    config = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    subprocess.run(
        f"""set -e; cd '{folder}'
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=Test authority' -keyout ca.key -out ca.pem
        openssl req -newkey rsa:2048 -nodes -subj '/CN=localhost' -keyout server.key -out server.csr
        printf '%s' '{config}' > extensions
        openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile extensions -out server.pem""",
        shell=True, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return folder / "ca.pem", folder / "server.pem", folder / "server.key"
