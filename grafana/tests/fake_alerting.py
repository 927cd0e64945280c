"""A Grafana's alerting endpoints (its documentation: "Alerting provisioning HTTP API")."""

from grafana.tests.refusals import Refused, only, there

# The fields of a ProvisionedAlertRule that a client sends.
RULE = {"uid", "title", "condition", "for", "noDataState", "execErrState", "labels", "annotations",
        "data", "folderUID", "ruleGroup"}  # fmt: skip
_PROVISIONING = "/api/v1/provisioning"
_GROUP = f"{_PROVISIONING}/folder/([^/]+)/rule-groups/([^/]+)"


def contact_points(_fake, org, **_):
    return [{**point, "provenance": "api"} for point in org["points"].values()]


def make_contact_point(_fake, org, body, **_):
    only(body, {"uid", "name", "type", "settings"})
    if body["type"] == "email" and not body["settings"].get("addresses"):
        raise Refused(400, "could not find addresses in settings")
    org["points"][body["uid"]] = body
    return body


def replace_contact_point(_fake, org, uid, body, **_):
    there(org["points"], uid)
    make_contact_point(_fake, org, body=body)
    return {"message": "contactpoint updated"}


def policy(_fake, org, **_):
    return {**org["policy"], "provenance": "api"}


def set_policy(_fake, org, body, **_):
    if body["receiver"] not in {point["name"] for point in org["points"].values()}:
        raise Refused(400, f"receiver '{body['receiver']}' does not exist")
    org["policy"] = body
    return {"message": "policies updated"}


def rule_group(_fake, org, folder, name, **_):
    return there(org["rules"], (folder, name))


def set_rule_group(_fake, org, folder, name, body, **_):
    there(org["folders"], folder)
    for rule in body["rules"]:
        only(rule, RULE)
        if (rule["folderUID"], rule["ruleGroup"]) != (folder, name):
            raise Refused(400, "a rule of another group")
        for query in rule["data"]:
            if query["datasourceUid"] not in {"__expr__", *org["sources"]}:
                raise Refused(400, "data source not found")
    rules = [{**rule, "id": n, "provenance": "api"} for n, rule in enumerate(body["rules"])]
    org["rules"][folder, name] = {**body, "rules": rules}
    return body


ALERTING = [
    ("GET", f"{_PROVISIONING}/contact-points", contact_points),
    ("POST", f"{_PROVISIONING}/contact-points", make_contact_point),
    ("PUT", f"{_PROVISIONING}/contact-points/([^/]+)", replace_contact_point),
    ("GET", f"{_PROVISIONING}/policies", policy),
    ("PUT", f"{_PROVISIONING}/policies", set_policy),
    ("GET", _GROUP, rule_group),
    ("PUT", _GROUP, set_rule_group),
]
