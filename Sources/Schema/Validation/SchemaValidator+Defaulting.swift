import JSONValue

extension SchemaValidator {
    /// The value with the defaults of the members it lacks, wherever the object that should hold them is there.
    ///
    /// A `null` where the schema is not nullable counts as absent: it is replaced by the default, or removed when there is none. These
    /// are the rules of structural schemas.
    public func defaulting(_ value: JSON) -> JSON {
        defaulting(value, root)
    }

    private func defaulting(_ value: JSON, _ place: Int) -> JSON {
        let node = nodes[place]
        switch value {
        case .object(var members):
            fill(&members, node)
            return .object(members)
        case .array(let elements):
            guard let items = node.items else { return value }
            return .array(
                elements.map { element in
                    let schema = nodes[items].schema
                    if element.isNull, !schema.nullable, let filled = schema.defaultValue { return defaulting(filled, items) }
                    return defaulting(element, items)
                }
            )
        default: return value
        }
    }

    private func fill(_ members: inout [String: JSON], _ node: SchemaNode) {
        for (name, place) in node.properties {
            let property = nodes[place].schema
            if members[name].map({ $0.isNull && !property.nullable }) ?? true { members[name] = property.defaultValue }
            if let member = members[name] { members[name] = defaulting(member, place) }
        }
        guard let additional = node.additional else { return }
        let schema = nodes[additional].schema
        for (name, member) in members where node.propertyNodes[name] == nil {
            if member.isNull && !schema.nullable {
                members[name] = schema.defaultValue
            } else {
                members[name] = defaulting(member, additional)
            }
        }
    }
}
