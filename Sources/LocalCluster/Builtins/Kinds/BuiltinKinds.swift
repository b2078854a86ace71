import JSONValue
import KubernetesModel

/// The registry of built-in kinds.
enum BuiltinKinds {
    /// Every kind in the order of discovery.
    static let all: [BuiltinStrategy] = (core + workloads + networking + cluster).map { BuiltinStrategy($0) }

    private static let byResource: [String: BuiltinStrategy] = Dictionary(
        all.map { (key($0.definition.type.group, $0.definition.type.version, $0.definition.type.plural), $0) },
        uniquingKeysWith: { first, _ in first }
    )

    /// The strategy of a resource; `nil` when it is no built-in one.
    static func strategy(group: String, version: String, plural: String) -> BuiltinStrategy? { byResource[key(group, version, plural)] }

    private static func key(_ parts: String...) -> String { parts.joined(separator: "/") }

    /// Makes a kind.
    static func kind(
        _ kind: String,
        _ plural: String,
        group: String = "",
        version: String = "v1",
        cluster: Bool = false,
        short: [String] = [],
        categories: [String] = [],
        status: Bool = false,
        type: String? = nil,
        _ change: (inout BuiltinKind) -> Void = { _ in }
    ) -> BuiltinKind {
        let resource = ResourceType(group: group, version: version, kind: kind, plural: plural, isNamespaced: !cluster)
        var result = BuiltinKind(
            definition: ResourceDefinition(
                type: resource,
                singular: "",
                listKind: "\(kind)List",
                shortNames: short,
                categories: categories,
                storage: resource,
                subresources: status ? ["status"] : []
            ),
            typeName: type ?? kind
        )
        result.definition.singular = kind.lowercased()
        change(&result)
        return result
    }

    private static let withoutCollectionDeletion = ResourceDefinition.allVerbs.filter { $0 != "deletecollection" }

    private static let core: [BuiltinKind] = [
        kind("Namespace", "namespaces", cluster: true, short: ["ns"], status: true) {
            $0.definition.verbs = withoutCollectionDeletion
            $0.definition.subresources.insert("finalize")
            $0.definition.selectableFields = ["status.phase"]
            $0.nameRule = .label
            $0.defaults = CoreDefaults.namespace
        },
        kind("Secret", "secrets") {
            $0.definition.selectableFields = ["type"]
            $0.defaults = CoreDefaults.secret
            $0.validate = CoreValidation.secret
            $0.validateChange = CoreValidation.secretChange
        },
        kind("ConfigMap", "configmaps", short: ["cm"]) {
            $0.validate = CoreValidation.configMap
            $0.validateChange = CoreValidation.configMapChange
        },
        kind("Service", "services", short: ["svc"], categories: ["all"], status: true) {
            $0.definition.verbs = withoutCollectionDeletion
            $0.definition.selectableFields = ["spec.clusterIP", "spec.type"]
            $0.nameRule = .serviceLabel
            $0.defaults = ServiceRules.defaults
            $0.validate = ServiceRules.validate
            $0.validateChange = ServiceRules.validateChange
        },
        kind("Endpoints", "endpoints", short: ["ep"]) { $0.defaults = CoreDefaults.endpoints },
        kind("ServiceAccount", "serviceaccounts", short: ["sa"]) { $0.definition.subresources = ["token"] },
        kind("PersistentVolumeClaim", "persistentvolumeclaims", short: ["pvc"], status: true) {
            $0.defaults = CoreDefaults.claim
            $0.validate = CoreValidation.claim
            $0.validateChange = CoreValidation.claimChange
        },
        kind("PersistentVolume", "persistentvolumes", cluster: true, short: ["pv"], status: true) {
            $0.defaults = CoreDefaults.volume
            $0.validate = CoreValidation.volume
            $0.validateChange = CoreValidation.volumeChange
        },
        kind("Pod", "pods", short: ["po"], categories: ["all"], status: true) {
            $0.definition.subresources.formUnion(["log", "eviction", "binding"])
            $0.definition.selectableFields = [
                "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "status.phase", "status.podIP",
                "status.nominatedNodeName",
            ]
            $0.defaults = PodDefaults.pod
            $0.validate = PodValidation.pod
            $0.validateChange = PodValidation.podChange
        },
        kind("Node", "nodes", cluster: true, short: ["no"], status: true) { $0.definition.selectableFields = ["spec.unschedulable"] },
        kind("ResourceQuota", "resourcequotas", short: ["quota"], status: true) {
            $0.validate = CoreValidation.quota
            $0.validateChange = { ImmutableFields.errors($0, $1, ["spec.scopes"]) }
        },
        kind("LimitRange", "limitranges", short: ["limits"]) { $0.defaults = CoreDefaults.limitRange },
        kind("Event", "events", group: "events.k8s.io", short: ["ev"]) {
            $0.definition.selectableFields = EventConversion.eventFields
            $0.definition.allowsCreateOnUpdate = true
            $0.errorGroup = ""
            $0.validate = CoreValidation.event
        },
        kind("Event", "events", short: ["ev"], type: "CoreEvent") {
            $0.definition.storage = EventConversion.storage
            $0.definition.selectableFields = EventConversion.coreFields
            $0.definition.allowsCreateOnUpdate = true
            $0.validate = CoreValidation.coreEvent
        },
    ]

    private static let workloads: [BuiltinKind] = [
        kind("Deployment", "deployments", group: "apps", short: ["deploy"], categories: ["all"], status: true) {
            $0.definition.subresources.insert("scale")
            $0.definition.scale = scale
            $0.hasGeneration = true
            $0.defaults = WorkloadDefaults.deployment
            $0.validate = WorkloadValidation.deployment
            $0.validateChange = WorkloadValidation.selectorChange
        },
        kind("ReplicaSet", "replicasets", group: "apps", short: ["rs"], categories: ["all"], status: true) {
            $0.definition.subresources.insert("scale")
            $0.definition.scale = scale
            $0.definition.selectableFields = ["status.replicas"]
            $0.hasGeneration = true
            $0.defaults = WorkloadDefaults.replicaSet
            $0.validate = WorkloadValidation.replicaSet
            $0.validateChange = WorkloadValidation.selectorChange
        },
        kind("StatefulSet", "statefulsets", group: "apps", short: ["sts"], categories: ["all"], status: true) {
            $0.definition.subresources.insert("scale")
            $0.definition.scale = scale
            $0.hasGeneration = true
            $0.defaults = WorkloadDefaults.statefulSet
            $0.validate = WorkloadValidation.statefulSet
            $0.validateChange = WorkloadValidation.statefulSetChange
        },
        kind("DaemonSet", "daemonsets", group: "apps", short: ["ds"], categories: ["all"], status: true) {
            $0.hasGeneration = true
            $0.defaults = WorkloadDefaults.daemonSet
            $0.validate = WorkloadValidation.daemonSet
            $0.validateChange = WorkloadValidation.selectorChange
        },
        kind("ControllerRevision", "controllerrevisions", group: "apps") {
            $0.validateChange = { ImmutableFields.errors($0, $1, ["data"]) }
        },
        kind("Job", "jobs", group: "batch", categories: ["all"], status: true) {
            $0.hasGeneration = true
            $0.definition.selectableFields = ["status.successful"]
            $0.defaults = WorkloadDefaults.job
            $0.validate = WorkloadValidation.job
            $0.validateChange = WorkloadValidation.jobChange
        },
        kind("CronJob", "cronjobs", group: "batch", short: ["cj"], categories: ["all"], status: true) {
            $0.hasGeneration = true
            $0.defaults = WorkloadDefaults.cronJob
            $0.validate = WorkloadValidation.cronJob
        },
        kind("PodDisruptionBudget", "poddisruptionbudgets", group: "policy", short: ["pdb"], status: true) {
            $0.hasGeneration = true
            $0.validate = WorkloadValidation.disruptionBudget
        },
        kind("Lease", "leases", group: "coordination.k8s.io") {
            $0.definition.allowsCreateOnUpdate = true
            $0.validate = CoreValidation.lease
        },
        // Kept and served; requests here are not put into levels.
        kind("FlowSchema", "flowschemas", group: "flowcontrol.apiserver.k8s.io", cluster: true, status: true) { $0.hasGeneration = true },
        kind(
            "PriorityLevelConfiguration",
            "prioritylevelconfigurations",
            group: "flowcontrol.apiserver.k8s.io",
            cluster: true,
            status: true
        ) { $0.hasGeneration = true },
    ]

    private static let scale = ScaleMapping(
        specReplicas: ["spec", "replicas"],
        statusReplicas: ["status", "replicas"],
        selector: ["spec", "selector"]
    )

    private static let networking: [BuiltinKind] = [
        kind("Ingress", "ingresses", group: "networking.k8s.io", short: ["ing"], status: true) {
            $0.hasGeneration = true
            $0.validate = NetworkingRules.ingress
        },
        kind("IngressClass", "ingressclasses", group: "networking.k8s.io", cluster: true) {
            $0.hasGeneration = true
            $0.validateChange = NetworkingRules.ingressClassChange
        },
        kind("NetworkPolicy", "networkpolicies", group: "networking.k8s.io", short: ["netpol"]) {
            $0.hasGeneration = true
            $0.errorGroup = "extensions"
            $0.defaults = NetworkingRules.networkPolicyDefaults
            $0.validate = NetworkingRules.networkPolicy
        },
        kind("EndpointSlice", "endpointslices", group: "discovery.k8s.io") {
            $0.hasGeneration = true
            $0.defaults = NetworkingRules.endpointSliceDefaults
            $0.validateChange = { ImmutableFields.errors($0, $1, ["addressType"]) }
        },
    ]

    private static let cluster: [BuiltinKind] = [
        kind("Role", "roles", group: "rbac.authorization.k8s.io") {
            $0.definition.allowsCreateOnUpdate = true
            $0.nameRule = .pathSegment
        },
        kind("RoleBinding", "rolebindings", group: "rbac.authorization.k8s.io") {
            $0.definition.allowsCreateOnUpdate = true
            $0.nameRule = .pathSegment
            $0.defaults = ClusterRules.bindingDefaults
            $0.validate = ClusterRules.binding
            $0.validateChange = ClusterRules.bindingChange
        },
        kind("ClusterRole", "clusterroles", group: "rbac.authorization.k8s.io", cluster: true) {
            $0.definition.allowsCreateOnUpdate = true
            $0.nameRule = .pathSegment
        },
        kind("ClusterRoleBinding", "clusterrolebindings", group: "rbac.authorization.k8s.io", cluster: true) {
            $0.definition.allowsCreateOnUpdate = true
            $0.nameRule = .pathSegment
            $0.defaults = ClusterRules.bindingDefaults
            $0.validate = ClusterRules.binding
            $0.validateChange = ClusterRules.bindingChange
        },
        kind("StorageClass", "storageclasses", group: "storage.k8s.io", cluster: true, short: ["sc"]) {
            $0.defaults = ClusterRules.storageClassDefaults
            $0.validate = ClusterRules.storageClass
            $0.validateChange = ClusterRules.storageClassChange
        },
        kind("PriorityClass", "priorityclasses", group: "scheduling.k8s.io", cluster: true, short: ["pc"]) {
            $0.hasGeneration = true
            $0.defaults = ClusterRules.priorityClassDefaults
            $0.validateChange = ClusterRules.priorityClassChange
        },
        kind(
            "CustomResourceDefinition",
            "customresourcedefinitions",
            group: "apiextensions.k8s.io",
            cluster: true,
            short: ["crd", "crds"],
            categories: ["api-extensions"],
            status: true
        ) {
            $0.hasGeneration = true
            $0.definition.tracksSubresource = true
            $0.defaults = CustomResourceDefinitionRules.defaults
            $0.validate = CustomResourceDefinitionRules.validate
            $0.validateChange = CustomResourceDefinitionRules.validateChange
        },
    ]
}
