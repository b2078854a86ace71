/// The form in which a server is asked to send objects, by the `Accept` header.
enum ResponseShape: Sendable, Hashable {
    case object
    /// `PartialObjectMetadata`.
    case metadata
    /// `Table`, as kubectl prints it.
    case table

    /// The header. A server that cannot send the form sends the objects themselves, which reads the same but for the size.
    ///
    /// - Parameter verb: of the call; of lists the whole has another kind than of single objects, and a server refuses the wrong one.
    func accept(verb: String) -> String {
        switch self {
        case .object: "application/json"
        case .metadata: "application/json;as=PartialObjectMetadata\(verb == "list" ? "List" : "");g=meta.k8s.io;v=v1,application/json"
        case .table: "application/json;as=Table;g=meta.k8s.io;v=v1,application/json"
        }
    }
}
