import KubernetesModel
import NIOConcurrencyHelpers

/// All resources the server has at the moment: the built-in ones, and those that definitions add.
final class ResourceTable: Sendable {
    private struct ID: Hashable, Sendable {
        var group: String
        var version: String
        var plural: String
    }

    private struct State: Sendable {
        var resources: [ID: ServedResource] = [:]
        /// The resources in the order in which discovery shows them.
        var order: [ID] = []
        /// The revision of each definition that has taken effect.
        var revisions: [String: Int64] = [:]
        /// Grows with every change, so that what is derived from the table can be cached.
        var version = 0
    }

    private let state: NIOLockedValueBox<State>

    init(builtins: [ServedResource]) {
        var state = State()
        for resource in builtins {
            let id = ID(group: resource.type.group, version: resource.type.version, plural: resource.type.plural)
            if state.resources.updateValue(resource, forKey: id) == nil { state.order.append(id) }
        }
        self.state = NIOLockedValueBox(state)
    }

    var version: Int { state.withLockedValue { $0.version } }

    func resource(group: String, version: String, plural: String) -> ServedResource? {
        state.withLockedValue { $0.resources[ID(group: group, version: version, plural: plural)] }
    }

    /// All resources in the order of discovery.
    var all: [ServedResource] {
        state.withLockedValue { state in state.order.compactMap { state.resources[$0] } }
    }

    /// The resource of a kind, for owner references.
    func resource(apiVersion: String, kind: String) -> ServedResource? {
        state.withLockedValue { state in
            state.order.compactMap { state.resources[$0] }.first { $0.type.apiVersion == apiVersion && $0.type.kind == kind }
        }
    }

    /// A resource whose objects are stored under this name; with `preferringStored`, the version that objects are stored in.
    func resource(storage: String) -> ServedResource? {
        state.withLockedValue { state in
            let candidates = state.order.compactMap { state.resources[$0] }.filter { $0.storage == storage }
            return candidates.first { $0.type == $0.definition.storage } ?? candidates.first
        }
    }

    func contains(group: String, version: String) -> Bool {
        state.withLockedValue { $0.order.contains { $0.group == group && $0.version == version } }
    }

    func contains(group: String) -> Bool {
        state.withLockedValue { $0.order.contains { $0.group == group } }
    }

    /// Replaces the resources of one definition, unless a later revision of it has done so already.
    func set(_ resources: [ServedResource], definition: String, revision: Int64) {
        state.withLockedValue { state in
            guard revision >= state.revisions[definition] ?? 0 else { return }
            state.revisions[definition] = revision
            let old = state.order.filter { state.resources[$0]?.definitionName == definition }
            for id in old { state.resources[id] = nil }
            state.order.removeAll { old.contains($0) }
            for resource in resources {
                let id = ID(group: resource.type.group, version: resource.type.version, plural: resource.type.plural)
                state.resources[id] = resource
                state.order.append(id)
            }
            state.version += 1
        }
    }
}
