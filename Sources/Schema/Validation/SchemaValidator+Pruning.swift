import JSONValue

extension SchemaValidator {
    /// The value without the members its schema does not know.
    ///
    /// - Parameters:
    ///   - value: the value to prune.
    ///   - isResource: whether the value is a Kubernetes object, whose `apiVersion`, `kind` and `metadata` are always known.
    /// - Returns: the pruned value and the paths of what was taken out, sorted as written.
    public func pruning(_ value: JSON, isResource: Bool = false) -> (value: JSON, pruned: [[PathElement]]) {
        var run = PruningRun(nodes: nodes)
        let result = run.prune(value, root, isResource: isResource)
        return (result, run.pruned.sorted { $0.fieldPath < $1.fieldPath })
    }

    /// The paths of the members that the schema does not know.
    public func unknownFields(in value: JSON, isResource: Bool = false) -> [[PathElement]] {
        pruning(value, isResource: isResource).pruned
    }
}

/// One pass over a value; the rules are those of the API server's structural pruning.
private struct PruningRun {
    let nodes: [SchemaNode]
    var path: [PathElement] = []
    var pruned: [[PathElement]] = []

    mutating func prune(_ value: JSON, _ place: Int?, isResource: Bool) -> JSON {
        let node = place.map { nodes[$0] }
        switch value {
        case .object(let members): return .object(prune(members, node, isResource: isResource))
        case .array(let elements):
            // Below a preserving schema without items everything stays.
            if let node, node.items == nil, node.schema.preserveUnknownFields { return value }
            return .array(
                elements.enumerated().map { index, element in
                    path.append(.index(index))
                    defer { path.removeLast() }
                    return prune(element, node?.items, isResource: false)
                }
            )
        default: return value
        }
    }

    private mutating func prune(_ members: [String: JSON], _ node: SchemaNode?, isResource: Bool) -> [String: JSON] {
        let isObject = isResource || node?.schema.embeddedResource == true
        var result = members
        for (name, member) in members {
            if isObject && ["apiVersion", "kind"].contains(name) { continue }
            path.append(.key(name))
            defer { path.removeLast() }
            if isObject, name == "metadata" {
                // The metadata of the object itself is a matter of its own.
                if !isResource { result[name] = pruneMetadata(member) }
                continue
            }
            if let place = node.flatMap({ place(of: name, in: $0) }) {
                result[name] = prune(member, place, isResource: false)
            } else if node.map(keepsUnknown) != true {
                pruned.append(path)
                result[name] = nil
            }
        }
        return result
    }

    private static let metadataFields: Set<String> = [
        "name", "generateName", "namespace", "selfLink", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
        "deletionGracePeriodSeconds", "labels", "annotations", "ownerReferences", "finalizers", "managedFields",
    ]

    /// Every object has the same metadata, whatever a schema says.
    private mutating func pruneMetadata(_ metadata: JSON) -> JSON {
        guard case .object(var members) = metadata else { return metadata }
        for name in members.keys where !Self.metadataFields.contains(name) {
            pruned.append(path + [.key(name)])
            members[name] = nil
        }
        return .object(members)
    }

    private func keepsUnknown(_ node: SchemaNode) -> Bool {
        if node.schema.preserveUnknownFields || node.schema.additionalProperties == .allowed { return true }
        return node.allOf.contains { keepsUnknown(nodes[$0]) }
    }

    /// The schema of a member: a named property, one of a composition's, or that of all other members.
    private func place(of name: String, in node: SchemaNode) -> Int? {
        if let place = node.propertyNodes[name] { return place }
        for part in node.allOf + node.oneOf + node.anyOf {
            if let place = place(of: name, in: nodes[part]) { return place }
        }
        return node.additional
    }
}
