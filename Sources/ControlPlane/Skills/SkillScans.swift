import AsyncHTTPClient
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesClient
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOPosix
import Observability
import SkillScanning

/// Scans the content of skills: with the built-in rules, and with another scanner if one is configured. Both must let it pass.
struct SkillScans: Sendable {
    /// What a scan has come to.
    struct Outcome: Sendable, Hashable {
        /// The rules that were applied.
        var rules: String
        var hasPassed: Bool
        var findings: [SkillFinding]
        var isTruncated: Bool
    }

    /// Most findings that are kept.
    static let mostFindings = 200
    private static let largestAnswer = 262_144

    let external: SkillConfiguration.ExternalScanner?
    let limit: Duration
    var http: HTTPClient = .shared

    /// The rules that are applied. Content that has passed others has not passed these.
    var rules: String { external == nil ? SkillScanner.rules : "\(SkillScanner.rules)+external" }

    /// Scans content.
    ///
    /// - Throws: ``OperationError`` 502 `SCANNER_UNAVAILABLE` when the other scanner gives no answer that can be used.
    func scan(_ content: [UInt8], digest: String) async throws -> Outcome {
        // Content may be large: the threads that serve requests are not for that.
        let report = try await NIOThreadPool.singleton.runIfActive { SkillScanner().scan(content) }
        var outcome = Outcome(
            rules: rules,
            hasPassed: report.hasPassed,
            findings: report.findings.map(SkillFinding.init),
            isTruncated: report.isTruncated
        )
        guard let external else { return outcome }
        let answer = try await ask(external, content, digest)
        outcome.findings += answer.findings
        if outcome.findings.count > Self.mostFindings {
            outcome.findings = Array(outcome.findings.prefix(Self.mostFindings))
            outcome.isTruncated = true
        }
        outcome.hasPassed = outcome.hasPassed && answer.passed && !answer.findings.contains { ["high", "critical"].contains($0.severity) }
        return outcome
    }

    private func ask(
        _ external: SkillConfiguration.ExternalScanner,
        _ content: [UInt8],
        _ digest: String
    ) async throws -> ScannerAnswer {
        do {
            return try await TimeSource.system.withTimeout(limit) {
                var request = HTTPClientRequest(url: external.url)
                request.method = .POST
                request.headers.add(name: "Content-Type", value: "text/markdown; charset=utf-8")
                request.headers.add(name: "Accept", value: "application/json")
                request.headers.add(name: "X-Skill-Digest", value: digest)
                if let token = external.token { request.headers.add(name: "Authorization", value: "Bearer \(token.reveal())") }
                request.body = .bytes(content)
                let response = try await http.execute(request, timeout: .minutes(1))
                guard response.status == .ok else { throw ScannerFailure(status: Int(response.status.code)) }
                let body = try await response.body.collect(upTo: Self.largestAnswer)
                return try ScannerAnswer(JSON(parsing: body.readableBytesView))
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            throw OperationError(
                .badGateway,
                code: "SCANNER_UNAVAILABLE",
                message: "The scanner gave no answer that can be used. Nothing was changed; scan again later.",
                cause: error
            )
        }
    }
}

/// The other scanner refused.
struct ScannerFailure: Error, CustomStringConvertible {
    var status: Int
    var description: String { "the scanner answered \(status)" }
}

/// What the other scanner says: `{"passed": true, "findings": [{"id", "description", "severity", "location"}]}`.
struct ScannerAnswer: Sendable, Hashable {
    var passed: Bool
    var findings: [SkillFinding]

    /// Reads an answer. Its texts are cut, and what is no severity counts as high.
    ///
    /// - Throws: ``ScannerFailure`` when it does not say whether the content has passed.
    init(_ json: JSON) throws {
        guard let passed = json["passed"]?.boolValue else { throw ScannerFailure(status: 200) }
        self.passed = passed
        findings = (json["findings"]?.arrayValue ?? []).prefix(SkillScans.mostFindings).map { item in
            func text(_ name: String, _ longest: Int) -> String {
                String((item[name]?.stringValue ?? "").filter { $0 != "\0" }.prefix(longest))
            }
            let severity = text("severity", 20).lowercased()
            return SkillFinding(
                id: "external:" + text("id", 100),
                description: text("description", 500),
                severity: ["low", "medium", "high", "critical"].contains(severity) ? severity : "high",
                location: text("location", 200)
            )
        }
    }
}

extension SkillFinding {
    /// A finding of another scanner.
    init(id: String, description: String, severity: String, location: String) {
        (self.id, self.description, self.severity, self.location) = (id, description, severity, location)
    }
}
