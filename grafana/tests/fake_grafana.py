"""A Grafana's user, team, folder, data source and dashboard endpoints, as strict as Grafana."""

import base64
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from grafana.tests.fake_alerting import ALERTING
from grafana.tests.refusals import Refused, only, there

ADMIN = "admin:secret"


class FakeGrafana:
    """Keeps organisations, teams and the rest in memory; `writes` counts what was changed."""

    def __init__(self, users, folders):
        self.users = {n: {"id": n, "login": u, "email": u} for n, u in enumerate(users, 1)}
        self.orgs = {1: self._org("Main Org.")}
        for folder in folders:
            # Provisioned folders: administrators only, and one role that was set by hand.
            self.orgs[1]["folders"][folder] = [{"role": "Editor", "permission": 2}]
        self.writes = []

    @staticmethod
    def _org(name):
        return {
            "name": name,
            "members": {},
            "teams": {},
            "folders": {},
            "sources": {},
            "boards": {},
            "points": {},
            "policy": {"receiver": "grafana-default-email", "group_by": ["grafana_folder"]},
            "rules": {},
        }

    def answer(self, method, target, login, org, body):
        if login != ADMIN:
            raise Refused(401, "Invalid username or password")
        if org not in self.orgs:
            raise Refused(401, "organization not found")
        address = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        for verb, pattern, handler in ROUTES:
            if verb == method and (found := re.fullmatch(pattern, address.path)):
                if method != "GET":
                    self.writes.append((method, address.path))
                parts = [unquote(part) for part in found.groups()]
                return handler(self, self.orgs[org], *parts, query=query, body=body)
        raise Refused(404, f"no route {method} {address.path}")

    def org_by_name(self, _org, name, **_):
        for number, org in self.orgs.items():
            if org["name"] == name:
                return {"id": number, "name": name}
        raise Refused(404, "Organization not found")

    def make_org(self, _org, body, **_):
        only(body, {"name"})
        if body["name"] in {org["name"] for org in self.orgs.values()}:
            raise Refused(409, "Organization name taken")
        number = max(self.orgs) + 1
        self.orgs[number] = self._org(body["name"])
        return {"orgId": number, "message": "Organization created"}

    def org_users(self, _org, number, **_):
        return [
            {**user, "userId": user["id"]} for user in self.orgs[int(number)]["members"].values()
        ]

    def add_org_user(self, _org, number, body, **_):
        only(body, {"loginOrEmail", "role"})
        if body["role"] not in ("Viewer", "Editor", "Admin"):
            raise Refused(400, "Invalid role specified")
        user = self._user(body["loginOrEmail"])
        if user["id"] in self.orgs[int(number)]["members"]:
            raise Refused(409, "User is already member of this organization")
        self.orgs[int(number)]["members"][user["id"]] = user
        return {"message": "User added to organization", "userId": user["id"]}

    def lookup(self, _org, query, **_):
        return self._user(query["loginOrEmail"])

    def _user(self, login):
        for user in self.users.values():
            if login in (user["login"], user["email"]):
                return user
        raise Refused(404, "user not found")

    def search_teams(self, org, query, **_):
        teams = [t for t in org["teams"].values() if query["name"].lower() in t["name"].lower()]
        return {"totalCount": len(teams), "teams": teams}

    def make_team(self, org, body, **_):
        only(body, {"name"})
        if body["name"] in {team["name"] for team in org["teams"].values()}:
            raise Refused(409, "Team name taken")
        number = len(org["teams"]) + 1
        org["teams"][number] = {"id": number, "name": body["name"], "members": []}
        return {"message": "Team created", "teamId": number}

    def team_members(self, org, number, **_):
        return [{"userId": member} for member in org["teams"][int(number)]["members"]]

    def add_team_member(self, org, number, body, **_):
        only(body, {"userId"})
        members = org["teams"][int(number)]["members"]
        if body["userId"] in members:
            raise Refused(400, "User is already added to this team")
        members.append(body["userId"])
        return {"message": "Member added to Team"}

    def permissions(self, org, uid, **_):
        return [{"uid": uid, "inherited": False, **entry} for entry in there(org["folders"], uid)]

    def set_permissions(self, org, uid, body, **_):
        there(org["folders"], uid)
        for entry in body["items"]:
            only(entry, {"teamId", "userId", "role", "permission"})
            if len(set(entry) & {"teamId", "userId", "role"}) != 1:
                raise Refused(400, "one of teamId, userId and role")
            if entry["permission"] not in (1, 2, 4):
                raise Refused(400, "invalid permission")
        org["folders"][uid] = body["items"]
        return {"message": "Folder permissions updated"}

    def folder(self, org, uid, **_):
        there(org["folders"], uid)
        return {"uid": uid}

    def make_folder(self, org, body, **_):
        only(body, {"uid", "title"})
        if body["uid"] in org["folders"]:
            raise Refused(412, "a folder with that uid exists")
        org["folders"][body["uid"]] = []
        return {"uid": body["uid"]}

    def source(self, org, uid, **_):
        return {k: v for k, v in there(org["sources"], uid).items() if k != "secureJsonData"}

    def make_source(self, org, body, **_):
        for needed in ("name", "type", "access", "url", "user"):
            if not body.get(needed):
                raise Refused(400, f"{needed} is required")
        if body["uid"] in org["sources"]:
            raise Refused(409, "data source with the same uid already exists")
        org["sources"][body["uid"]] = body
        return {"message": "Datasource added"}

    def replace_source(self, org, uid, body, **_):
        there(org["sources"], uid)
        org["sources"][uid] = body
        return {"message": "Datasource updated"}

    def board(self, org, uid, **_):
        return {"dashboard": there(org["boards"], uid), "meta": {}}

    def write_board(self, org, body, **_):
        only(body, {"dashboard", "folderUid", "overwrite"})
        board = body["dashboard"]
        if body["folderUid"] not in org["folders"]:
            raise Refused(404, "folder not found")
        if board["uid"] in org["boards"] and not body["overwrite"]:
            raise Refused(412, "A dashboard with the same uid already exists")
        known = org["boards"].get(board["uid"], {"version": 0})
        org["boards"][board["uid"]] = {**board, "id": 7, "version": known["version"] + 1}
        return {"status": "success"}


ROUTES = [
    ("GET", "/api/orgs/name/([^/]+)", FakeGrafana.org_by_name),
    ("POST", "/api/orgs", FakeGrafana.make_org),
    ("GET", "/api/orgs/([0-9]+)/users", FakeGrafana.org_users),
    ("POST", "/api/orgs/([0-9]+)/users", FakeGrafana.add_org_user),
    ("GET", "/api/users/lookup", FakeGrafana.lookup),
    ("GET", "/api/teams/search", FakeGrafana.search_teams),
    ("POST", "/api/teams", FakeGrafana.make_team),
    ("GET", "/api/teams/([0-9]+)/members", FakeGrafana.team_members),
    ("POST", "/api/teams/([0-9]+)/members", FakeGrafana.add_team_member),
    ("GET", "/api/folders/([^/]+)/permissions", FakeGrafana.permissions),
    ("POST", "/api/folders/([^/]+)/permissions", FakeGrafana.set_permissions),
    ("GET", "/api/folders/([^/]+)", FakeGrafana.folder),
    ("POST", "/api/folders", FakeGrafana.make_folder),
    ("GET", "/api/datasources/uid/([^/]+)", FakeGrafana.source),
    ("POST", "/api/datasources", FakeGrafana.make_source),
    ("PUT", "/api/datasources/uid/([^/]+)", FakeGrafana.replace_source),
    ("GET", "/api/dashboards/uid/([^/]+)", FakeGrafana.board),
    ("POST", "/api/dashboards/db", FakeGrafana.write_board),
    *ALERTING,
]


class _Handler(BaseHTTPRequestHandler):
    fake: FakeGrafana

    def log_message(self, *_):
        pass

    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        login = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
        org = int(self.headers.get("X-Grafana-Org-Id", 1))
        try:
            status, answer = 200, self.fake.answer(self.command, self.path, login, org, body)
        except Refused as refused:
            status, answer = refused.status, {"message": str(refused)}
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def do_POST(self):
        self.do_GET()

    def do_PUT(self):
        self.do_GET()


def serve(fake):
    """A server for it, on a free port, in a thread of its own."""
    handler = type("Handler", (_Handler,), {"fake": fake})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server
