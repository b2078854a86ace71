"""Values that have to be refused, by the schema or by the chart, and what single values have to change."""

import json
import re

import yaml

from charting.things import configuration, objects, pods, variables

# What the schema refuses.
WRONG = [
    {"imge": {}}, {"image": {"tagg": "1"}}, {"image": {"digest": "latest"}}, {"image": {"pullPolicy": "Sometimes"}},
    {"operator": {"replica": 2}}, {"operator": {"shards": 0}}, {"operator": {"watchNamespace": "No_Name"}},
    {"controlPlane": {"mode": "side-car"}}, {"controlPlane": {"env": {"lower": "1"}}}, {"controlPlane": {"service": {"port": 70000}}},
    {"auth": {"oidc": {"issuer": "x"}}}, {"auth": {"oidc": {"scopes": "email"}}}, {"auth": {"staticToken": "yes"}},
    {"machines": {"providers": ["local"]}}, {"litellm": {"endpoint": "litellm:4000"}}, {"existingSecret": ""},
    {"networkPolicy": {"apiServer": {"ports": []}}}, {"monitoring": {"podMonitor": {"interval": "often"}}},
    {"podDisruptionBudget": {"maxUnavailable": "some"}}, {"ingress": {"tls": {"secret": "x"}}}, {"database": {"url": "postgres://"}},
    {"crds": {"install": "true"}}, {"tenants": {"image": "x"}}, {"resources": {}},
    # Labels of the chart itself, Secrets as plain text, and what has a value of its own.
    {"commonLabels": {"app.kubernetes.io/part-of": "x"}}, {"podLabels": {"app.kubernetes.io/component": "x"}},
    {"operator": {"env": {"DATABASE_URL": "x"}}}, {"controlPlane": {"env": {"OPENCRANE_API_TOKEN": "x"}}},
    {"controlPlane": {"env": {"LITELLM_MASTER_KEY": "x"}}}, {"operator": {"env": {"OPERATOR_SHARDS": 2}}},
    # Misspelt ones further below.
    {"operator": {"env": {"OPERATOR_WORKRES": "4"}}}, {"operator": {"resources": {"limits": {"memroy": "1Gi"}}}},
    {"operator": {"resources": {"limits": {"memory": "1 GB"}}}}, {"podDisruptionBudget": {"maxUnavailable": "500%"}},
    {"tolerations": [{"key": "a", "operater": "Exists"}]}, {"operator": {"tolerations": [{"effect": "NoShedule"}]}},
    {"affinity": {"nodeAffinty": {}}}, {"affinity": {"podAntiAffinity": {"required": []}}},
    {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"expressions": []}]}}}},
    {"networkPolicy": {"apiClients": [{"ipblock": {"cidr": "10.0.0.0/8"}}]}}, {"networkPolicy": {"apiClients": [{}]}},
    {"networkPolicy": {"apiClients": [{"ipBlock": {"cidr": "10.0.0.0"}}]}},
    {"networkPolicy": {"apiClients": [{"namespaceSelector": {"matchlabels": {}}}]}},
    {"networkPolicy": {"extraEgress": [{"ports": [{"prot": 1}]}]}}, {"networkPolicy": {"database": {"to": [{"podselector": {}}]}}},
    {"controlPlane": {"serviceAccount": {"annotation": {}}}}, {"controlPlane": {"trustedProxies": "one"}},
    {"operator": {"extraVolumes": [{"name": "x", "hostPath": {"path": "/"}}]}}, {"operator": {"extraVolumes": [{"name": "x"}]}},
    {"operator": {"extraVolumes": [{"name": "x", "secret": {"name": "x"}}]}}, {"operator": {"extraVolumeMounts": [{"name": "x"}]}},
    {"operator": {"envFrom": [{"secretRef": "x"}]}}, {"controlPlane": {"updateStrategy": {"rollingUpdate": {"maxSurge": "all"}}}},
    {"database": {"caSecert": "x"}}, {"rbac": {"aggregateRoles": True}},
]

# What no value sets: the pods fix it, a Secret has it, or it is for machines of developers.
FIXED = {
    "POD_NAMESPACE", "POD_NAME", "HEALTH_HOST", "HEALTH_PORT", "HOST", "PORT", "CONTROL_PLANE_SERVICE_ACCOUNT_NAMESPACE",
    "DATABASE_URL", "OPENCRANE_API_TOKEN", "OPENCRANE_PLATFORM_TOKEN", "OPENCRANE_SEALING_KEYS", "OIDC_CLIENT_SECRET", "LITELLM_MASTER_KEY",
    "SKILL_OCI_PASSWORD", "SKILL_SCANNER_TOKEN", "COGNEE_API_TOKEN",
    "LOCAL_MACHINES_DIRECTORY", "LOCAL_GATEWAY_COMMAND", "LOCAL_CLUSTER_ACCESS_FILE", "KUBERNETES_SERVICE_ACCOUNT_DIRECTORY",
}

# What the chart asks for, as settings.
REQUIRED = ["image.repository=registry.example.net/opencrane", "tenants.defaultImage=registry.example.net/openclaw:1.0.0"]
GCE = ["controlPlane.ingress.enabled=true", "controlPlane.ingress.className=gce"]
VOLUMES = ["operator.extraVolumes=[{name: x, emptyDir: {}}]", "controlPlane.extraVolumes=[{name: x, emptyDir: {}}]"]

# What the chart refuses: a part of the message, and settings.
REFUSED = [
    ("nobody could come in", ["auth.staticToken=false"]),
    ("clientId and redirectUri are required", ["auth.oidc.issuerUrl=https://id.example.net"]),
    ("controlPlaneUrl", ["machines.providers=[kubevirt]"]),
    ("gceZone is required", ["machines.providers=[gce]", "machines.controlPlaneUrl=https://x.test"]),
    ("shards are for more than one replica", ["operator.shards=2"]),
    ("image.repository is an example", ["image.repository=registry.example.com/opencrane"]),
    ("tenants.defaultImage, the image of tenants", ["tenants.defaultImage=registry.example.com/openclaw:1.0.0"]),
    ("tenants.defaultImage, the image of tenants", ['tenants.defaultImage=""']),
    ("nobody would reconcile", ["operator.watchNamespace=a", "tenants.namespace=b"]),
    ("crds.keep=false with operator.watchNamespace", ["operator.watchNamespace=a", "crds.keep=false"]),
    ("name is required", ["operator.serviceAccount.create=false"]),
    ("two volumes of the name x", VOLUMES),
    ("two volumes of the name tmp", ["operator.extraVolumes=[{name: tmp, emptyDir: {}}]"]),
    ("networkPolicy drops what comes that way", ["controlPlane.service.type=LoadBalancer"]),
    ("networkPolicy drops what comes that way", ["controlPlane.service.type=NodePort"]),
    ("networkPolicy drops what comes from it", GCE),
    ("networkPolicy.https=false closes nothing", ["networkPolicy.https=false"]),
]

# What it takes, which is close to that.
TAKEN = [
    [],
    [*GCE, "networkPolicy.apiClients=[{ipBlock: {cidr: 35.191.0.0/16}}]"],
    ["operator.watchNamespace=a"],
    ["operator.watchNamespace=a", "tenants.namespace=a"],
    [*VOLUMES, "controlPlane.mode=deployment"],
    ["networkPolicy.enabled=false", "controlPlane.service.type=LoadBalancer"],
]


def config(key):
    return lambda things: configuration(things).get(key)


def variable(container, key):
    return lambda things: variables(things, container).get(key)


def has_variable(container, key):
    return lambda things: key in variables(things, container)


def namespaces(things):
    return [thing["metadata"]["name"] for thing in things if thing["kind"] == "Namespace"]


def account(things):
    return next(thing for thing in things if thing["kind"] == "ServiceAccount")["metadata"].get("annotations")


def placed(things):
    return sorted(spec.get("nodeSelector", {}).get("a", "") for _, _, spec in pods(things))


def grace(things):
    return {spec["terminationGracePeriodSeconds"] for thing, _, spec in pods(things) if thing["kind"] == "Deployment"}


def is_opened(port):
    return lambda things: f'"port": {port},' in json.dumps([thing for thing in things if thing["kind"] == "NetworkPolicy"])


BUDGET = "litellm.endpoint=http://litellm.ai:4000"
# Settings, and what is so with them.
CASES = [
    (["controlPlane.env.OPENCRANE_BODY_LIMIT_BYTES=2097152"], variable("control-plane", "OPENCRANE_BODY_LIMIT_BYTES"), "2097152"),
    (["operator.env.MACHINE_MAX_GATEWAYS=1000000"], variable("operator", "MACHINE_MAX_GATEWAYS"), "1000000"),
    (["operator.env.MACHINE_REMOVE_ORPHANS=false"], variable("operator", "MACHINE_REMOVE_ORPHANS"), "false"),
    ([], has_variable("control-plane", "OPENCRANE_API_TOKEN"), True),
    (["controlPlane.env.OPENCRANE_API_TOKEN_FILE=/x"], has_variable("control-plane", "OPENCRANE_API_TOKEN"), False),
    ([BUDGET, "litellm.defaultMonthlyBudgetUsd=2000000"], config("LITELLM_DEFAULT_MONTHLY_BUDGET_USD"), "2000000"),
    ([BUDGET, "litellm.defaultMonthlyBudgetUsd=25.5"], config("LITELLM_DEFAULT_MONTHLY_BUDGET_USD"), "25.5"),
    ([], config("OPENCRANE_TRUSTED_PROXIES"), "0"),
    (["controlPlane.ingress.enabled=true"], config("OPENCRANE_TRUSTED_PROXIES"), "1"),
    (["controlPlane.ingress.enabled=true", "controlPlane.trustedProxies=0"], config("OPENCRANE_TRUSTED_PROXIES"), "0"),
    (["controlPlane.trustedProxies=2"], config("OPENCRANE_TRUSTED_PROXIES"), "2"),
    ([], config("NAMESPACE"), "opencrane-tenants"),
    ([], namespaces, ["opencrane-tenants"]),
    (["operator.watchNamespace=a"], config("NAMESPACE"), "a"),
    (["tenants.namespace=opencrane"], namespaces, []),
    (["tenants.createNamespace=false"], namespaces, []),
    (["nameOverride=crane"], config("PLATFORM_POD_LABELS"), "app.kubernetes.io/name=crane,app.kubernetes.io/instance=opencrane"),
    (["operator.serviceAccount.annotations={a: b}"], account, {"a": "b"}),
    (["nodeSelector={a: b}"], placed, ["b", "b", "b"]),
    (["nodeSelector={a: b}", "operator.nodeSelector={a: c}", "crds.keep=false"], placed, ["b", "b", "b", "c"]),
    (["database.caSecret=ca"], variable("migrate", "PGSSLROOTCERT"), "/etc/opencrane/database/ca.crt"),
    (["database.caSecret=ca"], variable("operator", "PGSSLMODE"), "verify-full"),
    ([], grace, {40}),
    (["controlPlane.env.SHUTDOWN_DELAY_SECONDS=60"], grace, {95}),
    ([], is_opened(3128), False),
    (["operator.env.HTTPS_PROXY=http://proxy.test:3128"], is_opened(3128), True),
    (["controlPlane.env.SKILL_SCANNER_URL=https://scanner.test:9999/x"], is_opened(9999), True),
]


def arguments(settings):
    return [argument for setting in [*REQUIRED, *settings] for argument in ("-set", setting)]


def check_settings(render, directory, found):
    """render(*arguments) gives the text or None, and the message. Files of clusters are written into the directory."""
    other = installation(directory, "other", "elsewhere")
    refused = [(message, arguments(settings)) for message, settings in REFUSED]
    refused += [("made by release other in namespace elsewhere", arguments([]) + other)]
    refused += [("made by manifests", arguments([]) + installation(directory, None, None))]
    for message, given in refused:
        text, error = render(*given)
        if text is not None or message not in error:
            found(f"{given} should be refused with '{message}', but: {error}")
    taken = [arguments(settings) for settings in TAKEN]
    taken += [arguments([]) + installation(directory, "opencrane", "opencrane"), arguments([]) + other + ["-upgrade"]]
    for given in taken:
        text, error = render(*given)
        if text is None:
            found(f"{given} should not be refused: {error}")
    for settings, read, expected in CASES:
        text, error = render(*arguments(settings))
        value = read(objects(text)) if text is not None else error
        if value != expected:
            found(f"{settings}: {value} instead of {expected}")


def installation(directory, release, namespace):
    """Arguments of the renderer for a cluster that has an installation of a release already, or one of the manifests."""
    annotations = {"meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": namespace} if release else None
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "opencrane-operator", "labels": {"app.kubernetes.io/part-of": "opencrane"}, "annotations": annotations},
    }
    directory.mkdir(exist_ok=True)
    file = directory / f"cluster-of-{release}.yaml"
    file.write_text(yaml.safe_dump({"items": [role]}))
    return ["-cluster", str(file)]


def check_variables(schema, operations, config_map, found):
    """The names that operator.env and controlPlane.env take are the documented ones, but for those that have a value of their own."""

    def documented(title):
        section = re.split(r"\n##+ ", operations.split(f"\n## {title}\n", 1)[1], maxsplit=1)[0]
        return {key for row in re.findall(r"^\|([^|]*)\|", section, re.MULTILINE) for key in re.findall(r"`([A-Za-z]\w+)`", row)}

    without = FIXED | set(re.findall(r"^ +([A-Z][A-Z0-9_]+):", config_map, re.MULTILINE))
    access = documented("Kubernetes access")
    for key, title in (("operatorEnv", "The operator's environment"), ("controlPlaneEnv", "The control plane's environment")):
        taken = set(schema["definitions"][key]["propertyNames"]["enum"])
        for wrong in sorted(taken ^ ((documented(title) | access) - without)):
            found(f"{key}: {wrong} is only in one of the schema and docs/operations.md, or has a value of its own")
