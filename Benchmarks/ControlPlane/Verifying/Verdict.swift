/// Compares what callers were told with what is there. Pure.
struct Verdict: Sendable {
    /// What is wrong, each in a sentence.
    private(set) var problems: [String] = []

    init(_ ledger: Ledger, _ evidence: Evidence) {
        problems = ledger.wrong
        catalogue(ledger, evidence)
        tenants(ledger, evidence)
        intents(ledger, evidence)
        trail(ledger, evidence)
    }

    // MARK: - What there is

    private mutating func catalogue(_ ledger: Ledger, _ evidence: Evidence) {
        compare("the row of the tenant", ledger.objects.filter { $0.kind == .tenant }, evidence.tenants)
        compare("the MCP server", ledger.objects.filter { $0.kind == .mcpServer }, evidence.servers)
        compare("the group", ledger.objects.filter { $0.kind == .group }, evidence.groups)
        // Each of them was made with one grant.
        let grants = ledger.objects.count { $0.kind != .tenant && $0.isLive }
        if evidence.grants != grants { problems.append("there are \(evidence.grants) grants, not \(grants)") }
    }

    private mutating func compare(_ what: String, _ objects: [Ledger.Object], _ rows: [Evidence.Row]) {
        let found = Dictionary(grouping: rows, by: \.name)
        for object in objects {
            let values = (found[object.name] ?? []).map(\.value)
            guard values != (object.value.map { [$0] } ?? []) else { continue }
            problems.append("\(what) \(object.name) must be \(object.value.map { "'\($0)'" } ?? "gone") and is \(values)")
        }
        let known = Set(objects.map(\.name))
        for name in found.keys.sorted() where !known.contains(name) { problems.append("\(what) \(name) was made by nobody") }
    }

    private mutating func tenants(_ ledger: Ledger, _ evidence: Evidence) {
        var last: [String: String] = [:]
        for intent in evidence.intents where intent.state == "applied" { last[intent.name] = intent.id }
        let tenants = ledger.objects.filter { $0.kind == .tenant }
        for tenant in tenants {
            switch (tenant.value, evidence.cluster[tenant.name]) {
            case (nil, nil): continue
            case (nil, .some): problems.append("the tenant \(tenant.name) was deleted and is in Kubernetes")
            case (let value?, nil): problems.append("the tenant \(tenant.name) ('\(value)') is not in Kubernetes")
            case (let value?, let found?):
                if found.value != value {
                    problems.append("the tenant \(tenant.name) must be '\(value)' in Kubernetes and is '\(found.value)'")
                }
                // Every update writes something new, so every one counts once.
                if found.generation != Int64(1 + tenant.updates) {
                    problems.append("the tenant \(tenant.name) was changed \(tenant.updates) times and has generation \(found.generation)")
                }
                if found.intent != last[tenant.name] {
                    problems.append("the tenant \(tenant.name) was written by \(found.intent) after \(last[tenant.name] ?? "none")")
                }
            }
        }
        let known = Set(tenants.map(\.name))
        for name in evidence.cluster.keys.sorted() where !known.contains(name) {
            problems.append("the tenant \(name) is in Kubernetes and was made by nobody")
        }
    }

    // MARK: - What was recorded

    private mutating func intents(_ ledger: Ledger, _ evidence: Evidence) {
        for intent in evidence.intents where intent.state != "applied" {
            problems.append("the intent \(intent.id) to \(intent.action) \(intent.name) is \(intent.state)")
        }
        once("an intent", ledger.writes.filter { $0.kind == .tenant }, evidence.intents.map(\.key))
        once("an answer", ledger.writes.filter { $0.kind != .tenant }, evidence.answers)
    }

    private mutating func trail(_ ledger: Ledger, _ evidence: Evidence) {
        if evidence.pending != 0 { problems.append("\(evidence.pending) entries of the trail are pending") }
        once("a success in the trail", ledger.writes, evidence.successes)
    }

    /// Each write has exactly one of something, and nothing else has one.
    private mutating func once(_ what: String, _ writes: [Ledger.Write], _ keys: [String]) {
        let counts = Dictionary(keys.map { ($0, 1) }, uniquingKeysWith: +)
        for write in writes where counts[write.key] != 1 {
            problems.append(
                "\(write.kind) \(write.name) was \(write.action) (\(write.key)) and has \(what) \(counts[write.key] ?? 0) times"
            )
        }
        let known = Set(writes.map(\.key))
        for key in counts.keys.sorted() where !known.contains(key) {
            problems.append("the request \(key) was not acknowledged and has \(what)")
        }
    }
}
