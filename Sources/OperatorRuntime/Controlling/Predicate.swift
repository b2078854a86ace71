import KubernetesModel

/// Decides which events of an informer concern a controller.
public struct Predicate<Object: KubernetesObject>: Sendable {
    /// Whether an event concerns it.
    public var matches: @Sendable (InformerEvent<Object>) -> Bool

    /// Makes a predicate.
    public init(_ matches: @escaping @Sendable (InformerEvent<Object>) -> Bool) { self.matches = matches }

    /// Every event.
    public static var all: Predicate { Predicate { _ in true } }

    /// Changes of the desired state, and of the deletion. Appearing and going always match; so do objects that have no generation.
    public static var generationChanged: Predicate {
        changed { old, new in
            old.metadata.generation != new.metadata.generation || new.metadata.generation == nil
                || old.metadata.deletionTimestamp != new.metadata.deletionTimestamp
        }
    }

    /// Changes of labels. Appearing and going always match.
    public static var labelsChanged: Predicate { changed { $0.metadata.labels != $1.metadata.labels } }

    /// Changes of annotations. Appearing and going always match.
    public static var annotationsChanged: Predicate { changed { $0.metadata.annotations != $1.metadata.annotations } }

    /// Any change at all, but not what is told again. Appearing and going always match.
    public static var resourceVersionChanged: Predicate { changed { $0.metadata.resourceVersion != $1.metadata.resourceVersion } }

    /// Changes for which a closure says yes. Appearing and going always match.
    public static func changed(_ differs: @escaping @Sendable (Object, Object) -> Bool) -> Predicate {
        Predicate { event in
            if case .updated(let old, let new, let isResync) = event { isResync || differs(old, new) } else { true }
        }
    }

    /// Events that one of the two matches.
    public func or(_ other: Predicate) -> Predicate { Predicate { matches($0) || other.matches($0) } }

    /// Events that both match.
    public func and(_ other: Predicate) -> Predicate { Predicate { matches($0) && other.matches($0) } }

    /// Events that this one does not match.
    public var not: Predicate { Predicate { !matches($0) } }
}
