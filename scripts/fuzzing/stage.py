"""Everything that is fuzzed, as processes of this machine: PostgreSQL, a Kubernetes API, operator, control plane, and what they talk to."""

import base64
import ctypes
import glob
import json
import os
import pathlib
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import upstreams

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARIES = pathlib.Path(os.environ.get("OPENCRANE_E2E_BIN", ROOT / ".build/debug"))
PYTHON = os.environ.get("OPENCRANE_E2E_PYTHON", str(ROOT / ".build-python/bin/python"))
NAMESPACE = "fuzz"


class Failure(Exception):
    pass


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def get(url, headers=None, body=None, method=None):
    """Status and body of an answer; status 0 when there is none."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers={"Content-Type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:
        return 0, b""


class Stage:
    def __init__(self, keep=False):
        self.keep = keep
        self.processes = []
        self.tokens = {}

    def path(self, name):
        return str(self.root / name)

    def __enter__(self):
        # 0711: run as root, PostgreSQL drops to another user, who must reach its folder below.
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="opencrane-fuzz-"))
        self.root.chmod(0o711)
        try:
            self.open()
        except BaseException:
            self.close(failed=True)
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def open(self):
        if not (BINARIES / "opencrane").exists():
            raise Failure(f"{BINARIES}/opencrane is missing: make build")
        self.start_postgres()
        self.start_cluster()
        self.start_upstreams()
        self.start_opencrane()
        self.prepare()

    def close(self, failed=False):
        for process in reversed(self.processes):
            process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if failed:
            for log in sorted(self.root.glob("*.log")):
                print(f"-- {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-15:]))
        if self.keep:
            print(f"fuzz: logs and reports are in {self.root}")
        else:
            shutil.rmtree(self.root, ignore_errors=True)

    def start(self, name, command, environment=None, **options):
        """Starts a program that ends with this one."""
        base = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH") if key in os.environ}
        log = open(self.path(f"{name}.log"), "wb")
        process = subprocess.Popen(
            [str(part) for part in command], env={**base, **(environment or {})}, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            preexec_fn=die_with_parent, cwd=self.root, **options,
        )
        process.name = name
        self.processes.append(process)
        return process

    def wait(self, what, condition, process=None, limit=90):
        deadline = time.monotonic() + limit
        while not condition():
            if process and process.poll() is not None:
                raise Failure(f"{process.name} ended with status {process.returncode}")
            if time.monotonic() > deadline:
                raise Failure(f"not within {limit} s: {what}")
            time.sleep(0.1)

    # What OpenCrane needs.

    def start_postgres(self):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin")) or [os.path.dirname(shutil.which("postgres") or "")]
        folder, port, password = self.root / "postgres", free_port(), secrets.token_hex(16)
        folder.mkdir(mode=0o700)
        (folder / "password").write_text(password + "\n")
        owner = {}
        if os.geteuid() == 0:
            user = next(entry for name in ("postgres", "nobody") for entry in pwd.getpwall() if entry.pw_name == name)
            owner = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            for entry in (folder, folder / "password"):
                os.chown(entry, user.pw_uid, user.pw_gid)
        initdb = self.start(
            "initdb",
            [f"{found[-1]}/initdb", "-D", folder / "data", "-U", "opencrane", f"--pwfile={folder}/password", "--auth=scram-sha-256",
             "--encoding=UTF8", "--locale=C", "--no-sync"],
            **owner,
        )
        if initdb.wait(120):
            raise Failure("initdb failed")
        self.processes.remove(initdb)
        settings = ["listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={folder}", "fsync=off",
                    "synchronous_commit=off", "full_page_writes=off", "log_min_messages=warning", "max_connections=200"]
        server = self.start(
            "postgres", [f"{found[-1]}/postgres", "-D", folder / "data", *(part for one in settings for part in ("-c", one))], **owner
        )
        ready = [f"{found[-1]}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
        self.wait("PostgreSQL answers", lambda: subprocess.run(ready).returncode == 0, server)
        self.database = f"postgres://opencrane:{password}@127.0.0.1:{port}/postgres"

    def start_cluster(self):
        self.kubeconfig = self.path("kubeconfig")
        server = self.start("cluster", [BINARIES / "opencrane", "dev-cluster", "--kubeconfig", self.kubeconfig])
        self.wait("the Kubernetes API answers", lambda: os.path.exists(self.kubeconfig), server)
        self.kubectl("apply", "--server-side", "-f", ROOT / "crds")
        self.kubectl("wait", "--for=condition=Established", "--timeout=60s", "-f", ROOT / "crds")
        self.kubectl("create", "namespace", NAMESPACE)
        self.start("workloads", [BINARIES / "opencrane", "dev-workloads", "--kubeconfig", self.kubeconfig])

    def kubectl(self, *arguments, text=None):
        environment = {**os.environ, "KUBECONFIG": self.kubeconfig}
        result = subprocess.run(
            ["kubectl", *(str(part) for part in arguments)], env=environment, input=text, capture_output=True, text=True
        )
        if result.returncode:
            raise Failure(f"kubectl {' '.join(map(str, arguments))}: {result.stderr}")
        return result.stdout

    def start_upstreams(self):
        """The model proxy, the retrieval service, the identity provider and the registry of skills."""
        self.upstreams = upstreams.serve()
        port = free_port()
        self.issuer = f"http://127.0.0.1:{port}"
        provider = self.start("provider", [PYTHON, "-W", "ignore", "-m", "oidc_provider_mock", "--port", port])
        self.registry = f"http://127.0.0.1:{free_port()}"
        (self.root / "registry.yml").write_text(
            f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {self.root}/registry}}, delete: {{enabled: true}}}}\n"
            f"http: {{addr: {self.registry[7:]}, secret: fuzz}}\n"
        )
        registry = self.start("registry", ["docker-registry", "serve", self.root / "registry.yml"])
        self.wait("the registry answers", lambda: get(f"{self.registry}/v2/")[0] == 200, registry)
        self.wait(
            "the identity provider answers", lambda: get(f"{self.issuer}/.well-known/openid-configuration")[0] == 200, provider
        )

    # OpenCrane itself.

    def start_opencrane(self):
        port, health = free_port(), (free_port(), free_port())
        self.api = f"http://127.0.0.1:{port}"
        self.tokens = {
            "FUZZ_TOKEN": "fuzz-" + secrets.token_hex(32), "FUZZ_PLATFORM_TOKEN": "fuzz-" + secrets.token_hex(32),
            "FUZZ_MACHINE_CREDENTIAL": "ocb_unknown_" + secrets.token_hex(32),
        }
        common = {"KUBECONFIG": self.kubeconfig, "DATABASE_URL": self.database, "POD_NAMESPACE": NAMESPACE, "HEALTH_HOST": "127.0.0.1"}
        # Nobody makes machines: tenants in virtual machines stay on their way, and the run starts no processes of its own.
        crane = self.start("operator", [BINARIES / "opencrane", "operator"], {
            **common, "WATCH_NAMESPACE": NAMESPACE, "TENANT_DEFAULT_IMAGE": "registry.example.com/openclaw:1.0.0",
            "INGRESS_DOMAIN": "fuzz.example.com", "LEADER_ELECTION": "false", "HEALTH_PORT": str(health[0]),
        })
        plane = self.start("control-plane", [BINARIES / "opencrane", "control-plane"], {
            **common, "NAMESPACE": NAMESPACE, "HOST": "127.0.0.1", "PORT": str(port), "HEALTH_PORT": str(health[1]),
            "OPENCRANE_API_TOKEN": self.tokens["FUZZ_TOKEN"], "OPENCRANE_PLATFORM_TOKEN": self.tokens["FUZZ_PLATFORM_TOKEN"],
            "OPENCRANE_MACHINE_PROVIDER": "local", "INSTANCE_ORDER_LIMIT": "60", "MACHINE_CONTROL_PLANE_URL": self.api,
            "LITELLM_ENDPOINT": self.upstreams, "LITELLM_MASTER_KEY": upstreams.MASTER_KEY, "COGNEE_ENDPOINT": self.upstreams,
            "OPENCRANE_SEALING_KEYS": "fuzz:" + base64.b64encode(secrets.token_bytes(32)).decode(),
            "SKILL_OCI_REGISTRY_URL": self.registry, "SKILL_REGISTRY_URL": "http://skills.example.com", "MCP_GATEWAY_URL": "http://mcp.example.com",
            # Wrong credentials are counted by address: each request says that it comes from another one (hooks.py).
            "OPENCRANE_TRUSTED_PROXIES": "1",
            # Nothing is fetched from hosts that the generator thinks of.
            "THIRD_PARTY_SOURCE_HOSTS": "fuzz-sources.example.org",
            "OIDC_ISSUER_URL": self.issuer, "OIDC_CLIENT_ID": "fuzz", "OIDC_CLIENT_SECRET": "fuzz-secret",
            "OIDC_REDIRECT_URI": f"{self.api}/api/v1/auth/callback",
        })
        self.wait("the operator is ready", lambda: get(f"http://127.0.0.1:{health[0]}/readyz")[0] == 200, crane)
        self.wait("the control plane is ready", lambda: get(f"http://127.0.0.1:{health[1]}/readyz")[0] == 200, plane)

    def call(self, method, path, body=None):
        headers = {"Authorization": "Bearer " + self.tokens["FUZZ_TOKEN"], "X-OpenCrane-Organization": "fuzz", "X-OpenCrane-User": "fuzz"}
        status, answer = get(self.api + path, headers, body, method)
        if not 200 <= status < 300:
            raise Failure(f"{method} {path}: {status} {answer[:500]}")
        return json.loads(answer) if answer else None

    def prepare(self):
        """Credentials that somebody must have made."""
        self.call("POST", "/api/v1/tenants", {"name": "fuzz-home", "displayName": "Home", "email": "home@example.com"})
        key = self.call("POST", "/v1/api-keys", {
            "name": "fuzz", "role": "admin",
            "scopes": ["instances:read", "instances:write", "instances:delete", "api-keys:read", "api-keys:write"],
        })
        self.tokens["FUZZ_API_KEY"] = next(value for value in key.values() if str(value).startswith("ock_"))
        names = []

        def account():
            names[:] = self.kubectl("get", "serviceaccounts", "-A", "-o", "jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name} {end}").split()
            return any("fuzz-home" in name for name in names)

        self.wait("the tenant has a ServiceAccount", account)
        namespace, name = next(name for name in names if "fuzz-home" in name).split("/")
        asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"audiences": ["control-plane"], "expirationSeconds": 14400}}
        path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token"
        answer = self.kubectl("create", "--raw", path, "-f", "-", text=json.dumps(asked))
        self.tokens["FUZZ_WORKLOAD_TOKEN"] = json.loads(answer)["status"]["token"]

    # What is left behind.

    def log(self, name):
        for line in (self.root / f"{name}.log").read_bytes().splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                yield {"message": line.decode(errors="replace")}

    def requests(self):
        return sum(1 for entry in self.log("control-plane") if entry.get("message") == "request")

    def problems(self):
        """What must not be in the logs, and who must not have ended."""
        found = [f"{process.name} ended with status {process.returncode}" for process in self.processes if process.poll() is not None]
        for name in ("control-plane", "operator"):
            for entry in self.log(name):
                text = json.dumps({key: value for key, value in entry.items() if key != "time" and not key.endswith("request.id")})
                if "INTERNAL_ERROR" in text or "Fatal error" in text:
                    found.append(f"{name}: {text[:400]}")
                # What the API took and Kubernetes does not is tried for ever, and does not work.
                elif entry.get("message") == "Reconcile failed" and re.search("BadRequest|Invalid", text):
                    found.append(f"{name}: {text[:400]}")
        return sorted(set(found))
