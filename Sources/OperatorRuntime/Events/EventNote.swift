import KubernetesModel

/// Something worth telling people about an object.
public struct EventNote: Sendable, Hashable {
    /// How good the news is.
    public enum Kind: String, Sendable {
        /// As it should be.
        case normal = "Normal"
        /// Somebody may have to do something.
        case warning = "Warning"
    }

    /// The object.
    public var regarding: CoreV1.ObjectReference
    /// How good the news is.
    public var type: Kind
    /// Why, one word in PascalCase.
    public var reason: String
    /// What was being done, one word in PascalCase.
    public var action: String
    /// A sentence; cut to 1024 bytes.
    public var note: String
    /// A second object.
    public var related: CoreV1.ObjectReference?

    /// Makes a note. Default action: `Reconciling`.
    public init(
        regarding: CoreV1.ObjectReference,
        type: Kind = .normal,
        reason: String,
        action: String = "Reconciling",
        note: String,
        related: CoreV1.ObjectReference? = nil
    ) {
        self.regarding = regarding
        self.type = type
        self.reason = reason
        self.action = action
        self.note = note
        self.related = related
    }
}

extension String {
    /// As many whole characters from the beginning as have at most `limit` bytes in UTF-8.
    func prefix(utf8 limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(startIndex, offsetBy: limit)
        while end > startIndex, end.samePosition(in: self) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}

extension CoreV1.ObjectReference {
    /// A reference to an object.
    public init<Object: KubernetesResource>(_ object: Object) {
        self.init(
            apiVersion: Object.resourceType.apiVersion,
            kind: Object.resourceType.kind,
            namespace: object.metadata.namespace,
            name: object.metadata.name,
            uid: object.metadata.uid,
            resourceVersion: nil
        )
    }
}
