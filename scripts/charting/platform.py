"""What belongs together in an installation, be it of the chart or of the manifests. Each check calls found(text) for what is not so."""

import re
import urllib.parse

from charting.things import annotation, configuration, containers, name, pods

EXPONENT = re.compile(r"[0-9.]+e\+[0-9]+")


def check_containers(things, secrets, found):
    """Nothing is there twice, and Secrets that are mounted are those that somebody makes."""
    for thing, _, spec in pods(things):
        volumes = [volume["name"] for volume in spec.get("volumes", [])]
        if len(volumes) != len(set(volumes)):
            found(f"{name(thing)}: two volumes have one name")
        for volume in spec.get("volumes", []):
            secret = volume.get("secret")
            if secret and secret["secretName"] not in secrets and not secret.get("optional"):
                found(f"{name(thing)}: nobody promised a Secret {secret['secretName']}")
    for thing, _, container in containers(things):
        names = [variable["name"] for variable in container.get("env", [])]
        for variable in sorted({variable for variable in names if names.count(variable) > 1}):
            found(f"{name(thing)}: {container['name']} has {variable} twice")


def check_numbers(things, found):
    values = [(name(thing), variable["name"], variable.get("value", "")) for thing, _, c in containers(things) for variable in c.get("env", [])]
    values += [("ConfigMap", key, value) for key, value in (configuration(things) or {}).items()]
    for place, key, value in values:
        if EXPONENT.fullmatch(value):
            found(f"{place}: {key} is {value}, a number with an exponent")


def check_database(things, found):
    for thing, spec, container in containers(things):
        value = {variable["name"]: variable.get("value") for variable in container.get("env", [])}.get("PGSSLROOTCERT")
        uses = any(variable["name"] == "DATABASE_URL" for variable in container.get("env", [])) or value
        mounts = {mount["mountPath"]: mount["name"] for mount in container.get("volumeMounts", [])}
        if value and value.rpartition("/")[0] not in mounts:
            found(f"{name(thing)}: {container['name']} has nothing at {value}")
        if uses and not value and any(volume["name"] == "database-ca" for volume in spec.get("volumes", [])):
            found(f"{name(thing)}: {container['name']} does not trust the authority of the database")


def check_namespaces(things, found):
    config = configuration(things)
    if config is None:
        return
    if config["NAMESPACE"] in {thing["metadata"]["namespace"] for thing in things if thing["kind"] == "Deployment"}:
        found("tenants are in the namespace of the platform, beside its Secrets")
    if config.get("WATCH_NAMESPACE", config["NAMESPACE"]) != config["NAMESPACE"]:
        found("nobody reconciles the tenants of the REST API")
    for thing in things:
        if thing["kind"] == "Namespace" and thing["metadata"]["labels"].get("pod-security.kubernetes.io/enforce") != "restricted":
            found(f"{name(thing)} has no Pod Security level")
    # What the policies of tenants let in: the default of the code, unless it is told.
    labels = dict(pair.split("=") for pair in config.get("PLATFORM_POD_LABELS", "app.kubernetes.io/name=opencrane").split(","))
    for thing, metadata, _ in pods(things):
        if thing["kind"] == "Deployment" and any(metadata["labels"].get(key) != value for key, value in labels.items()):
            found(f"{name(thing)}: tenants do not let its pods in")


def is_kept(things):
    """Whether an uninstall leaves the definitions."""
    return all(annotation(thing, "helm.sh/resource-policy") for thing in things if thing["kind"] == "CustomResourceDefinition")


def check_hooks(things, found):
    """Of the chart alone."""
    if not is_kept(things) and not any(annotation(thing, "helm.sh/hook") == "pre-delete" for thing in things):
        found("an uninstall takes the definitions along, and nothing refuses it while there are tenants")
    jobs = [thing for thing in things if thing["kind"] == "Job"]
    for job in jobs:
        # Helm waits for 5 minutes unless it is told.
        if job["spec"]["activeDeadlineSeconds"] >= 300:
            found(f"{name(job)}: Helm gives up before its deadline")
    migrates = any("migrate" in container["args"] for _, _, container in containers(jobs))
    for thing, _, container in containers(things):
        if thing["kind"] == "Deployment" and ("--skip-migrations" in container["args"]) != migrates:
            found(f"{name(thing)}: {container['name']} migrates beside the Job, or nobody does")


def is_open(rules, port, member):
    """Whether a policy's rules open a port for peers that have such a member, or for all."""
    return any(
        any(entry["port"] == port for entry in rule.get("ports", [])) and ("to" not in rule or any(member in peer for peer in rule["to"]))
        for rule in rules
    )


def check_network(things, found):
    """What the platform's pods call is open, and what comes to them has a way in."""
    policies = {thing["metadata"]["name"]: thing["spec"] for thing in things if thing["kind"] == "NetworkPolicy"}
    fullname = next((policy.removesuffix("-kubernetes") for policy in policies if policy.endswith("-kubernetes")), None)
    if fullname is None:
        return
    api, plane = policies[f"{fullname}-kubernetes"]["egress"], policies[f"{fullname}-control-plane"]
    config = configuration(things) or {}
    if "gce" in config.get("MACHINE_PROVIDERS", "") and not (is_open(api, 443, "ipBlock") and is_open(api, 80, "ipBlock")):
        found("operator and control plane cannot reach Compute Engine")
    for rule in api:
        for peer in rule.get("to", []):
            # Policies see what the address of a Service is translated to.
            if re.match(r"10\.(96|43|0)\.0\.1/32", peer.get("ipBlock", {}).get("cidr", "")):
                found("the API server's block is the address of its Service")
    called = [value for key, value in config.items() if key in ("OIDC_ISSUER_URL", "LITELLM_ENDPOINT")]
    for key, value in variables_of_control_plane(things):
        if re.fullmatch(r"OPENCRANE_\w+_WEBHOOK_URL|\w+_SCANNER_URL|\w+_ENDPOINT", key):
            called.append(value)
    for url in called:
        address = urllib.parse.urlparse(url)
        port = address.port or (443 if address.scheme == "https" else 80)
        if not is_open(plane["egress"], port, "namespaceSelector"):
            found(f"the control plane cannot reach {url} in the cluster")
        if is_open(plane["egress"], 443, "ipBlock") and not is_open(plane["egress"], port, "ipBlock"):
            found(f"the control plane cannot reach {url} outside of the cluster")
    service = next((thing["spec"] for thing in things if thing["kind"] == "Service"), {})
    if service.get("type") in ("LoadBalancer", "NodePort") and not any("ipBlock" in peer for rule in plane["ingress"] for peer in rule["from"]):
        found("nobody can come in through the load balancer")


def variables_of_control_plane(things):
    for _, _, container in containers(things):
        if container["name"] == "control-plane":
            for variable in container.get("env", []):
                if "value" in variable:
                    yield variable["name"], variable["value"]


def check_notes(things, notes, found):
    """What is told to be typed exists, and comes in an order in which it works."""
    for thing in things:
        if thing["kind"] == "Deployment" and f"rollout status deployment/{thing['metadata']['name']}\n" not in notes:
            found(f"NOTES do not wait for {name(thing)}")
    steps = ["kubectl delete tenants.opencrane.io", "kubectl delete clustertenants.opencrane.io", "helm uninstall"]
    if is_kept(things):
        steps.append("kubectl delete crd")
    places = [notes.find(step) for step in steps]
    if -1 in places or places != sorted(places):
        found(f"NOTES do not remove in this order: {', '.join(steps)}")
    for line in notes.splitlines():
        if line.strip().startswith("kubectl") and re.search(r"-A, |<|>", line):
            found(f"NOTES: this is no command: {line.strip()}")
