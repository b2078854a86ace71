import Foundation
import JSONValue
import NIOHTTP1
import OutboundGuard
import Postgres
import Testing

@testable import ControlPlane

@Suite struct SourceFetchTests {
    @Test func aRepositoryBecomesDraftsThatOtherContentNeverReplaces() async throws {
        let server = try await FolderServer.start()
        let skill = "---\nname: greeting\ndescription: 'Says hello'\nversion: 1.2.0\n---\n# Greeting\n"
        try server.write("work/skills/greeting/SKILL.md", skill)
        try server.write("work/skills/greeting/notes.md", "# Notes\n")
        try server.write("work/other/SKILL.md", "# elsewhere\n")
        try server.write("work/skills/large/SKILL.md", "version https://git-lfs.github.com/spec/v1\noid sha256:00\n")
        let link = server.folder.appending(path: "work/skills/link")
        try FileManager.default.createDirectory(at: link, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: link.appending(path: "SKILL.md").path, withDestinationPath: "/etc/passwd")
        try await server.commit("work", served: "repository.git")
        let policy = OutboundPolicy.local(server.port)
        try await withStage {
            $0.sources.policy = policy
            $0.sources.interval = .milliseconds(50)
        } _: { stage in
            let body: JSON = [
                "name": "upstream", "type": "anthropic-skills", "url": "https://git.example.org/repository.git", "path": "skills",
            ]
            let id = try await stage.approvedSource(body, at: "\(server.base)/repository.git")
            let source = try await stage.settled(id, "healthy")
            #expect(source["managedItemCount"] == 1 && source["nextRunAt"]?.stringValue != nil, "\(source.text())")
            let item = try #require(source["items"]?[0])
            #expect(item["upstreamId"] == "skills/greeting/SKILL.md" && item["name"] == "greeting" && item["version"] == "1.2.0")
            let first = try #require(item["skillBundleId"]?.stringValue)
            let draft = try await stage.send(.GET, "/skills/catalog/\(first)")
            #expect(draft.body["status"] == "draft" && draft.body["hasContent"] == true && draft.body["description"] == "Says hello")
            #expect(draft.body["digest"] == item["digest"] && draft.body["sourceName"] == "upstream")
            try await stage.publish(first)

            // The same version with other content is another skill; the published one stays as people have looked at it.
            try server.write("work/skills/greeting/SKILL.md", skill + "More.\n")
            try server.write("work/skills/second/SKILL.md", "# Second\n")
            try await server.commit("work", served: "repository.git")
            #expect(try await stage.send(.POST, "/third-party-sources/\(id)/sync").status == 202)
            try await eventually("the second skill is there") {
                try await stage.send(.GET, "/third-party-sources/\(id)").body["managedItemCount"] == 2
            }
            let names = try await stage.rows(
                "select name || ' ' || status || ' ' || split_part(version, '+', 1) from skill_bundles order by number"
            )
            #expect(names == ["greeting published 1.2.0", "greeting draft 1.2.0", "second draft 0.0.0"])
            #expect(try await stage.send(.GET, "/skills/catalog/\(first)").body["digest"] == draft.body["digest"])
        }
    }

    @Test func everyMarkdownFileOfAGitRepositoryIsASkill() async throws {
        let server = try await FolderServer.start()
        for name in ["a.md", "docs/b.md", "c.txt"] { try server.write("work/\(name)", "# \(name)\n") }
        try await server.commit("work", served: "r.git")
        let fetcher = GitFetcher(gate: OutboundGuard(policy: .local(server.port)))
        #expect(try await fetcher.fetch(Self.source(.gitRepository, "\(server.base)/r.git")).map(\.name) == ["a", "b"])
        #expect(
            try await fetcher.fetch(Self.source(.gitRepository, "\(server.base)/r.git", ref: "main", path: "docs")).map(\.name) == ["b"]
        )
        func code(_ url: String, ref: String? = nil, _ change: (inout GitFetcher) -> Void = { _ in }) async -> String? {
            var fetcher = fetcher
            change(&fetcher)
            do {
                _ = try await fetcher.fetch(Self.source(.gitRepository, url, ref: ref))
                return nil
            } catch {
                return (error as? SourceFailure)?.code ?? "\(error)"
            }
        }
        #expect(await code("\(server.base)/none.git") == "SOURCE_REFUSED")
        #expect(await code("\(server.base)/r.git", ref: "nowhere") == "SOURCE_REFUSED")
        #expect(await code("\(server.base)/away") == "SOURCE_REFUSED", "a redirect is not followed")
        #expect(await code("http://169.254.169.254/r.git") == "URL_PORT_NOT_ALLOWED")
        #expect(await code("\(server.base)/r.git") { $0.limits.files = 1 } == "SOURCE_TOO_LARGE")
        #expect(await code("\(server.base)/r.git") { $0.limits.time = .zero } == "SOURCE_TIMED_OUT")
        #expect(await code("\(server.base)/r.git") { $0.executable = "no-such-git" } == "GIT_UNAVAILABLE")
    }

    @Test func aRepositoryThatIsTooLargeIsNotTaken() async throws {
        let server = try await FolderServer.start()
        var generator = SystemRandomNumberGenerator()
        let noise = Data((0..<300_000).map { _ in UInt8.random(in: .min ... .max, using: &generator) }).base64EncodedString()
        try server.write("work/a.md", noise)
        try await server.commit("work", served: "r.git")
        var fetcher = GitFetcher(gate: OutboundGuard(policy: .local(server.port)))
        #expect(try await fetcher.fetch(Self.source(.gitRepository, "\(server.base)/r.git")).count == 1)
        fetcher.limits.pack = 65_536
        await #expect(throws: SourceFailure.self) { try await fetcher.fetch(Self.source(.gitRepository, "\(server.base)/r.git")) }
    }

    /// Zeros shrink to a thousandth, and a delta needs its base: such a pack is far below its limit and would take the host's memory.
    @Test func aRepositoryThatTakesTooMuchMemoryIsNotTaken() async throws {
        let server = try await FolderServer.start()
        for name in ["a", "b"] { try server.writeZeros("work/\(name)", 90_000_000, end: name) }
        try server.write("work/a.md", "# A\n")
        try await server.commit("work", served: "r.git")
        try await server.git(server.folder.appending(path: "r.git"), ["repack", "-adfq", "--depth=1"])
        var fetcher = GitFetcher(gate: OutboundGuard(policy: .local(server.port)))
        let source = Self.source(.gitRepository, "\(server.base)/r.git")
        fetcher.limits.memory = 80 << 20
        do {
            _ = try await fetcher.fetch(source)
            Issue.record("it was taken")
        } catch let failure as SourceFailure {
            #expect(failure.code == "SOURCE_TOO_LARGE" && failure.message.contains("memory"), "\(failure)")
        }
        // It is the memory that was refused: with more of it than anybody is given, the same comes in.
        fetcher.limits.memory = 1 << 30
        #expect(try await fetcher.fetch(source).map(\.name) == ["a"])
    }

    @Test func aRedirectOfARegistryIsCheckedAsTheRegistryIs() async throws {
        let server = try await FolderServer.start()
        let gate = OutboundGuard(policy: .local(server.port))
        let fetcher = MCPRegistryFetcher(gate: gate, fetcher: OutboundFetcher(gate: gate))
        do {
            _ = try await fetcher.fetch(Self.source(.mcpRegistry, "\(server.base)/away"))
            Issue.record("it was followed")
        } catch let failure as SourceFailure {
            #expect(["URL_PORT_NOT_ALLOWED", "URL_ADDRESS_NOT_ALLOWED"].contains(failure.code), "\(failure)")
        }
    }

    @Test func aRegistryOfServersBecomesDraftsPageByPage() async throws {
        let server = try await FolderServer.start()
        try server.write("v0/servers", #"{"servers": [{"name": 7}], "metadata": {"nextCursor": "two"}}"#)
        try server.write(
            "v0/servers-two",
            """
            {"servers": [
                {"server": {"name": "io.example/jira", "description": "Issues", "version": "1.0.0",
                    "remotes": [{"type": "sse", "url": "https://jira.example.org/sse"},
                        {"type": "streamable-http", "url": "https://jira.example.org/mcp"}]}},
                {"name": "inside", "remotes": [{"type": "sse", "url": "https://10.0.0.1/"}]},
                {"name": "package only", "packages": []}, 7
            ], "metadata": {"nextCursor": "three"}}
            """
        )
        try server.write("v0/servers-three", #"{"servers": [], "metadata": {"nextCursor": ""}}"#)
        let policy = OutboundPolicy.local(server.port)
        try await withStage {
            $0.sources.policy = policy
            $0.sources.interval = .milliseconds(50)
        } _: { stage in
            let body: JSON = ["name": "official", "type": "mcp-registry", "url": "https://registry.example.org/v0/servers"]
            let id = try await stage.approvedSource(body, at: "\(server.base)/v0/servers")
            let source = try await stage.settled(id, "healthy")
            #expect(source["items"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["io.example/jira"], "\(source.text())")
            let made = try await stage.send(.GET, "/mcp-servers/\(try #require(source["items"]?[0]?["mcpServerId"]?.stringValue))")
            #expect(
                made.body["status"] == "draft" && made.body["endpoint"] == "https://jira.example.org/mcp"
                    && made.body["transport"] == "streamable-http"
            )
            #expect(made.body["sourceId"]?.stringValue == id)

            // A server that is in use is not moved by what somebody else writes.
            #expect(try await stage.send(.PUT, "/mcp-servers/\(made.body["id"]?.stringValue ?? "")", ["status": "active"]).status == 200)
            try server.write(
                "v0/servers",
                "{\"servers\": [{\"name\": \"io.example/jira\", \"remotes\": [{\"url\": \"https://evil.example.org/\"}]}]}"
            )
            #expect(try await stage.send(.POST, "/third-party-sources/\(id)/sync").status == 202)
            try await eventually("the difference is noted") {
                try await stage.send(.GET, "/third-party-sources/\(id)").body["items"]?[0]?["problem"]?.stringValue?.contains(
                    "another address"
                ) == true
            }
            #expect(try await stage.rows("select endpoint from mcp_servers") == ["https://jira.example.org/mcp"])

            // What fails says why, waits longer each time, and keeps what there is.
            try server.write("v0/servers", "[]")
            #expect(try await stage.send(.POST, "/third-party-sources/\(id)/sync").status == 202)
            let failed = try await stage.settled(id, "error")
            #expect(failed["errorCode"] == "SOURCE_INVALID" && failed["failures"] == 1 && failed["managedItemCount"] == 1)
        }
    }

    @Test func aSourceIsWithOneReplicaAtATime() async throws {
        try await withStage {
            $0.sources.interval = .seconds(3600)
        } _: { stage in
            let body: JSON = ["name": "theirs", "type": "mcp-registry", "url": "https://registry.example.org/"]
            let id = try #require(try await stage.send(.POST, "/third-party-sources", body).body["id"]?.stringValue)
            let uuid = try #require(UUID(uuidString: id))
            let sources = SourceRepository(pool: stage.pool)
            @Sendable func take(_ lease: UUID, _ now: Date) async throws -> SourceRecord? {
                try await sources.take(lease: lease, now: now, until: now.addingTimeInterval(60)) { .seconds(100 * $0) }
            }
            // It is due in an hour: for this test, and not for the scheduler of the stage.
            let now = Date(timeIntervalSinceNow: 7200)
            try await stage.pool.execute(
                """
                update third_party_sources set approved_at = \(Date()), approved_by = 'somebody', sync_mode = 'scheduled',
                    next_run_at = \(now.addingTimeInterval(-3600))
                """
            )
            let first = UUID()
            let taken = try #require(try await take(first, now))
            #expect(taken.id == uuid && taken.failures == 0 && taken.failure == nil)
            #expect(try await take(UUID(), now) == nil)
            let seen = try await stage.send(.GET, "/third-party-sources/\(id)").body
            #expect(seen["syncStatus"] == "syncing" && seen["failures"] == 0 && seen["errorCode"] == nil, "\(seen.text())")
            // Who shuts down leaves everything as it was.
            try await sources.release(taken, lease: first)
            let second = UUID()
            #expect(try await take(second, now)?.failures == 0)

            // Who ends without a word has failed, and the next one waits for longer than the lease.
            let rows = try await stage.rows(
                "select failures::text || error_code || is_requested::text || (next_run_at > lease_until)::text from third_party_sources"
            )
            #expect(rows == ["1SOURCE_INTERRUPTEDfalsetrue"])
            let later = now.addingTimeInterval(61)
            #expect(try await take(UUID(), later) == nil)
            let holds = try await stage.pool.withTransaction { transaction in
                try await SourceRepository.holds(second, on: uuid, now: later, in: transaction)
            }
            #expect(!holds, "what is brought too late is not kept")
            #expect(try await take(UUID(), now.addingTimeInterval(101))?.failures == 1)
            #expect(try await stage.rows("select failures::text from third_party_sources") == ["2"])
        }
    }

    @Test func gitIsKeptFromMemoryAndFromEverythingElse() throws {
        let gate = OutboundGuard(policy: OutboundPolicy())
        let url = try gate.check("https://git.example.org/r.git")
        let v4 = try gate.admit(url, addresses: [try #require(IPAddress("93.184.216.34"))])
        let settings = GitFetcher.settings(for: v4)
        #expect(settings.contains("http.curloptResolve=git.example.org:443:93.184.216.34"))
        #expect(settings.contains("protocol.allow=never") && settings.contains("protocol.https.allow=always"))
        #expect(settings.contains("http.followRedirects=false") && settings.contains("core.hooksPath=/dev/null"))
        for setting in ["core.bigFileThreshold=1m", "pack.threads=1", "core.deltaBaseCacheLimit=16m"] {
            #expect(settings.contains(setting))
        }
        #expect(GitFetcher.Limits().memory <= 200 << 20)
        let v6 = try gate.admit(url, addresses: [try #require(IPAddress("2606:2800:220:1::1"))])
        #expect(GitFetcher.settings(for: v6).contains { $0.hasPrefix("http.curloptResolve=git.example.org:443:[2606:") })
    }

    private static func source(_ type: SourceType, _ url: String, ref: String? = nil, path: String? = nil) -> SourceRecord {
        SourceRecord(
            id: UUID(),
            name: "s",
            type: type,
            url: url,
            path: path,
            ref: ref,
            syncMode: .manual,
            interval: 3600,
            createdAt: Date(timeIntervalSince1970: 0),
            updatedAt: Date(timeIntervalSince1970: 0)
        )
    }
}
