import Entitlements
import JSONValue
import Testing

@Suite("The effective contract")
struct ContractTests {
    static func contract(servers: [EffectiveContract.Server] = [], memberships: [EffectiveContract.DatasetLevel: [String]] = [:])
        -> EffectiveContract
    {
        EffectiveContract(
            tenant: .init(name: "mia", team: nil, policy: "base"),
            awareness: .init(memberships: memberships, entitlements: [], resolution: AwarenessRollout.initial.resolve(wave: nil)),
            servers: servers,
            gateway: "http://gateway",
            skills: [],
            registry: nil
        )
    }

    @Test("Its id depends on its content alone")
    func identity() {
        let jira = EffectiveContract.Server(id: "2", name: "jira", transport: "sse", endpoint: "http://jira")
        let wiki = EffectiveContract.Server(id: "1", name: "wiki", transport: "sse", endpoint: "http://wiki")
        #expect(Self.contract(servers: [jira, wiki]).id == Self.contract(servers: [wiki, jira]).id)
        #expect(Self.contract(memberships: [.team: ["b", "a"]]).id == Self.contract(memberships: [.team: ["a", "b"]]).id)
        #expect(Self.contract(servers: [jira]).id != Self.contract(servers: [wiki]).id)
        #expect(Self.contract().id.count == 64)
    }

    @Test("A document whose content was changed is noticed")
    func integrity() {
        var document = Self.contract().json
        #expect(EffectiveContract.isIntact(document))
        document["tenant"]?["name"] = "leo"
        #expect(!EffectiveContract.isIntact(document))
        #expect(!EffectiveContract.isIntact([:]))
    }

    @Test("It names everything by id and by name, and leaves nothing out")
    func shape() {
        let document = Self.contract(
            servers: [.init(id: "1", name: "wiki", transport: "sse", endpoint: "http://wiki")],
            memberships: [.org: ["default"]]
        ).json
        #expect(document["contractVersion"] == "5.0.0")
        #expect(document["tenant"] == ["name": "mia", "team": .null, "policyRef": "base"])
        #expect(document[at: ["awareness", "memberships"]] == ["org": ["default"], "team": [], "project": [], "personal": []])
        #expect(document[at: ["mcp", "servers"]] == [["id": "1", "name": "wiki", "transport": "sse", "endpoint": "http://wiki"]])
        #expect(document[at: ["awareness", "version"]] == "awareness/v1alpha1")
        #expect(document[at: ["skills", "registry"]] == .null)
    }
}

@Suite("The rollout of awareness")
struct RolloutTests {
    static func rollout(isShadow: Bool = false) throws -> AwarenessRollout {
        try AwarenessRollout(target: "awareness/v1alpha2", waves: ["canary", "rest"], isShadow: isShadow)
    }

    @Test("Waves are promoted one after the other, and never taken back by a promotion")
    func promotion() throws {
        var rollout = try Self.rollout()
        #expect(rollout.nextWave == "canary")
        #expect(rollout.resolve(wave: "canary").version == "awareness/v1alpha1")
        try rollout.promote()
        #expect(rollout.promotedWaves == ["canary"])
        #expect(rollout.resolve(wave: "canary") == .init(wave: "canary", version: "awareness/v1alpha2", isPromoted: true, isShadow: false))
        #expect(rollout.resolve(wave: "rest").version == "awareness/v1alpha1")
        try rollout.promote(upTo: "rest")
        try rollout.promote(upTo: "canary")
        try rollout.promote()
        #expect(rollout.promotedWaves == ["canary", "rest"])
        #expect(rollout.nextWave == nil)
        rollout.rollBack()
        #expect(rollout.promotedWaves.isEmpty)
        #expect(rollout.target == "awareness/v1alpha2")
    }

    @Test("In the shadow a promoted wave runs the stable version")
    func shadow() throws {
        var rollout = try Self.rollout(isShadow: true)
        try rollout.promote()
        #expect(rollout.resolve(wave: "canary") == .init(wave: "canary", version: "awareness/v1alpha1", isPromoted: true, isShadow: true))
    }

    @Test("A tenant without a wave, or of one that is gone, is in the last", arguments: [nil, "old"])
    func lastWave(_ wave: String?) throws { #expect(try Self.rollout().resolve(wave: wave).wave == "rest") }

    @Test("What is no rollout is refused")
    func refusals() {
        #expect(throws: RolloutError.noWaves) { try AwarenessRollout(target: "awareness/v2", waves: []) }
        #expect(throws: RolloutError.waveRepeated("a")) { try AwarenessRollout(target: "awareness/v2", waves: ["a", "a"]) }
        #expect(throws: RolloutError.waveInvalid("A b")) { try AwarenessRollout(target: "awareness/v2", waves: ["A b"]) }
        #expect(throws: RolloutError.contractsDiffer(target: "other/v2", stable: "awareness/v1alpha1")) {
            try AwarenessRollout(target: "other/v2")
        }
        for text in ["", "v1", "awareness/", "awareness/1", "awareness/vx", "a/v1/v2", "Awareness/v1", "awareness/v1 "] {
            #expect(throws: RolloutError.versionInvalid(text)) { try AwarenessRollout(target: text) }
        }
        #expect(throws: RolloutError.waveUnknown("x")) {
            var rollout = try Self.rollout()
            try rollout.promote(upTo: "x")
        }
    }

    @Test(
        "How bad it is",
        arguments: [
            (Participation(lastSeen: 1000, runningVersion: "v", expectedVersion: "v", recentViolations: 0), Participation.Severity.ok),
            (Participation(lastSeen: 1000, runningVersion: nil, expectedVersion: "v", recentViolations: 0), .ok),
            (Participation(lastSeen: nil, runningVersion: nil, expectedVersion: "v", recentViolations: 0), .warning),
            (Participation(lastSeen: 1000, runningVersion: "w", expectedVersion: "v", recentViolations: 0), .warning),
            (Participation(lastSeen: 1000, runningVersion: "v", expectedVersion: "v", recentViolations: 1), .critical),
        ]
    )
    func severity(_ participation: Participation, _ expected: Participation.Severity) {
        #expect(participation.severity(now: 1000 + Participation.silence) == expected)
        if expected == .ok { #expect(participation.severity(now: 1001 + Participation.silence) == .warning) }
    }
}
