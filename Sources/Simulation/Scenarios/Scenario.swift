/// What a user does, step by step. In the end the state depends on the steps alone, not on how fast they follow each other.
public struct Scenario: Sendable {
    /// One deed of the user.
    public struct Step: Sendable {
        /// What is done.
        public var name: String
        let act: @Sendable (User) async throws -> Void

        init(_ name: String, _ act: @escaping @Sendable (User) async throws -> Void) {
            self.name = name
            self.act = act
        }
    }

    /// Short and stable, for the command line.
    public var name: String
    /// The steps.
    public var steps: [Step]
    /// Whether the cluster has Cilium's policies for DNS names.
    public var hasNamePolicies: Bool

    init(_ name: String, hasNamePolicies: Bool = false, _ steps: [Step]) {
        self.name = name
        self.hasNamePolicies = hasNamePolicies
        self.steps = steps
    }

    /// All of them.
    public static let all: [Scenario] = tenants + policies + customers + accidents

    /// The scenario of a name.
    public static func named(_ name: String) -> Scenario? { all.first { $0.name == name } }
}
