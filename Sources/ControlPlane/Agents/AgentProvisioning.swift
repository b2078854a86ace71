/// Why an agent cannot be made, or brought up to date, at the moment.
struct ProvisionTrouble: Error, Sendable, Hashable, CustomStringConvertible {
    /// A sentence for people, without secrets.
    var message: String
    /// Whether it may pass by itself.
    var isTransient = true
    /// Whether the same step may be tried again at once.
    var mayRepeat = false
    /// How long the gateway wants to be left alone.
    var retryAfter: Duration?

    var description: String { message }
}

/// The order in which an agent is made on its gateway, and what follows of how each step ended. Pure.
///
/// Each step makes what is not there and takes what is, so that a run may end anywhere and begin again anywhere before.
struct AgentProvisioning: Sendable, Hashable {
    /// The steps, in their order.
    enum Step: String, Sendable, Hashable, CaseIterable {
        /// Where the gateway keeps workspaces is known.
        case locate
        /// The gateway has the agent.
        case create
        /// The gateway calls it by its name and knows its workspace.
        case register
        /// The gateway's configuration says how it is woken.
        case configure
        /// Its files are written, but for the one with the token.
        case files
        /// It has a token, and its file with it.
        case token
        /// It has a session.
        case session
        /// It is told to call.
        case wake
    }

    /// How a step ended.
    enum Outcome: Sendable, Hashable {
        /// As it should.
        case done
        /// The gateway does not know the agent.
        case absent
        /// Not well.
        case failed(ProvisionTrouble)
    }

    /// What is to be done.
    enum Action: Sendable, Hashable {
        /// A step.
        case perform(Step)
        /// A step, after a while.
        case wait(Duration, Step)
        /// Nothing: the agent is what it should be.
        case finish
        /// Nothing at the moment.
        case giveUp(ProvisionTrouble)
    }

    /// How long to wait for a gateway to know an agent it has just made.
    static let pausesWhileAbsent: [Duration] = [.milliseconds(500), .seconds(1), .seconds(2), .seconds(4)]
    /// How long to wait before a step is repeated.
    static let pausesBeforeRepeating: [Duration] = [.milliseconds(250), .seconds(1), .seconds(2)]
    /// A gateway that wants to be left alone for longer is left alone until the next run.
    static let longestPause: Duration = .seconds(5)

    private let skipped: Set<Step>
    private var tries = 0
    private var hasBegunAnew = false
    private var index: Int

    /// A run.
    ///
    /// - Parameters:
    ///   - done: the last step that is done; nil for none.
    ///   - skipped: steps that are not wanted.
    init(after done: Step?, skipping skipped: Set<Step> = []) {
        self.skipped = skipped
        index = done.flatMap { Step.allCases.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
        skip()
    }

    /// What to begin with.
    var first: Action { step.map { .perform($0) } ?? .finish }

    private var step: Step? { index < Step.allCases.count ? Step.allCases[index] : nil }

    private mutating func skip() {
        while let step, skipped.contains(step) { index += 1 }
    }

    /// A step has ended.
    ///
    /// - Returns: what follows.
    mutating func ended(_ outcome: Outcome) -> Action {
        guard let step else { return .finish }
        switch outcome {
        case .done:
            index += 1
            tries = 0
            skip()
            return first
        case .absent:
            // A gateway may take a moment to know what it has just made.
            if step == .register, tries < Self.pausesWhileAbsent.count {
                tries += 1
                return .wait(Self.pausesWhileAbsent[tries - 1], step)
            }
            // Somebody has taken it away, or the gateway is a new one: it is made again, once in a run.
            guard !hasBegunAnew else { return .giveUp(ProvisionTrouble(message: "The gateway does not keep the agent.")) }
            hasBegunAnew = true
            index = 0
            tries = 0
            skip()
            return first
        case .failed(let trouble):
            guard trouble.isTransient, trouble.mayRepeat, tries < Self.pausesBeforeRepeating.count else { return .giveUp(trouble) }
            let pause = max(Self.pausesBeforeRepeating[tries], trouble.retryAfter ?? .zero)
            guard pause <= Self.longestPause else { return .giveUp(trouble) }
            tries += 1
            return .wait(pause, step)
        }
    }
}
