import JSONValue

/// Brings changes of an instance's settings to its machine. What is stored counts; a machine that cannot be reached gets it later.
struct InstancePush: Sendable {
    /// Sends the model policy to the machine.
    ///
    /// It throws when the machine did not take it; the error's text names no secret.
    var modelPolicy: @Sendable (InstanceRow, JSON) async throws -> Void

    /// Pushes nothing.
    static let none = InstancePush { _, _ in throw PushUnavailable() }

    /// Nobody brings changes to machines.
    struct PushUnavailable: Error, CustomStringConvertible {
        let code = "PUSH_UNAVAILABLE"
        var description: String { "changes are not sent to machines here" }
    }
}
