import KubernetesClient

/// What a refusal of the API server leads to.
enum KubeVirtTrouble {
    enum Verb: String, Sendable { case ensure, observe, power, destroy, list }

    static func error(_ error: any Error, of verb: Verb) -> MachineError {
        if let error = error as? MachineError { return error }
        guard let refusal = error as? KubernetesError else {
            return MachineError(.unreachable, "The API server gave no answer", cause: error)
        }
        let text = "The API server refused to \(verb.rawValue) a virtual machine"
        switch refusal.httpStatus {
        case 404 where verb == .ensure:
            return MachineError(
                .refused,
                "There is no VirtualMachine in this cluster, or no such namespace: is KubeVirt installed?",
                retryAfter: .seconds(60),
                cause: refusal
            )
        case 409: return MachineError(.conflict, text, retryAfter: .seconds(2), cause: refusal)
        case 401: return MachineError(.unauthorized, text, isPermanent: true, cause: refusal)
        // A quota is a refusal that passes.
        case 403 where refusal.message.contains("exceeded quota"):
            return MachineError(.noCapacity, text, retryAfter: .seconds(300), cause: refusal)
        case 400, 403, 422: return MachineError(.refused, text, isPermanent: true, cause: refusal)
        case .some: return MachineError(.unavailable, text, retryAfter: refusal.retryAfter ?? .seconds(10), cause: refusal)
        case nil: return MachineError(.unreachable, "The API server gave no answer", cause: refusal)
        }
    }
}
