/// Descriptions of the columns of built-in kinds, by resource and column; tools show them with `kubectl explain`-like views.
enum ColumnDescriptions {
    /// The description of a column; its name when there is none.
    static func text(_ plural: String, _ column: String) -> String {
        table["\(plural) \(column)"] ?? column
    }

    private static let table: [String: String] = [
        "secrets Type":
            "Used to facilitate programmatic handling of secret data.",
        "secrets Data":
            "Data contains the secret data. Each key must consist of alphanumeric characters, '-', '_' or '.'. The "
            + "serialized form of the secret data is a base64 encoded string, representing the arbitrary (possibly "
            + "non-string) data value here. Described in https://tools.ietf.org/html/rfc4648#section-4",
        "services Type":
            "type determines how the Service is exposed. Defaults to ClusterIP. Valid options are ExternalName, "
            + "ClusterIP, NodePort, and LoadBalancer. \"ClusterIP\" allocates a cluster-internal IP address for "
            + "load-balancing to endpoints. Endpoints are determined by the selector or if that is not specified, by "
            + "manual construction of an Endpoints object or EndpointSlice objects. If clusterIP is \"None\", no virtual "
            + "IP is allocated and the endpoints are published as a set of endpoints rather than a virtual IP. "
            + "\"NodePort\" builds on ClusterIP and allocates a port on every node which routes to the same endpoints as "
            + "the clusterIP. \"LoadBalancer\" builds on NodePort and creates an external load-balancer (if supported in "
            + "the current cloud) which routes to the same endpoints as the clusterIP. \"ExternalName\" aliases this "
            + "service to the specified externalName. Several other fields do not apply to ExternalName services. More "
            + "info: https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types",
        "services Cluster-IP":
            "clusterIP is the IP address of the service and is usually assigned randomly. If an address is specified "
            + "manually, is in-range (as per system configuration), and is not in use, it will be allocated to the "
            + "service; otherwise creation of the service will fail. This field may not be changed through updates "
            + "unless the type field is also being changed to ExternalName (which requires this field to be blank) or "
            + "the type field is being changed from ExternalName (in which case this field may optionally be specified, "
            + "as describe above).  Valid values are \"None\", empty string (\"\"), or a valid IP address. Setting this to "
            + "\"None\" makes a \"headless service\" (no virtual IP), which is useful when direct endpoint connections are "
            + "preferred and proxying is not required.  Only applies to types ClusterIP, NodePort, and LoadBalancer. If "
            + "this field is specified when creating a Service of type ExternalName, creation will fail. This field "
            + "will be wiped when updating a Service to type ExternalName. More info: "
            + "https://kubernetes.io/docs/concepts/services-networking/service/#virtual-ips-and-service-proxies",
        "services External-IP":
            "externalIPs is a list of IP addresses for which nodes in the cluster will also accept traffic for this "
            + "service.  These IPs are not managed by Kubernetes.  The user is responsible for ensuring that traffic "
            + "arrives at a node with this IP.  A common example is external load-balancers that are not part of the "
            + "Kubernetes system.",
        "services Port(s)":
            "The list of ports that are exposed by this service. More info: "
            + "https://kubernetes.io/docs/concepts/services-networking/service/#virtual-ips-and-service-proxies",
        "services Selector":
            "Route service traffic to pods with label keys and values matching this selector. If empty or not "
            + "present, the service is assumed to have an external process managing its endpoints, which Kubernetes "
            + "will not modify. Only applies to types ClusterIP, NodePort, and LoadBalancer. Ignored if type is "
            + "ExternalName. More info: https://kubernetes.io/docs/concepts/services-networking/service/",
        "deployments Ready":
            "Number of the pod with ready state",
        "deployments Up-to-date":
            "Total number of non-terminated pods targeted by this deployment that have the desired template spec.",
        "deployments Available":
            "Total number of available pods (ready for at least minReadySeconds) targeted by this deployment.",
        "deployments Containers":
            "Names of each container in the template.",
        "deployments Images":
            "Images referenced by each container in the template.",
        "deployments Selector":
            "Label selector for pods. Existing ReplicaSets whose pods are selected by this will be the ones affected "
            + "by this deployment.",
        "persistentvolumeclaims Status":
            "Phase represents the current phase of PersistentVolumeClaim.",
        "persistentvolumeclaims Volume":
            "VolumeName is the binding reference to the PersistentVolume backing this claim.",
        "persistentvolumeclaims Capacity":
            "Represents the actual resources of the underlying volume.",
        "persistentvolumeclaims Access Modes":
            "AccessModes contains the actual access modes the volume backing the PVC has. More info: "
            + "https://kubernetes.io/docs/concepts/storage/persistent-volumes#access-modes-1",
        "persistentvolumeclaims StorageClass":
            "StorageClass of the pvc",
        "persistentvolumeclaims VolumeMode":
            "volumeMode defines what type of volume is required by the claim. Value of Filesystem is implied when not "
            + "included in claim spec.",
        "ingresses Class":
            "The name of the IngressClass resource that should be used for additional configuration",
        "ingresses Hosts":
            "Hosts that incoming requests are matched against before the ingress rule",
        "ingresses Address":
            "Address is a list containing ingress points for the load-balancer",
        "ingresses Ports":
            "Ports of TLS configurations that open",
        "networkpolicies Pod-Selector":
            "Selects the pods to which this NetworkPolicy object applies.  The array of ingress rules is applied to "
            + "any pods selected by this field. Multiple network policies can select the same set of pods.  In this "
            + "case, the ingress rules for each are combined additively. This field is NOT optional and follows "
            + "standard label selector semantics. An empty podSelector matches all pods in this namespace.",
        "serviceaccounts Secrets":
            "Secrets is the list of secrets allowed to be used by pods running using this ServiceAccount. More info: "
            + "https://kubernetes.io/docs/concepts/configuration/secret",
        "namespaces Status":
            "The status of the namespace",
    ]
}
