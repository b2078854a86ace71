import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import ControlPlane

/// What `/metrics` serves is what the documentation lists. (That everything which is recorded anywhere is listed, `scripts/check-docs` sees to.)
@Suite struct MetricsListTests {
    private static let listed: Set<String> = {
        let root = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL
        let text = (try? String(contentsOf: root.appending(path: "docs/metrics.md"), encoding: .utf8)) ?? ""
        return Set(text.split(separator: "`").map(String.init).filter { $0.allSatisfy { $0.isLowercase || $0 == "_" } })
    }()

    private func scrape(_ stage: Stage) async throws -> String {
        let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: stage.healthBase + "/metrics"), timeout: .seconds(60))
        #expect(response.status == .ok)
        #expect(response.headers.first(name: "Content-Type")?.hasPrefix("text/plain; version=0.0.4") == true)
        return String(buffer: try await response.body.collect(upTo: 1 << 22))
    }

    @Test func whatIsServedIsListedAndHasFewSeries() async throws {
        try await withStage { stage in
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
            for number in 0..<30 { _ = try await stage.send(.GET, "/tenants/none-\(number)") }
            let text = try await scrape(stage)
            let names = text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.compactMap {
                $0.split(separator: " ").dropFirst(2).first
            }
            #expect(names.contains("http_requests_total") && names.contains("opencrane_postgres_pool_connections"))
            for name in names { #expect(Self.listed.contains(String(name)), "\(name) is not listed in docs/metrics.md") }
            // Names of objects make no series.
            #expect(!text.contains("none-"))
            let series = text.split(separator: "\n").filter { $0.hasPrefix("http_requests_total{") && $0.contains("getTenant") }
            #expect(series.count == 1 && series[0].hasSuffix(" 30"), "\(series)")
        }
    }

    @Test func metricsAreNotServedWithTheAPI() async throws {
        try await withStage { stage in
            let answer = try await Stage.send(.GET, stage.base + "/metrics")
            #expect(answer.status == 404)
        }
    }
}
