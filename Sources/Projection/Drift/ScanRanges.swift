import KubernetesModel

/// Decides which rows a page of objects is compared with: all those between the last object before it and the last one on it. So every row is
/// compared with exactly one page, and no more than a page of objects is held. Without I/O.
struct ScanRanges: Sendable {
    /// Rows of a namespace by their names.
    struct Range: Sendable, Hashable {
        var namespace: String
        /// The name they come after; empty for the first.
        var after: String
        /// The last one; `nil` for all the rest.
        var through: String?
    }

    /// What is compared.
    struct Part: Sendable {
        var objects: [ProjectedObject] = []
        var ranges: [Range] = []
    }

    /// The only namespace; `nil` for all.
    private let namespace: String?
    private var current: (namespace: String, last: String)?
    /// Where the ranges of the current namespace that were given out end.
    private var covered = ""
    private var isResumed = false
    /// The namespaces that have objects.
    private(set) var seen: Set<String> = []

    /// - Parameter namespace: the only namespace, empty for kinds without; `nil` for all.
    init(namespace: String?) { self.namespace = namespace }

    /// The list began anew, because its version was too old: what was compared already is left out from now on.
    mutating func resume() { isResumed = true }

    /// Takes the next page.
    ///
    /// - Parameters:
    ///   - objects: the objects of the page.
    ///   - isLast: whether it is the last one.
    /// - Throws: `ProjectionError` with `invalid_order` for objects that are not in the order of their names.
    mutating func take(_ objects: [ProjectedObject], isLast: Bool) throws(ProjectionError) -> Part {
        var part = Part()
        for object in objects {
            let (space, name) = (object.key.namespace ?? "", object.key.name)
            let isKnown: Bool
            if let current, current.namespace == space {
                isKnown = !current.last.utf8.lexicographicallyPrecedes(name.utf8)
            } else {
                isKnown = seen.contains(space)
            }
            if isKnown {
                guard isResumed else {
                    throw ProjectionError(.invalidOrder, "The objects come in no order: \(space)/\(name) after \(current?.last ?? "").")
                }
                continue
            }
            if let current, current.namespace != space {
                part.ranges.append(Range(namespace: current.namespace, after: covered, through: nil))
                covered = ""
            }
            seen.insert(space)
            current = (space, name)
            part.objects.append(object)
        }
        if let current, isLast || current.last != covered {
            part.ranges.append(Range(namespace: current.namespace, after: covered, through: isLast ? nil : current.last))
            covered = current.last
        } else if current == nil, isLast, let namespace {
            part.ranges.append(Range(namespace: namespace, after: "", through: nil))
        }
        return part
    }
}
