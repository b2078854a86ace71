"""What the Dockerfile says, read from the file itself, so that it is said once only."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Dockerfile:
    """Instructions by stage. Only what this project's file uses is understood."""

    def __init__(self, path=ROOT / "Dockerfile"):
        lines = [line for line in path.read_text().splitlines() if not line.lstrip().startswith("#")]
        joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
        self.arguments, self.stages = {}, []
        for line in filter(str.strip, joined.splitlines()):
            word, rest = line.strip().split(None, 1)
            if word == "FROM":
                self.stages.append([])
            elif word == "ARG" and not self.stages:
                name, _, value = rest.partition("=")
                self.arguments[name] = value
            if self.stages:
                self.stages[-1].append((word, rest))

    def values(self, word, stage=-1):
        return [rest for name, rest in self.stages[stage] if name == word]

    def packages(self, stage=-1):
        """Debian packages that a stage installs, and those of which it takes files only."""
        commands = [part.strip() for run in self.values("RUN", stage) for part in run.split("&&")]
        installed = [word for command in commands if command.startswith("apt-get install") for word in command.split()[2:] if word[0] != "-"]
        taken = [word for command in commands if command.startswith("apt-get download") for word in command.split()[2:]]
        return installed, taken

    @property
    def suite(self):
        """Debian's name of the release that the last stage begins with."""
        return re.search(r":(\w+)-slim$", self.arguments["RUNTIME_IMAGE"])[1]

    @property
    def swift(self):
        """The version of Swift of the first stage."""
        return re.search(r"^swift:([\d.]+)-", self.arguments["BUILD_IMAGE"])[1]

    @property
    def user(self):
        return self.values("USER")[-1]

    @property
    def ports(self):
        return {int(port) for ports in self.values("EXPOSE") for port in ports.split()}
