/// How agents are made and looked after.
struct AgentSettings: Sendable {
    /// The platform's API as agents reach it, for their `TOOLS.md`; nil leaves it out.
    var baseURL: String?
    /// How long a gateway may take to be connected.
    var connectTimeout: Duration = .seconds(5)
    /// How long one call of a gateway may take.
    var callTimeout: Duration = .seconds(10)
    /// How long making an agent, or bringing it up to date, may take in one go; shorter than a request's time.
    var runLimit: Duration = .seconds(25)
    /// How long somebody who wants to work on an agent waits for somebody else who does.
    var patience: Duration = .seconds(5)
    /// Time between two looks for agents that somebody has to look at.
    var interval: Duration = .seconds(1)
    /// Most agents that one process looks at at once, each of another gateway.
    var batch = 16
    /// Time between two looks for agents whose tenant is gone.
    var strayInterval: Duration = .seconds(60)
    /// Wait between the attempts at one agent.
    var backoff = IntentBackoff(first: .seconds(2), longest: .seconds(300))
    /// How long an agent may take to call after it was woken.
    var checkInLimit: Duration = .seconds(30)
    /// How often an agent is woken that does not call.
    var mostWakes = 3
    /// How often an agent's call is noted.
    var touchInterval: Duration = .seconds(30)

    /// How long agents that are gone are remembered.
    var retention: Duration = .seconds(2_592_000)

    /// How long an agent belongs to whoever works on it: longer than a run may take, so that two are never at one agent.
    var lease: Duration { runLimit * 2 + .seconds(5) }
}
