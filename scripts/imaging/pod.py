"""What a kubelet does with a container of a Deployment, as far as it matters to the container: settings, accounts, limits, probes.

The container runs in an OCI runtime (runc) with the security context of the manifest: its user, no capabilities, no new privileges, a file system that
cannot be written to, the seccomp profile RuntimeDefault of container engines, and the limit of memory.
"""

import base64
import json
import os
import pathlib
import resource
import subprocess
import time
import urllib.error
import urllib.request

from engine import run

SECCOMP = pathlib.Path("/usr/share/containers/seccomp.json")
ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


def seccomp():
    """The engines' default profile as it is for a container without capabilities on this machine."""
    profile = json.loads(SECCOMP.read_text())
    machine = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
    calls = []
    for call in profile["syscalls"]:
        included, excluded = call.get("includes") or {}, call.get("excludes") or {}
        if included.get("caps") or machine not in (included.get("arches") or [machine]) or machine in (excluded.get("arches") or []):
            continue
        names = call.get("names") or [call["name"]]
        calls.append({key: value for key, value in call.items() if key in ("action", "args", "errnoRet") and value not in (None, [])} | {"names": names})
    architectures = {"amd64": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"], "arm64": ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"]}[machine]
    return {"defaultAction": profile["defaultAction"], "architectures": architectures, "syscalls": calls} | (
        {"defaultErrnoRet": profile["defaultErrnoRet"]} if "defaultErrnoRet" in profile else {})


def bytes_of(quantity):
    for suffix, factor in {"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30}.items():
        if quantity.endswith(suffix):
            return int(quantity[:-2]) * factor
    return int(quantity)


class Container:
    """A container of a Deployment that an API server has."""

    def __init__(self, bundle, folder, cluster, deployment, name):
        pod = deployment["spec"]["template"]["spec"]
        self.spec = next(container for container in pod["containers"] if container["name"] == name)
        self.pod, self.cluster, self.namespace = pod, cluster, deployment["metadata"]["namespace"]
        self.bundle, self.folder, self.name = bundle, folder / name, f"opencrane-{name}-{os.getpid()}"
        self.folder.mkdir()
        self.process, self.count = None, 0

    def environment(self):
        found = {}
        for source in self.spec.get("envFrom", []):
            if "configMapRef" in source:
                found |= self.cluster.get("configmap", source["configMapRef"]["name"], self.namespace).get("data", {})
            else:
                data = self.cluster.get("secret", source["secretRef"]["name"], self.namespace).get("data", {})
                found |= {key: base64.b64decode(value).decode() for key, value in data.items()}
        fields = {"metadata.namespace": self.namespace, "metadata.name": self.name, "spec.nodeName": "node"}
        for variable in self.spec.get("env", []):
            origin = variable.get("valueFrom", {})
            if "fieldRef" in origin:
                found[variable["name"]] = fields[origin["fieldRef"]["fieldPath"]]
            elif "secretKeyRef" in origin:
                secret = self.cluster.get("secret", origin["secretKeyRef"]["name"], self.namespace)
                found[variable["name"]] = base64.b64decode(secret["data"][origin["secretKeyRef"]["key"]]).decode()
            else:
                found[variable["name"]] = variable.get("value", "")
        return found | {"KUBERNETES_SERVICE_HOST": self.cluster.host, "KUBERNETES_SERVICE_PORT": str(self.cluster.port)}

    def configuration(self, arguments=None, environment=None, mounts=()):
        """What the image says, and over it what the manifest says."""
        found = json.loads((self.bundle / "config.json").read_text())
        process, security = found["process"], self.spec["securityContext"]
        process["terminal"] = False
        process["args"] = arguments or [process["args"][0], *self.spec["args"]]
        process["env"] += [f"{name}={value}" for name, value in (environment if environment is not None else self.environment()).items()]
        process["user"] = {"uid": self.pod["securityContext"]["runAsUser"], "gid": self.pod["securityContext"]["runAsGroup"],
                           "additionalGids": [self.pod["securityContext"]["fsGroup"]]}
        process["noNewPrivileges"] = not security["allowPrivilegeEscalation"]
        process["capabilities"] = {kind: [] for kind in ("bounding", "effective", "inheritable", "permitted", "ambient")}
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        process["rlimits"] = [{"type": "RLIMIT_NOFILE", "soft": files, "hard": files}]
        found["root"] = {"path": str(self.bundle / "rootfs"), "readonly": security["readOnlyRootFilesystem"]}
        limit = bytes_of(self.spec["resources"]["limits"]["memory"])
        found["linux"]["resources"]["memory"] = {"limit": limit}
        found["linux"]["seccomp"] = seccomp()
        # The network is that of the pod, here of the whole test.
        found["linux"]["namespaces"] = [space for space in found["linux"]["namespaces"] if space["type"] not in ("network", "user")]
        found["mounts"] += [self.mount(mount) for mount in self.spec.get("volumeMounts", [])]
        # What every pod is given.
        for path, text in {"/etc/hosts": "127.0.0.1 localhost\n", "/etc/resolv.conf": "nameserver 127.0.0.1\n"}.items():
            (self.folder / os.path.basename(path)).write_text(text)
            mounts = [*mounts, (self.folder / os.path.basename(path), path)]
        for source, destination in mounts:
            found["mounts"].append({"destination": destination, "type": "bind", "source": str(source), "options": ["rbind", "ro"]})
        return found

    def mount(self, mount):
        """What a volume of the pod is in the container: memory for an emptyDir, a folder of files for a Secret."""
        volume = next(volume for volume in self.pod["volumes"] if volume["name"] == mount["name"])
        if "emptyDir" in volume:
            options = ["nosuid", "nodev", "mode=1777", f"size={bytes_of(volume['emptyDir'].get('sizeLimit', '1Gi'))}"]
            return {"destination": mount["mountPath"], "type": "tmpfs", "source": "tmpfs", "options": options}
        if set(volume) != {"name", "secret"}:
            raise SystemExit(f"image: the volume {volume['name']} is of a kind that this test does not know")
        folder = self.folder / volume["name"]
        folder.mkdir(exist_ok=True)
        secret = self.cluster.find("secret", volume["secret"]["secretName"], self.namespace)
        if not secret and not volume["secret"].get("optional"):
            raise SystemExit(f"image: there is no Secret {volume['secret']['secretName']}")
        for name, value in (secret or {}).get("data", {}).items():
            (folder / name).write_bytes(base64.b64decode(value))
        return {"destination": mount["mountPath"], "type": "bind", "source": str(folder), "options": ["rbind", "ro"]}

    def account(self):
        """The folder with the token of the pod's ServiceAccount."""
        folder = self.folder / "account"
        folder.mkdir(exist_ok=True)
        (folder / "token").write_text(self.cluster.token(self.pod["serviceAccountName"], self.namespace))
        (folder / "ca.crt").write_text(self.cluster.authority)
        (folder / "namespace").write_text(self.namespace)
        return folder

    def start(self):
        (self.folder / "config.json").write_text(json.dumps(self.configuration(mounts=[(self.account(), ACCOUNT)])))
        with open(self.folder / "log", "w") as log:
            self.process = subprocess.Popen(["runc", "run", "--bundle", self.folder, self.name], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return self

    def once(self, *arguments, environment=None, mounts=()):
        """Runs a program of the image to its end, in the same conditions; returns its code and what it writes."""
        self.count += 1
        folder = self.folder / f"once-{self.count}"
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps(self.configuration(list(arguments), environment or {}, mounts)))
        done = subprocess.run(["runc", "run", "--bundle", folder, f"{self.name}-{self.count}"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=120)
        return done.returncode, done.stdout

    def probe(self, kind):
        """Whether a probe of the manifest succeeds."""
        target = self.spec[kind]["httpGet"]
        port = next(port["containerPort"] for port in self.spec["ports"] if port["name"] == target["port"])
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{target['path']}", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def wait(self, kind, seconds=120):
        started = time.monotonic()
        while not self.probe(kind):
            if self.process.poll() is not None:
                raise SystemExit(f"image: {self.name} has ended ({self.process.returncode})\n{self.log()[-3000:]}")
            if time.monotonic() - started > seconds:
                raise SystemExit(f"image: {self.name}: {kind} does not succeed within {seconds} s\n{self.log()[-3000:]}")
            time.sleep(0.02)
        return time.monotonic() - started

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def state(self):
        return json.loads(run("runc", "state", self.name))

    def remove(self):
        """Ends it at once, if it still runs."""
        if self.process and self.process.poll() is None:
            subprocess.run(["runc", "delete", "--force", self.name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.process.wait()

    def stop(self):
        """SIGTERM, and what a kubelet waits for. Returns the code and the time it took."""
        started = time.monotonic()
        run("runc", "kill", self.name, "TERM")
        try:
            code = self.process.wait(timeout=self.pod["terminationGracePeriodSeconds"])
        except subprocess.TimeoutExpired:
            code = None
            run("runc", "kill", self.name, "KILL")
            self.process.wait()
        return code, time.monotonic() - started
