/// A path with named parameters: `/tenants/{name}/suspend`.
public struct PathTemplate: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// One part of a path between two slashes.
    public enum Segment: Sendable, Hashable {
        /// A part that has to be exactly this.
        case literal(String)
        /// A part that may be anything but empty, under this name.
        case parameter(String)
    }

    /// The parts, in order.
    public let segments: [Segment]

    /// Reads a template. A part in braces is a parameter; slashes at either end are of no account.
    public init(_ text: String) {
        segments = text.split(separator: "/").map { part in
            part.hasPrefix("{") && part.hasSuffix("}") ? .parameter(String(part.dropFirst().dropLast())) : .literal(String(part))
        }
    }

    public init(stringLiteral value: String) { self.init(value) }

    /// Makes a template of parts.
    public init(segments: [Segment]) { self.segments = segments }

    /// Names of the parameters, in order.
    public var parameterNames: [String] {
        segments.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
    }

    /// This template after the parts of a prefix.
    public func prefixed(by prefix: PathTemplate) -> PathTemplate { PathTemplate(segments: prefix.segments + segments) }

    public var description: String {
        "/"
            + segments.map { segment in
                switch segment {
                case .literal(let text): text
                case .parameter(let name): "{\(name)}"
                }
            }.joined(separator: "/")
    }
}
