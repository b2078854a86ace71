/// Routes by path and method. A literal part wins over a parameter, whatever the order of insertion.
public struct RouteTable<Value: Sendable>: Sendable {
    /// What a path and method lead to.
    public enum Match: Sendable {
        /// A route, with the values of its path parameters by name.
        case found(Value, parameters: [String: String])
        /// The path exists with other methods, sorted.
        case methodNotAllowed(allowed: [String])
        /// No such path.
        case unknown
    }

    /// Two routes with the same method and shape.
    public struct Conflict: Error, CustomStringConvertible {
        /// Method of both.
        public let method: String
        /// Path of the second.
        public let path: String
        public var description: String { "two operations for \(method) \(path)" }
    }

    private struct Endpoint: Sendable {
        let names: [String]
        let value: Value
    }

    private struct Node: Sendable {
        var literals: [String: Node] = [:]
        var parameter: [Node] = []
        var endpoints: [String: Endpoint] = [:]
    }

    private var root = Node()

    /// An empty table.
    public init() {}

    /// Adds a route.
    ///
    /// - Parameters:
    ///   - method: HTTP method in upper case.
    ///   - template: the path.
    ///   - value: what the route leads to.
    /// - Throws: ``Conflict`` when a route of that method and shape exists.
    public mutating func insert(method: String, template: PathTemplate, value: Value) throws(Conflict) {
        let endpoint = Endpoint(names: template.parameterNames, value: value)
        guard Self.insert(endpoint, method: method, segments: template.segments[...], into: &root) else {
            throw Conflict(method: method, path: template.description)
        }
    }

    private static func insert(
        _ endpoint: Endpoint,
        method: String,
        segments: ArraySlice<PathTemplate.Segment>,
        into node: inout Node
    ) -> Bool {
        guard let first = segments.first else {
            return node.endpoints.updateValue(endpoint, forKey: method) == nil
        }
        switch first {
        case .literal(let text):
            return insert(endpoint, method: method, segments: segments.dropFirst(), into: &node.literals[text, default: Node()])
        case .parameter:
            if node.parameter.isEmpty { node.parameter.append(Node()) }
            return insert(endpoint, method: method, segments: segments.dropFirst(), into: &node.parameter[0])
        }
    }

    /// Finds the route of a method and the decoded parts of a path.
    ///
    /// - Parameters:
    ///   - method: HTTP method in upper case.
    ///   - parts: the path's parts between slashes, percent-decoded.
    /// - Returns: the route, or why there is none.
    public func match(method: String, parts: [String]) -> Match {
        var values: [String] = []
        guard let node = Self.find(parts[...], in: root, values: &values) else { return .unknown }
        guard let endpoint = node.endpoints[method] else { return .methodNotAllowed(allowed: node.endpoints.keys.sorted()) }
        return .found(endpoint.value, parameters: Dictionary(zip(endpoint.names, values)) { _, last in last })
    }

    private static func find(_ parts: ArraySlice<String>, in node: Node, values: inout [String]) -> Node? {
        guard let first = parts.first else { return node.endpoints.isEmpty ? nil : node }
        if let next = node.literals[first], let found = find(parts.dropFirst(), in: next, values: &values) { return found }
        guard let next = node.parameter.first, !first.isEmpty else { return nil }
        values.append(first)
        if let found = find(parts.dropFirst(), in: next, values: &values) { return found }
        values.removeLast()
        return nil
    }
}
