import JSONValue

/// Whether an object is to be suspended: a member in files, operations of its own over REST.
struct Suspension {
    var client: APIClient

    /// What is waited for after suspending.
    static let goal = ReadinessGoal.member(path: ["phase"], value: "Suspended")

    /// Suspends or resumes an object.
    func set(_ isSuspended: Bool, _ type: ResourceDeclaration, _ words: [String]) async throws {
        guard let action = type.action(isSuspended ? "suspend" : "resume") else { return }
        _ = try await client.send(action.route.method, action.route.filled(words))
    }
}
