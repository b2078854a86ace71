import CraneAPI
import Foundation
import ReleaseFixtures
import Testing

/// There is one version, and everything that names it names the same.
@Suite struct VersionTests {
    private func text(_ path: String) throws -> String {
        try String(contentsOf: Release.repository.appending(path: path), encoding: .utf8)
    }

    /// What stands behind a text on its line, without quotes.
    private func value(_ name: String, in path: String) throws -> [String] {
        try text(path).split(separator: "\n").compactMap { line in
            let line = line.trimmingCharacters(in: .whitespaces)
            return line.hasPrefix(name) ? line.dropFirst(name.count).trimmingCharacters(in: .whitespaces.union(["\""])) : nil
        }
    }

    @Test func chartManifestsAndChangelogNameTheLastRelease() throws {
        let last = try #require(try Release.all().last).version
        #expect(try value("version:", in: "charts/opencrane/Chart.yaml") == [last])
        #expect(try value("appVersion:", in: "charts/opencrane/Chart.yaml") == [last])
        for path in ["manifests/install/kustomization.yaml", "manifests/overlays/production/kustomization.yaml"] {
            #expect(try value("newTag:", in: path) == [last], "\(path)")
        }
        let headings = try value("## ", in: "CHANGELOG.md")
        let released = headings.filter { $0 != "Unreleased" }.map { String($0.prefix { $0 != " " }) }
        #expect(headings.first == "Unreleased" && released.first == last)
        #expect(released == (try Release.all().map(\.version).reversed()), "every release has its heading and its fixtures")
    }

    @Test func programsNameIt() throws {
        let last = try #require(try Release.all().last).version
        let now = ProductVersion.current
        #expect(now == last || (now.hasSuffix("-dev") && now.dropLast(4).compare(last, options: .numeric) == .orderedDescending))
        #expect(now.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+(-dev)?/) != nil)
        #expect(try value("static let libraryVersion =", in: "Sources/KubernetesClient/Configuration/UserAgent.swift") == [now])
    }

    /// What releases left behind is not written again, but for one that is being cut.
    @Test func releasesAreInOrder() throws {
        let releases = try Release.all()
        #expect(releases.first?.version == "0.1.0" && releases.first?.migration == 31)
        #expect(releases.map(\.migration) == releases.map(\.migration).sorted())
    }
}
