"""Stand-ins for what the control plane calls: a LiteLLM proxy and the permission API of a retrieval service, as far as it uses them."""

import hashlib
import itertools
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlparse

MASTER_KEY = "sk-fuzz-master-0123456789"


class Refused(Exception):
    def __init__(self, status, kind="bad_request"):
        super().__init__(kind)
        self.status, self.kind = status, kind


class ModelProxy:
    """LiteLLM's rules: aliases are unique, what is repeated is refused, an explicit null clears, what is absent stays."""

    def __init__(self):
        self.keys, self.teams, self.members, self.users, self.credentials = {}, {}, {}, {}, {}
        self.numbers = itertools.count(1)

    def answer(self, method, path, query, body):
        if path.startswith("/credentials/"):
            return self.credential(method, unquote(path.removeprefix("/credentials/")), body)
        name = {("POST", "/credentials"): "new_credential"}.get((method, path)) or path.strip("/").replace("/", "_")
        handler = getattr(self, "on_" + name, None)
        if handler is None:
            raise Refused(404)
        return handler({**query, **body})

    def on_health_liveliness(self, _):
        return "I'm alive!"

    def on_key_generate(self, asked):
        alias = asked.get("key_alias")
        if any(row.get("key_alias") == alias for row in self.keys.values()):
            raise Refused(400)
        if asked.get("team_id") and asked["team_id"] not in self.teams:
            raise Refused(404)
        key = f"sk-fuzz-{next(self.numbers)}-0123456789abcdef"
        digest = hashlib.sha256(key.encode()).hexdigest()
        self.keys[digest] = {"spend": 0, **asked, "token": digest}
        return {**self.keys[digest], "key": key, "token_id": digest}

    def on_key_update(self, asked):
        row = self.keys.get(asked.get("key"))
        if row is None:
            raise Refused(404)
        row.update({name: value for name, value in asked.items() if name != "key"})
        return row

    def on_key_delete(self, asked):
        gone = [digest for digest, row in self.keys.items() if row.get("key_alias") in asked.get("key_aliases", [])]
        if not gone:
            raise Refused(404)
        for digest in gone:
            del self.keys[digest]
        return {"deleted_keys": asked["key_aliases"]}

    def on_key_info(self, asked):
        row = self.keys.get(asked.get("key"))
        if row is None:
            raise Refused(404)
        return {"key": asked["key"], "info": {**{name: value for name, value in row.items() if name != "token"}, "status": "active"}}

    def on_key_list(self, asked):
        size, page = int(asked.get("size", 10)), int(asked.get("page", 1))
        found = sorted(
            (row for row in self.keys.values() if all(row.get(name) == asked[name] for name in ("key_alias", "team_id") if name in asked)),
            key=lambda row: row["token"],
        )
        return {
            "keys": found[(page - 1) * size : page * size], "total_count": len(found), "current_page": page,
            "total_pages": -(-len(found) // size),
        }

    def on_team_info(self, asked):
        team = asked.get("team_id")
        if team not in self.teams:
            raise Refused(404)
        parts = self.members.get(team, {})
        return {
            "team_id": team, "keys": [],
            "team_info": {**self.teams[team], "members_with_roles": [{"user_id": user, "role": "user"} for user in sorted(parts)]},
            "team_memberships": [
                {"user_id": user, "team_id": team, "spend": 0, "litellm_budget_table": {"max_budget": parts[user]}} for user in sorted(parts)
            ],
        }

    def on_team_new(self, asked):
        if asked.get("team_id") in self.teams:
            raise Refused(400)
        self.teams[asked["team_id"]] = {**asked, "spend": 0}
        return self.teams[asked["team_id"]]

    def on_team_update(self, asked):
        if asked.get("team_id") not in self.teams:
            raise Refused(404)
        self.teams[asked["team_id"]].update(asked)
        return self.teams[asked["team_id"]]

    def on_team_member_add(self, asked):
        team, user = asked.get("team_id"), asked["member"]["user_id"]
        if team not in self.teams:
            raise Refused(404)
        if user in self.members.setdefault(team, {}):
            raise Refused(400, "team_member_already_in_team")
        self.members[team][user] = asked.get("max_budget_in_team")
        return {"team_id": team}

    def on_team_member_update(self, asked):
        parts = self.members.get(asked.get("team_id"), {})
        if asked.get("user_id") not in parts:
            raise Refused(400)
        parts[asked["user_id"]] = asked.get("max_budget_in_team", parts[asked["user_id"]])
        return {"team_id": asked["team_id"], "user_id": asked["user_id"]}

    def on_user_new(self, asked):
        if asked.get("user_id") in self.users:
            raise Refused(409)
        self.users[asked["user_id"]] = asked
        return asked

    def on_user_update(self, asked):
        if asked.get("user_id") not in self.users:
            raise Refused(404)
        self.users[asked["user_id"]].update(asked)
        return asked

    def on_user_daily_activity(self, asked):
        return {"results": [], "metadata": {"page": int(asked.get("page", 1)), "total_pages": 0, "has_more": False}}

    def on_new_credential(self, asked):
        if asked.get("credential_name") in self.credentials:
            raise Refused(409)
        self.credentials[asked["credential_name"]] = asked
        return {"success": True}

    def credential(self, method, name, asked):
        if name not in self.credentials:
            raise Refused(404)
        if method == "DELETE":
            del self.credentials[name]
        else:
            self.credentials[name] = asked
        return {"success": True}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy, lock = ModelProxy(), threading.Lock()

    def answer(self):
        target = urlparse(self.path)
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, result = 200, {}
        # The retrieval service takes whatever it is told.
        if not target.path.startswith("/v1/permissions/"):
            try:
                if self.headers.get("Authorization") != f"Bearer {MASTER_KEY}":
                    raise Refused(401)
                query = {name: values[-1] for name, values in parse_qs(target.query).items()}
                with self.lock:
                    result = self.proxy.answer(self.command, target.path, query, json.loads(text) if text else {})
            except Refused as refusal:
                status = refusal.status
                result = {"error": {"message": "refused", "type": refusal.kind, "param": None, "code": str(status)}}
        body = json.dumps(result).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def log_message(self, *_):
        pass


def serve():
    """Serves both on a free port for as long as this process runs; says where."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"
