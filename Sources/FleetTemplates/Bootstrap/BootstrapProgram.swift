/// The program that a machine runs once, at its first start, to become a gateway: Python 3, and nothing but its standard library.
///
/// It can be ended and started again at any point: what it has reached is in `bootstrap-progress.json` beside the gateway's state.
/// Exit codes: 0 done; 1 given up (it reported why, if it could); 2 called wrongly.
public enum BootstrapProgram {
    /// The program's text.
    public static let text = #"""
        #!/usr/bin/env python3
        """Turns a fresh machine into an OpenClaw gateway.

        usage: bootstrap.py BOOTSTRAP.JSON
        """
        import hashlib
        import json
        import os
        import shutil
        import ssl
        import subprocess
        import sys
        import time
        import urllib.error
        import urllib.request

        PATIENCE = 600  # seconds for which the control plane is asked again
        LONGEST_PAUSE = 120  # seconds it may ask to be left alone
        # A control plane may not know of a machine yet that was made just now, so it is also asked again when it refuses.
        PASSING = (401, 403, 404, 408, 425, 429)
        STAGES = ["started", "secrets", "files", "repositories", "gateway", "ready"]
        UNIT = """[Unit]
        Description=OpenClaw gateway
        After=network-online.target
        Wants=network-online.target

        [Service]
        EnvironmentFile={environment}
        ExecStart={program} gateway --port {port}
        Restart=always
        RestartSec=5

        [Install]
        WantedBy=multi-user.target
        """


        class GaveUp(Exception):
            """A stage failed; the message is for people."""


        class Unheard(GaveUp):
            """The control plane was asked for long enough; to tell it so is of little use."""


        def asked_pause(error):
            """The seconds of a Retry-After header; 0 for none."""
            text = (error.headers.get("Retry-After") or "").strip()
            return min(int(text), LONGEST_PAUSE) if text.isascii() and text.isdigit() else 0


        def write(path, text, mode):
            """Replaces a file as a whole, so that nobody ever reads half of it."""
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            part = path + ".part"
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                os.fchmod(file.fileno(), mode)
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)


        class Bootstrap:
            def __init__(self, document):
                self.document = document
                self.state = document["stateDirectory"]
                self.progress_path = os.path.join(self.state, "bootstrap-progress.json")
                self.secrets_path = os.path.join(self.state, "bootstrap-secrets.json")
                self.progress = self.read(self.progress_path) or {"seq": 0, "stage": None}
                authority = document.get("certificateAuthority")
                self.tls = ssl.create_default_context(cadata=authority) if authority else ssl.create_default_context()

            @staticmethod
            def read(path):
                try:
                    with open(path, encoding="utf-8") as file:
                        return json.load(file)
                except (OSError, ValueError):
                    return None

            def call(self, path, body, patience=None):
                """Posts JSON, again and again while that may help; returns status and answer."""
                url = self.document["controlPlaneURL"].rstrip("/") + path
                data = json.dumps(body).encode("utf-8")
                headers = {"Authorization": "Bearer " + self.document["credential"], "Content-Type": "application/json"}
                if patience is None:
                    patience = self.document.get("patienceSeconds", PATIENCE)
                end, pause = time.monotonic() + patience, 1.0
                while True:
                    asked = 0
                    try:
                        request = urllib.request.Request(url, data=data, headers=headers, method="POST")
                        context = self.tls if url.startswith("https:") else None
                        with urllib.request.urlopen(request, timeout=30, context=context) as answer:
                            return answer.status, json.loads(answer.read() or b"{}")
                    except urllib.error.HTTPError as error:
                        if error.code not in PASSING and error.code < 500:
                            return error.code, {}
                        reason = "it answers with HTTP %d" % error.code
                        asked = asked_pause(error)
                    except (OSError, ValueError) as error:
                        reason = type(error).__name__
                    wait = max(pause, asked)
                    if time.monotonic() + wait > end:
                        raise Unheard("the control plane does not help this machine: " + reason)
                    time.sleep(wait)
                    pause = min(pause * 2, 30.0)

            def report(self, stage, message, level="info", patience=None):
                """Tells the control plane; the number is stored first, so that no two reports ever share one."""
                self.progress["seq"] += 1
                write(self.progress_path, json.dumps(self.progress), 0o600)
                now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
                body = {"seq": self.progress["seq"], "stage": stage, "level": level, "message": message[:1000], "ts": now}
                status, _ = self.call("/v1/bootstrap/callbacks", body, patience)
                if status in (409, 410):
                    raise GaveUp("the control plane does not expect this machine (HTTP %d)" % status)
                if status >= 400:
                    raise GaveUp("the control plane refused a report (HTTP %d)" % status)

            def done(self, stage, message):
                """Reports a stage, once: a program that was started again repeats what it did, but not what it said."""
                reached = self.progress["stage"]
                if reached in STAGES and STAGES.index(stage) <= STAGES.index(reached):
                    return
                self.report(stage, message)
                self.progress["stage"] = stage
                write(self.progress_path, json.dumps(self.progress), 0o600)

            def secrets(self):
                kept = self.read(self.secrets_path)
                if kept is not None:
                    return kept
                status, answer = self.call("/v1/bootstrap/secrets", {})
                if status == 409:
                    raise GaveUp("the secrets were handed out before; rotate the machine's key and try again")
                if status >= 400:
                    raise GaveUp("the control plane refused the secrets (HTTP %d)" % status)
                write(self.secrets_path, json.dumps(answer), 0o600)
                return answer

            def files(self, secrets):
                root = os.path.realpath(self.state)
                for path, text in list(secrets["files"].items()) + list((secrets.get("private") or {}).items()):
                    target = os.path.realpath(os.path.join(root, path))
                    if os.path.commonpath([root, target]) != root:
                        raise GaveUp("a file lies outside of the state directory: " + path)
                    write(target, text, 0o600)
                canonical = json.dumps(secrets["files"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
                return hashlib.sha256(canonical.encode("utf-8")).hexdigest()

            def repositories(self, secrets):
                workspace = os.path.join(self.state, secrets.get("repositoryDirectory") or "workspace", "repos")
                count = 0
                for repository in secrets.get("repositories") or []:
                    name = repository.rstrip("/").split("/")[-1].removesuffix(".git")
                    url = repository if "://" in repository else "https://github.com/" + repository
                    target = os.path.join(workspace, name)
                    if os.path.isdir(os.path.join(target, ".git")):
                        continue
                    shutil.rmtree(target, ignore_errors=True)
                    os.makedirs(workspace, exist_ok=True)
                    command = ["git", "clone", "--quiet", "--depth", "50", "--", url, target]
                    environment = dict(os.environ, GIT_TERMINAL_PROMPT="0")
                    try:
                        result = subprocess.run(
                            command, env=environment, timeout=300, stdin=subprocess.DEVNULL, capture_output=True, text=True
                        )
                    except (OSError, subprocess.TimeoutExpired) as error:
                        raise GaveUp("the repository %s cannot be cloned: %s" % (repository, type(error).__name__))
                    if result.returncode != 0:
                        lines = (result.stderr or "").strip().splitlines() or ["git ended with %d" % result.returncode]
                        raise GaveUp("the repository %s cannot be cloned: %s" % (repository, lines[-1]))
                    count += 1
                return count

            def gateway(self, secrets):
                environment = os.path.join(self.state, "gateway.env")
                variables = {
                    "OPENCLAW_STATE_DIR": self.state,
                    "OPENCLAW_GATEWAY_TOKEN": secrets["gatewayToken"],
                    "OPENCLAW_DISABLE_BONJOUR": "1",
                }
                variables.update(secrets.get("environment") or {})
                lines = ["%s=%s\n" % item for item in sorted(variables.items())]
                write(environment, "".join(lines), 0o600)
                if not self.document["startsGateway"]:
                    return "left to the machine's supervisor"
                program = shutil.which("openclaw")
                if program is None:
                    raise GaveUp("there is no openclaw in this image")
                unit = UNIT.format(environment=environment, program=program, port=secrets["gatewayPort"])
                write("/etc/systemd/system/openclaw-gateway.service", unit, 0o644)
                for command in (["systemctl", "daemon-reload"], ["systemctl", "enable", "--now", "openclaw-gateway.service"]):
                    result = subprocess.run(command, timeout=120, stdin=subprocess.DEVNULL, capture_output=True, text=True)
                    if result.returncode != 0:
                        raise GaveUp("%s failed: %s" % (" ".join(command), result.stderr.strip()[:200]))
                return "started"

            def run(self):
                stage = "started"
                try:
                    self.done(stage, "bootstrap of %s" % self.document["machine"])
                    stage = "secrets"
                    secrets = self.secrets()
                    self.done(stage, "secrets received")
                    stage = "files"
                    self.done(stage, self.files(secrets))
                    stage = "repositories"
                    self.done(stage, "%d cloned" % self.repositories(secrets))
                    stage = "gateway"
                    self.done(stage, self.gateway(secrets))
                    stage = "ready"
                    self.done(stage, "done")
                    return 0
                except GaveUp as error:
                    print("bootstrap: %s: %s" % (stage, error), file=sys.stderr)
                    try:
                        self.report(stage, str(error), level="error", patience=0 if isinstance(error, Unheard) else None)
                    except GaveUp:
                        pass
                    return 1


        def main():
            if len(sys.argv) != 2:
                print(__doc__, file=sys.stderr)
                return 2
            document = Bootstrap.read(sys.argv[1])
            if not isinstance(document, dict) or document.get("apiVersion") != "opencrane.io/bootstrap/v1":
                print("bootstrap: %s is no bootstrap document" % sys.argv[1], file=sys.stderr)
                return 2
            os.umask(0o077)
            return Bootstrap(document).run()


        if __name__ == "__main__":
            sys.exit(main())

        """#
}
