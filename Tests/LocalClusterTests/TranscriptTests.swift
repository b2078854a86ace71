import Foundation
import JSONValue
import LocalCluster
import Testing

/// Replays recorded exchanges of a real API server: every answer must agree in status, and in every recorded field and value.
@Suite struct TranscriptTests {
    static let files: [String] = [
        "01-discovery", "02-crd-lifecycle", "03-create-and-validate", "04-update-and-patch", "05-server-side-apply", "06-watch", "07-lists",
        "08-finalizers-and-owners", "09-namespaces", "10-core-kinds", "11-tokens-leases-events",
    ]

    @Test(arguments: files)
    func everyStepAgrees(file: String) async throws {
        let url = try #require(
            Bundle.module.url(forResource: file, withExtension: "jsonl", subdirectory: "Fixtures/kubernetes-transcript")
        )
        let steps = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map { try JSON(parsing: String($0)) }
        #expect(steps.count > 3)
        try await withServer { _, client in
            // The second recording takes the namespace over from the first.
            let namespace: JSON = ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "transcript"]]
            expect(201, try await client.post("/api/v1/namespaces", namespace))
            var replay = TranscriptReplay(client: client)
            for (index, step) in steps.enumerated() {
                let problems = try await replay.play(step)
                #expect(problems.isEmpty, "\(file) step \(index), \(step["note"]?.stringValue ?? ""): \(problems.prefix(4))")
            }
        }
    }

    @Test func aDifferenceIsFound() {
        var comparator = TranscriptComparator()
        let recorded: JSON = ["metadata": ["uid": "<uid-1>", "generation": 1, "time": "<time>"], "message": "free"]
        let same: JSON = ["metadata": ["uid": "u", "generation": 1, "time": "2026-01-01T00:00:00Z", "more": 1], "message": "other words"]
        #expect(comparator.problems(wanted: recorded, found: same, at: "body").isEmpty)
        var other = same
        other[at: ["metadata", "uid"]] = "v"
        #expect(comparator.problems(wanted: recorded, found: other, at: "body").count == 1)
        other[at: ["metadata", "generation"]] = 2
        other[at: ["metadata", "time"]] = "yesterday"
        #expect(comparator.problems(wanted: recorded, found: other, at: "body").count == 3)
        #expect(comparator.problems(wanted: ["items": [1, 2]], found: ["items": [1]], at: "body").count == 1)
    }
}

/// Plays the steps of one recording, one after the other.
struct TranscriptReplay {
    let client: TestClient
    private var comparator = TranscriptComparator()

    init(client: TestClient) {
        self.client = client
    }

    /// - Returns: What disagrees.
    mutating func play(_ step: JSON) async throws -> [String] {
        let request = step["request"] ?? [:]
        if step["setup"] == true {
            _ = try await send(request)
            return []
        }
        if step["events"] != nil { return try await playWatch(step) }
        let clock = ContinuousClock()
        // Controllers take time: a read that does not agree yet is repeated.
        let end = clock.now + (request["method"] == "GET" ? .seconds(15) : .zero)
        while true {
            let problems = try await judge(step["response"] ?? [:], send(request))
            if problems.isEmpty || clock.now >= end { return problems }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private mutating func playWatch(_ step: JSON) async throws -> [String] {
        let path = comparator.filled(step["request"]?["path"]?.stringValue ?? "", encode: true)
        let reader = try await client.watch(path)
        var problems: [String] = []
        for during in step["during"]?.arrayValue ?? [] {
            problems += try await play(during).map { "during \(during["note"]?.stringValue ?? ""): \($0)" }
        }
        let recorded = step["events"]?.arrayValue ?? []
        // One more than recorded would be one too many.
        let found = try await reader.events(recorded.count + 1, within: .milliseconds(700))
        if reader.status != (step["response"]?["status"]?.integerValue).map(Int.init) { problems.append("status \(reader.status)") }
        if found.count != recorded.count { problems.append("\(found.count) events instead of \(recorded.count)") }
        for (index, pair) in zip(recorded, found).enumerated() {
            problems += comparator.problems(wanted: pair.0, found: pair.1, at: "event[\(index)]")
        }
        return problems
    }

    private func send(_ request: JSON) async throws -> TestClient.Answer {
        var headers = (request["headers"]?.objectValue ?? [:]).compactMapValues { $0.stringValue }
        headers["Accept"] = request["accept"]?.stringValue
        let body = request["body"].map { comparator.filled($0) }
        return try await client.send(
            request["method"]?.stringValue ?? "GET",
            comparator.filled(request["path"]?.stringValue ?? "", encode: true),
            body: body.map { body in body.stringValue.map { Array($0.utf8) } ?? body.serialized() },
            contentType: request["contentType"]?.stringValue ?? "application/json",
            headers: headers,
            isAnonymous: request["anonymous"] == true
        )
    }

    private mutating func judge(_ response: JSON, _ answer: TestClient.Answer) -> [String] {
        guard response["status"]?.integerValue.map(Int.init) == answer.status else {
            return ["status \(answer.status) instead of \(response["status"] ?? .null): \(answer.text.prefix(200))"]
        }
        guard let body = response["body"], body.stringValue == nil else { return [] }
        return comparator.problems(wanted: body, found: answer.json, at: "body")
    }
}
