/// What a watch says (`metav1.WatchEvent`).
public enum WatchEvent<Object: Sendable>: Sendable {
    /// An object appeared, or was there when the watch began.
    case added(Object)
    /// An object changed.
    case modified(Object)
    /// An object went; its last state.
    case deleted(Object)
    /// Nothing changed up to a version (KEP-956); `initialEventsEnd` ends the first part of a streaming list (KEP-3157).
    case bookmark(resourceVersion: String, initialEventsEnd: Bool)
    /// The watch is over, and why.
    case error(Status)
}

extension WatchEvent: Equatable where Object: Equatable {}
