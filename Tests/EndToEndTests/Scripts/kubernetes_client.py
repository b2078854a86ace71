"""Drives the API server with the Python client from PyPI. usage: kubernetes_client.py KUBECONFIG NAMESPACE"""
import sys
import time

from kubernetes import client, config, dynamic, watch
from kubernetes.client.rest import ApiException

config.load_kube_config(sys.argv[1])
namespace = sys.argv[2]
GROUP, VERSION, PLURAL = "opencrane.io", "v1alpha1", "tenants"
objects = client.CustomObjectsApi()
core = client.CoreV1Api()


def tenant(name, **spec):
    return {"apiVersion": f"{GROUP}/{VERSION}", "kind": "Tenant", "metadata": {"name": name},
            "spec": {"displayName": name, "email": f"{name}@example.com", **spec}}


# Create, and watch until it is Ready.
created = objects.create_namespaced_custom_object(GROUP, VERSION, namespace, PLURAL, tenant("snake"))
assert created["metadata"]["uid"]
ready = False
for event in watch.Watch().stream(objects.list_namespaced_custom_object, GROUP, VERSION, namespace, PLURAL, timeout_seconds=90):
    conditions = event["object"].get("status", {}).get("conditions", [])
    if any(c["type"] == "Ready" and c["status"] == "True" for c in conditions):
        ready = True
        break
assert ready, "the tenant did not become Ready within 90 s"

# List built-in and custom kinds.
assert [t["metadata"]["name"] for t in objects.list_namespaced_custom_object(GROUP, VERSION, namespace, PLURAL)["items"]] == ["snake"]
services = core.list_namespaced_service(namespace, label_selector="opencrane.io/tenant=snake")
assert [s.metadata.name for s in services.items] == ["openclaw-snake"]
pods = core.list_namespaced_pod(namespace)
assert all(p.status.phase == "Running" for p in pods.items) and pods.items

# Patch, and a conflict.
patched = objects.patch_namespaced_custom_object(GROUP, VERSION, namespace, PLURAL, "snake", {"spec": {"team": "python"}})
assert patched["spec"]["team"] == "python"
stale = dict(patched, metadata=dict(patched["metadata"], resourceVersion=created["metadata"]["resourceVersion"]))
try:
    objects.replace_namespaced_custom_object(GROUP, VERSION, namespace, PLURAL, "snake", stale)
    raise SystemExit("a stale replace was accepted")
except ApiException as error:
    assert error.status == 409, error

# A refusal carries a Status.
try:
    objects.create_namespaced_custom_object(GROUP, VERSION, namespace, PLURAL, tenant("wrong", monthlyBudgetUsd=-1))
    raise SystemExit("a negative budget was accepted")
except ApiException as error:
    assert error.status == 422 and "spec.monthlyBudgetUsd" in error.body, error

# The dynamic client: discovery, get, server-side apply.
any_kind = dynamic.DynamicClient(client.ApiClient())
tenants = any_kind.resources.get(api_version=f"{GROUP}/{VERSION}", kind="Tenant")
assert tenants.namespaced and tenants.get(name="snake", namespace=namespace).spec.team == "python"
applied = tenants.server_side_apply(body=tenant("snake", team="applied"), namespace=namespace, name="snake",
                                    field_manager="python", force_conflicts=True)
assert applied.spec.team == "applied"

# Delete, and wait until the finalizers are done.
objects.delete_namespaced_custom_object(GROUP, VERSION, namespace, PLURAL, "snake")
deadline = time.monotonic() + 60
while objects.list_namespaced_custom_object(GROUP, VERSION, namespace, PLURAL)["items"]:
    assert time.monotonic() < deadline, "the tenant was not gone within 60 s"
    time.sleep(0.2)
print("all steps passed")
