import KubernetesModel

/// A port of this machine that leads to a Service.
public struct ServiceForward: Sendable, Hashable {
    /// The Service's namespace.
    public var namespace: String
    /// The Service's name.
    public var service: String
    /// The Service's port.
    public var port: Int
    /// The port of 127.0.0.1; 0 for a free one.
    public var localPort: Int

    /// Describes a forwarding.
    public init(namespace: String, service: String, port: Int, localPort: Int) {
        self.namespace = namespace
        self.service = service
        self.port = port
        self.localPort = localPort
    }

    /// Reads `NAMESPACE/SERVICE:PORT=LOCALPORT`.
    ///
    /// - Throws: ``ProcessRuntimeError`` with the code `forward_malformed`.
    public init(parsing text: String) throws(ProcessRuntimeError) {
        let sides = text.split(separator: "=", omittingEmptySubsequences: false)
        let path = (sides.first ?? "").split(separator: "/", omittingEmptySubsequences: false)
        let target = (path.last ?? "").split(separator: ":", omittingEmptySubsequences: false)
        guard sides.count == 2, path.count == 2, target.count == 2, !path[0].isEmpty, !target[0].isEmpty,
            let port = Int(target[1]), let local = Int(sides[1]), (1...65_535).contains(port), (0...65_535).contains(local)
        else { throw ProcessRuntimeError(.forwardMalformed, "'\(text)' is not of the form NAMESPACE/SERVICE:PORT=LOCALPORT") }
        self.init(namespace: String(path[0]), service: String(target[0]), port: port, localPort: local)
    }

    /// Where connections are led to: the pods of the Service that are ready and are not being ended.
    ///
    /// - Parameters:
    ///   - service: the Service, if it is there.
    ///   - pods: pods of its namespace.
    static func targets(_ service: CoreV1.Service?, port: Int, pods: [CoreV1.Pod]) -> [(address: String, port: Int)] {
        guard let selector = service?.spec?.selector, !selector.isEmpty,
            let known = service?.spec?.ports?.first(where: { $0.port == port })
        else { return [] }
        return pods.filter { pod in
            !pod.metadata.isBeingDeleted && selector.allSatisfy { pod.metadata.labels[$0.key] == $0.value }
                && pod.status?.conditions?.contains { $0.type == "Ready" && $0.status == "True" } ?? false
        }.sorted { $0.key < $1.key }.compactMap { pod in
            guard let address = pod.status?.podIP, let number = number(known.targetPort ?? .int(port), of: pod.spec?.containers) else {
                return nil
            }
            return (address, number)
        }
    }

    /// The number of a port of a pod.
    ///
    /// - Parameter port: a number, or the name of a container's port.
    static func number(_ port: IntOrString?, of containers: [CoreV1.Container]?) -> Int? {
        switch port {
        case .int(let number): number
        case .string(let name): (containers ?? []).flatMap { $0.ports ?? [] }.first { $0.name == name }?.containerPort
        case nil: nil
        }
    }
}
