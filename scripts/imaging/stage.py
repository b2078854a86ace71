"""What the image's containers talk to, outside of them: PostgreSQL, a Kubernetes API, and a host with HTTPS whose authority is not a public one."""

import base64
import glob
import http.client
import http.server
import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import threading
import time

from dockerfile import ROOT
from engine import free_port, run

TENANT_TOKEN = "api-token-of-the-image-test-0123456789"


def wait(what, condition, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"image: {what} did not happen within {seconds} s")
        time.sleep(0.05)


class Postgres:
    """A private server from Debian's binaries, as the user that the package has made."""

    def __init__(self, folder):
        binaries = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        self.folder, port = folder / "postgres", free_port()
        self.folder.mkdir()
        shutil.chown(self.folder, "postgres", "postgres")
        prefix, data = ["runuser", "-u", "postgres", "--"], self.folder / "data"
        run(*prefix, f"{binaries}/initdb", "-D", data, "-U", "opencrane", "--auth=trust", "--no-sync", cwd=self.folder)
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        self.control = [*prefix, f"{binaries}/pg_ctl", "-D", data]
        # Its output must go to a file: what it starts would hold a pipe open.
        subprocess.run([*self.control, "-l", self.folder / "log", "-w", "-o", options, "start"], check=True, stdout=subprocess.DEVNULL, cwd=self.folder)
        self.url = f"postgres://opencrane@127.0.0.1:{port}/postgres"

    def stop(self):
        subprocess.run([*self.control, "-m", "immediate", "stop"], stdout=subprocess.DEVNULL, cwd=self.folder)


class Cluster:
    """The local Kubernetes API, with OpenCrane's manifests installed as docs/install.md says."""

    def __init__(self, folder, binary, database):
        self.kubeconfig, self.log = folder / "kubeconfig", open(folder / "cluster.log", "w")
        self.process = subprocess.Popen([binary, "dev-cluster", "--kubeconfig", self.kubeconfig], stdout=self.log, stderr=self.log)
        wait("the API server", self.kubeconfig.exists)
        text = self.kubeconfig.read_text()
        host, port = re.search(r"server: *\"?https://([^:/\"]+):(\d+)", text).groups()
        self.host, self.port = host, int(port)
        self.authority = base64.b64decode(re.search(r"certificate-authority-data: *\"?([A-Za-z0-9+/=]+)", text)[1]).decode()
        self.kubectl("apply", "--server-side", "-f", ROOT / "crds")
        self.kubectl("wait", "--for=condition=Established", "--timeout=60s", "-f", ROOT / "crds")
        self.kubectl("apply", "-k", ROOT / "manifests/install")
        self.kubectl("-n", "opencrane", "create", "secret", "generic", "opencrane", f"--from-literal=DATABASE_URL={database}",
                     f"--from-literal=OPENCRANE_API_TOKEN={TENANT_TOKEN}")

    def kubectl(self, *arguments):
        return run("kubectl", "--kubeconfig", self.kubeconfig, *arguments)

    def get(self, kind, name, namespace):
        return json.loads(self.kubectl("-n", namespace, "get", kind, name, "-o", "json"))

    def find(self, kind, name, namespace):
        """The same, or nothing where there is none."""
        text = self.kubectl("-n", namespace, "get", kind, name, "-o", "json", "--ignore-not-found")
        return json.loads(text) if text.strip() else None

    def token(self, account, namespace):
        return self.kubectl("-n", namespace, "create", "token", account).strip()

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


class SecureHost:
    """https://localhost: a repository of git under /repository, and the control plane under everything else."""

    def __init__(self, folder, certificate, key):
        self.repositories = folder / "repositories"
        work = folder / "work"
        git = ["git", "-c", "user.name=test", "-c", "user.email=test@example.com", "-C", work]
        work.mkdir()
        (work / "SKILL.md").write_text("# A skill\n")
        run("git", "init", "--quiet", work)
        run(*git, "add", "SKILL.md")
        run(*git, "commit", "--quiet", "-m", "A skill")
        run("git", "clone", "--quiet", "--bare", work, self.repositories / "repository")
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def handler(self):
        repositories = self.repositories

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self, status, headers, body):
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def serve(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                path, _, query = self.path.partition("?")
                if not path.startswith("/repository"):
                    connection = http.client.HTTPConnection("127.0.0.1", 8080, timeout=30)
                    passed = {name: value for name, value in self.headers.items() if name.lower() in ("authorization", "content-type", "accept")}
                    connection.request(self.command, self.path, body, passed)
                    response = connection.getresponse()
                    return self.answer(response.status, [("Content-Type", response.getheader("Content-Type", ""))], response.read())
                environment = {
                    "PATH": os.environ["PATH"], "REQUEST_METHOD": self.command, "PATH_INFO": path, "QUERY_STRING": query, "GIT_HTTP_EXPORT_ALL": "1",
                    "GIT_PROJECT_ROOT": str(repositories), "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
                    "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""), "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                }
                done = subprocess.run(["git", "http-backend"], input=body, env=environment, stdout=subprocess.PIPE)
                head, _, content = done.stdout.partition(b"\r\n\r\n")
                headers = [tuple(line.split(": ", 1)) for line in head.decode().split("\r\n") if ": " in line]
                status = next((int(value.split()[0]) for name, value in headers if name == "Status"), 200)
                self.answer(status, [(name, value) for name, value in headers if name != "Status"], content)

            do_GET = do_POST = serve

            def log_message(self, *_):
                pass

        return Handler

    def stop(self):
        self.server.shutdown()
