import JSONValue

/// How to see from an object whether it is ready, fails, or is on its way.
public struct Readiness: Sendable {
    /// The member with the phase.
    public let phase: String
    /// Phases of an object that does what it should. Lower case.
    public let ready: Set<String>
    /// Phases of an object that needs somebody. Lower case.
    public let failed: Set<String>
    /// The member with the reason, for people.
    public let message: String
    /// The operation that tells its conditions and steps; `nil` when the object itself is all there is.
    public let status: Route?

    /// Declares how readiness is seen. Members are paths with dots.
    public init(phase: String, ready: Set<String>, failed: Set<String>, message: String = "message", status: Route? = nil) {
        self.phase = phase
        self.ready = ready
        self.failed = failed
        self.message = message
        self.status = status
    }

    /// The phase of an object, as it says it.
    func phase(of object: JSON) -> String? {
        guard let value = object[at: phase.split(separator: ".").map(String.init)], !value.isNull else { return nil }
        return value.stringValue ?? value.text()
    }

    /// What is in the way, as an object says it.
    func message(of object: JSON) -> String? {
        let text = object[at: message.split(separator: ".").map(String.init)]?.stringValue
        return text?.isEmpty == true ? nil : text
    }

    /// Whether an object is ready.
    func isReady(_ object: JSON) -> Bool { phase(of: object).map { ready.contains($0.lowercased()) } ?? false }

    /// Whether an object needs somebody.
    func hasFailed(_ object: JSON) -> Bool { phase(of: object).map { failed.contains($0.lowercased()) } ?? false }
}
