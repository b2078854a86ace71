import JSONValue

/// What is there before the first request: the standard namespaces, the `kubernetes` service, the standard roles where there is access
/// control, and what definitions on disk add.
struct ClusterBootstrap: Sendable {
    static let namespaceNames = ["default", "kube-system", "kube-public", "kube-node-lease"]
    private static let manager = "kube-apiserver"

    let handler: ResourceHandler
    let namespaces: NamespaceController

    func run() async throws {
        for service in try handler.store.list("services", namespace: nil).objects { handler.addresses.adopt(service.json) }
        if let resource = handler.resources.resource(storage: "namespaces") {
            for name in Self.namespaceNames {
                try await handler.controllerCreate(
                    resource,
                    ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]],
                    namespace: nil,
                    manager: Self.manager
                )
                try await namespaces.reconcile(name)
            }
        }
        if let services = handler.resources.resource(storage: "services") {
            try await handler.controllerCreate(
                services,
                [
                    "apiVersion": "v1", "kind": "Service",
                    "metadata": ["name": "kubernetes", "labels": ["component": "apiserver", "provider": "kubernetes"]],
                    "spec": ["clusterIP": "10.96.0.1", "ports": [["name": "https", "port": 443, "targetPort": 6443]]],
                ],
                namespace: "default",
                manager: Self.manager
            )
        }
        for (plural, object) in handler.authorizer.isEnforcing ? StandardRoles.objects : [] {
            guard let served = handler.resources.resource(storage: plural + ".rbac.authorization.k8s.io") else { continue }
            try await handler.controllerCreate(served, object, namespace: nil, manager: Self.manager)
        }
        for definition in try handler.store.list(CustomResourceDefinitions.storage, namespace: nil).objects {
            await handler.reconcileDefinition(definition.key.name)
        }
    }
}
