"""The objects that are rendered."""

import yaml


class OnlyOnce(yaml.SafeLoader):
    """Refuses what PyYAML takes silently and the next reader may not: the same key twice in a mapping."""

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        for key in {key for key in keys if keys.count(key) > 1}:
            raise yaml.constructor.ConstructorError(None, None, f"{key} is there twice", node.start_mark)
        return super().construct_mapping(node, deep)


def objects(text):
    return [document for document in yaml.load_all(text, Loader=OnlyOnce) if document]


def name(thing):
    metadata = thing["metadata"]
    return f"{thing['kind']} {metadata.get('namespace', '')}/{metadata['name']}"


def annotation(thing, key):
    return (thing["metadata"].get("annotations") or {}).get(key)


def pods(things):
    """Each object that makes pods, with the metadata and the specification of those."""
    for thing in things:
        if thing["kind"] == "Pod":
            yield thing, thing["metadata"], thing["spec"]
        elif "template" in thing.get("spec", {}) and thing["kind"] in ("Deployment", "Job", "StatefulSet", "DaemonSet"):
            template = thing["spec"]["template"]
            yield thing, template["metadata"], template["spec"]


def containers(things):
    for thing, _, spec in pods(things):
        for container in spec["containers"]:
            yield thing, spec, container


def configuration(things):
    """What both programs read; None where there is none."""
    for thing in things:
        if thing["kind"] == "ConfigMap" and "TENANT_DEFAULT_IMAGE" in (thing.get("data") or {}):
            return thing["data"]
    return None


def variables(things, container):
    """The variables of the first container of that name."""
    for _, _, found in containers(things):
        if found["name"] == container:
            return {variable["name"]: variable.get("value") for variable in found.get("env", [])}
    return {}
