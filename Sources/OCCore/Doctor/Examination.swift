import JSONValue

/// Looks at everything, or at some objects, for what is not as it should be.
struct Examination {
    var reader: ResourceReader
    var context: CLIContext

    /// What an examination found.
    struct Report {
        var diagnoses: [Diagnosis] = []
        /// How many objects of each type were looked at.
        var examined: [(type: String, count: Int)] = []
        /// What could not be looked at, and why.
        var skipped: [String] = []
        /// Findings about the platform itself.
        var platform: [Diagnosis] = []

        /// Whether something could not be looked at for another reason than that the caller may not.
        var isIncomplete = false

        var isHealthy: Bool { diagnoses.isEmpty && platform.isEmpty }

        /// For programs.
        var json: JSON {
            [
                "findings": .array((platform + diagnoses).map(\.json)), "skipped": .array(skipped.map(JSON.string)),
                "examined": .object(Dictionary(examined.map { ($0.type, .integer(Int64($0.count))) }) { $1 }),
            ]
        }
    }

    /// The types that are looked at when none is named.
    static var types: [ResourceDeclaration] { Catalogue.all.filter { $0.readiness != nil && $0.list != nil } }

    /// Looks at all types.
    func everything() async throws -> Report {
        var report = Report()
        for type in Self.types {
            try await look(Target(type: type, parents: [], names: []), into: &report)
        }
        await examineDrift(into: &report)
        return report
    }

    /// Looks at a target; what cannot be looked at is noted.
    func look(_ target: Target, into report: inout Report) async throws {
        do {
            try await examine(target, into: &report)
        } catch let error as OCError where error.exit != .unreachable && !(error.code == "UNAUTHORIZED" && report.examined.isEmpty) {
            // Not everybody may see everything; but a token that is good for nothing is an error.
            guard error.exit != .usage else { throw error }
            let label =
                target.names.isEmpty ? target.type.plural : target.type.label((target.parents + target.names).joined(separator: "/"))
            report.skipped.append("\(label): \(error.message) (\(error.code))")
            if error.exit != .unauthorised { report.isIncomplete = true }
        }
    }

    /// Looks at some objects, or all of a type.
    func examine(_ target: Target, into report: inout Report) async throws {
        let type = target.type
        guard let readiness = type.readiness else {
            throw OCError(.usage, code: "BAD_USAGE", "\(type.plural.capitalizedFirst) have no readiness")
        }
        let objects = try await reader.read(target)
        report.examined.append((type.plural, objects.count))
        let now = context.now()
        for object in objects {
            let seen = ObjectState(object: object, of: readiness)
            // One that says of itself that it is fine is not asked again; a named one always is.
            if target.names.isEmpty, readiness.phase(of: object) != nil, seen.isFine { continue }
            let words = target.parents + [type.name(of: object)]
            let state = readiness.status == nil ? seen : try await StateReader(reader: reader).state(type, words)
            // It may have gone since the list was read.
            guard let state, let diagnosis = Diagnosis.explain(type.label(words.last), state, now: now) else { continue }
            report.diagnoses.append(diagnosis)
        }
    }

    /// Whether the database follows the cluster.
    private func examineDrift(into report: inout Report) async {
        let metrics: JSON
        do {
            metrics = try await reader.client.send("GET", "/metrics/projection-drift")
        } catch {
            let reason = error as? OCError
            report.skipped.append("drift: \(reason?.message ?? "\(error)") (\(reason?.code ?? "FAILED"))")
            if reason?.exit != .unauthorised { report.isIncomplete = true }
            return
        }
        let counts = ["tenant", "accessPolicy", "clusterTenant"].map {
            metrics[at: [$0, "driftCount"]]?.integerValue ?? metrics[$0]?.integerValue ?? 0
        }
        let total = counts.reduce(0, +)
        guard total > 0 else { return }
        report.platform.append(
            Diagnosis(
                label: "projection",
                phase: "Drifted",
                needsSomebody: metrics["alertFired"] == true,
                lines: [
                    .init(title: "Cause", text: "\(total) rows differ from the cluster"),
                    .init(title: "Next", text: "The operator writes rows when objects change, and compares all of them now and then."),
                    .init(title: "Do", text: "If it stays: oc drift tenants, then oc repair tenants --apply."),
                ]
            )
        )
    }
}
