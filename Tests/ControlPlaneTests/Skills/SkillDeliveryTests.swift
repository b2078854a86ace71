import CraneAPI
import Foundation
import HTTPOperations
import Hummingbird
import JSONValue
import Logging
import NIOConcurrencyHelpers
import NIOHTTP1
import OCIRegistry
import Observability
import Postgres
import RegistryFixtures
import Testing

@testable import ControlPlane

@Suite struct SkillDeliveryTests {
    private static let digest = BlobDigest(of: Array(Stage.skillText.utf8))

    private static func registry(_ url: String, _ repository: String = "skills") throws -> RegistryClient {
        RegistryClient(address: try RegistryAddress(url: url, repository: repository))
    }

    @Test func publishedContentGoesIntoTheRegistryAndFromThereToThoseWhoMayUseIt() async throws {
        try await withRealRegistry { url in
            let address = try RegistryAddress(url: url, repository: "crane/skills")
            try await withStage {
                $0.skills.registry = .init(address: address)
                $0.skills.interval = .milliseconds(50)
            } _: { stage in
                let mia = try await stage.workload("mia", team: "ops")
                let leo = try await stage.workload("leo")
                let id = try await stage.makeSkill("greeting", ["grants": [["subjectType": "department", "subjectId": "ops"]]])
                let digest = Self.digest.description
                #expect(try await stage.fetch(digest, token: mia).status == 404, "a draft is not delivered")
                try await stage.publish(id)
                try await eventually("the registry has the content") {
                    try await stage.send(.GET, "/skills/catalog/\(id)").body["registry"]?["state"] == "pushed"
                }
                let registry = try Self.registry(url, "crane/skills")
                #expect(try await registry.pullBlob(Self.digest) == Array(Stage.skillText.utf8))
                #expect(try await registry.manifest(Self.digest.hex) != nil)

                // What is delivered comes from the registry: the database has other bytes by now.
                try await stage.pool.execute("update skill_contents set content = \(PostgresBytes("gone".utf8)) where digest = \(digest)")
                let delivered = try await stage.fetch(digest, token: mia)
                #expect(delivered.status == 200 && delivered.text == Stage.skillText)
                #expect(delivered.headers["X-Skill-Name"] == ["greeting"] && delivered.headers["X-Skill-Digest"] == [digest])
                #expect(delivered.headers["ETag"] == ["\"\(digest)\""])
                #expect(delivered.headers["Content-Type"] == ["text/markdown; charset=utf-8"])
                #expect(try await stage.fetch(digest, token: mia, headers: [("If-None-Match", "\"\(digest)\"")]).status == 304)

                // Nobody learns what there is.
                let foreign = try await stage.fetch(digest, token: leo)
                let unknown = "sha256:" + String(repeating: "0", count: 64)
                let missing = try await stage.fetch(unknown, token: leo)
                #expect(foreign.status == 404 && missing.status == 404)
                #expect(foreign.text.replacing(digest, with: unknown) == missing.text)
                #expect(try await stage.fetch("x", token: mia).status == 404)
                #expect(try await stage.fetch(digest, token: nil).status == 401)
                #expect(try await stage.fetch(digest, token: Stage.token).status == 401, "people are no pods")

                // A deny outranks the department's allow, at once.
                let denied: JSON = [
                    ["subjectType": "department", "subjectId": "ops"], ["subjectType": "tenant", "subjectId": "mia", "access": "deny"],
                ]
                #expect(try await stage.send(.PUT, "/skills/catalog/\(id)", ["grants": denied]).status == 200)
                #expect(try await stage.fetch(digest, token: mia).status == 404)
                #expect(try await stage.send(.PUT, "/skills/catalog/\(id)", ["grants": [["subjectType": "everyone"]]]).status == 200)
                #expect(try await stage.fetch(digest, token: leo).status == 200)
                #expect(try await stage.send(.PUT, "/skills/catalog/\(id)", ["status": "deprecated"]).status == 200)
                #expect(try await stage.fetch(digest, token: leo).status == 404)
            }
        }
    }

    @Test func thePodOfAnotherNamespaceOrForAnotherAudienceIsNobody() async throws {
        try await withStage { stage in
            let id = try await stage.makeSkill("greeting", ["grants": [["subjectType": "everyone"]]])
            try await stage.publish(id)
            let digest = Self.digest.description
            let wrongAudience = try await stage.workload("mia", audience: "skill-registry")
            #expect(try await stage.fetch(digest, token: wrongAudience).status == 401)
            let leo = try await stage.workload("leo")
            #expect(try await stage.fetch(digest, token: leo).status == 200)
            try await stage.pool.execute("update tenants set status = \(["targetNamespace": "elsewhere"] as JSON) where name = 'leo'")
            #expect(try await stage.fetch(digest, token: leo).status == 401)
        }
    }

    /// The way a pod goes: to the address that its contract and its environment name, with the token that lies beside it.
    @Test func podsFetchWhatTheirContractNamesFromTheRegistryTheyAreToldOf() async throws {
        let reading = ["OPENCRANE_API_TOKEN": Stage.token, "CONTROL_PLANE_INTERNAL_URL": "http://plane.example"]
        let told = try ControlPlaneConfiguration(environment: reading) { _ in "" }.contractRegistry
        #expect(told == "http://plane.example")
        let named = try ControlPlaneConfiguration(environment: reading.merging(["SKILL_REGISTRY_URL": "http://skills"]) { $1 }) { _ in "" }
        #expect(named.contractRegistry == "http://skills")
        try await withStage(configure: { $0.contractRegistry = told }) { stage in
            let pod = try await stage.workload("mia", audience: PodAudiences.skillRegistry)
            let id = try await stage.makeSkill("greeting", ["grants": [["subjectType": "tenant", "subjectId": "mia"]]])
            let draft = try await stage.fetch(url: stage.base + "/bundles/\(Self.digest)", token: pod)
            #expect(draft.status == 404)
            try await stage.publish(id)
            let contract = try await stage.pod(.GET, "/contract", token: try await stage.workloadToken("openclaw-mia"))
            let skills = try #require(contract.body["skills"])
            let entitled = try #require(skills["entitled"]?[0]?["digest"]?.stringValue, "\(contract.body.text())")
            let registry = try #require(skills["registry"]?.stringValue)
            let url = registry.replacing(try #require(told), with: stage.base) + "/bundles/\(entitled)"
            let delivered = try await stage.fetch(url: url, token: pod)
            #expect(delivered.status == 200 && delivered.text == Stage.skillText && delivered.headers["X-Skill-Name"] == ["greeting"])
            #expect(BlobDigest(of: Array(delivered.text.utf8)).description == entitled)
            // Each token opens its own door alone, and only the pods of those who may use it find something.
            let other = try await stage.workloadToken("openclaw-mia")
            #expect(try await stage.fetch(url: url, token: other).status == 401)
            #expect(try await stage.fetch(entitled, token: pod).status == 401)
            #expect(try await stage.fetch(url: url, token: Stage.token).status == 401)
            let leo = try await stage.workload("leo", audience: PodAudiences.skillRegistry)
            #expect(try await stage.fetch(url: url, token: leo).status == 404)
        }
    }

    /// The contract leaves out what the tenant's own list does not name; so does the delivery.
    @Test func whatATenantsOwnListDoesNotNameIsNotDelivered() async throws {
        try await withStage { stage in
            let id = try await stage.makeSkill("greeting", ["grants": [["subjectType": "everyone"]]])
            try await stage.publish(id)
            let leo = try await stage.workload("leo")
            func fetched(with list: JSON) async throws -> Int {
                try await stage.pool.execute("update tenants set spec = spec || \(["skillAllowlist": list] as JSON) where name = 'leo'")
                return try await stage.fetch(Self.digest.description, token: leo).status
            }
            #expect(try await fetched(with: .null) == 200)
            #expect(try await fetched(with: ["triage"]) == 404)
            #expect(try await fetched(with: []) == 404)
            #expect(try await fetched(with: "greeting") == 404, "what cannot be read allows nothing")
            #expect(try await fetched(with: ["triage", "greeting"]) == 200)
            #expect(try await fetched(with: [.string(id)]) == 200)
        }
    }

    @Test func whenTheRegistryIsDownContentComesFromTheDatabaseAndThePushIsTriedAgain() async throws {
        let address = try RegistryAddress(url: "http://127.0.0.1:1", repository: "skills")
        try await withStage {
            $0.skills.registry = .init(address: address)
            $0.skills.interval = .milliseconds(50)
            $0.skills.backoff = IntentBackoff(first: .milliseconds(1), longest: .milliseconds(1))
            $0.skills.mostAttempts = 2
            $0.skills.pushLimit = .milliseconds(500)
            $0.skills.pullLimit = .milliseconds(500)
        } _: { stage in
            let mia = try await stage.workload("mia")
            let id = try await stage.makeSkill("greeting", ["grants": [["subjectType": "everyone"]]])
            try await stage.publish(id)
            #expect(try await stage.fetch(Self.digest.description, token: mia).text == Stage.skillText)
            try await eventually("the push is given up") {
                let push = try await stage.send(.GET, "/skills/catalog/\(id)").body["registry"]
                return push?["state"] == "failed" && push?["attempts"] == 2 && push?["errorCode"] == "registry_timeout"
            }
            let backfill = try await stage.send(.POST, "/skills/catalog/backfill")
            #expect(backfill.status == 200 && backfill.body["failed"] == 1 && backfill.body["total"] == 1)
            #expect(backfill.body["results"]?[0]?["reason"] == "The registry did not take the content in time.")
            // Bytes that are not those of the digest are never delivered.
            try await stage.pool.execute("update skill_contents set content = \(PostgresBytes("gone".utf8))")
            #expect(try await stage.fetch(Self.digest.description, token: mia).status == 500)
        }
    }

    /// A registry that fails, or gives something else, is not asked at each delivery.
    @Test func aRegistryThatHasFailedIsLeftAlone() async throws {
        let registry = StandInRetrieval()
        try await registry.serving { url in
            let address = try RegistryAddress(url: url, repository: "skills")
            try await withStage {
                $0.skills.registry = .init(address: address)
                $0.skills.interval = .seconds(3600)
            } _: { stage in
                let mia = try await stage.workload("mia")
                let id = try await stage.makeSkill("greeting", ["grants": [["subjectType": "everyone"]]])
                try await stage.publish(id)
                @Sendable func asked() -> Int { registry.calls.count { $0.path.contains("/blobs/\(Self.digest)") } }
                for _ in 0..<3 {
                    #expect(try await stage.fetch(Self.digest.description, token: mia).text == Stage.skillText)
                    #expect(asked() == 1)
                }
            }
        }
        let time = NIOLockedValueBox(ContinuousClock.now)
        let rest = RegistryRest { time.withLockedValue { $0 } }
        #expect(!rest.isOn)
        rest.begin()
        #expect(rest.isOn)
        time.withLockedValue { $0 += .seconds(30) }
        #expect(!rest.isOn)
    }

    @Test func aBackfillBringsPublishedContentIntoTheRegistry() async throws {
        try await withStage { stage in
            let refused = try await stage.send(.POST, "/skills/catalog/backfill")
            #expect(refused.status == 409 && refused.code == "OCI_STORE_NOT_CONFIGURED")
        }
        try await withRealRegistry { url in
            let address = try RegistryAddress(url: url, repository: "skills")
            try await withStage {
                $0.skills.registry = .init(address: address)
                $0.skills.interval = .seconds(3600)
            } _: { stage in
                for (name, text) in [("a", "# a\n"), ("b", "# a\n"), ("c", "# c\n")] {
                    try await stage.publish(try await stage.makeSkill(name, content: text))
                }
                _ = try await stage.makeSkill("draft", content: "# draft\n")
                let key = [("Idempotency-Key", "k")]
                let done = try await stage.send(.POST, "/skills/catalog/backfill", headers: key)
                #expect(
                    done.status == 200 && done.body["total"] == 3 && done.body["pushed"] == 3 && done.body["failed"] == 0,
                    "\(done.body.text())"
                )
                #expect(done.body["results"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["a", "b", "c"])
                #expect(try await stage.send(.POST, "/skills/catalog/backfill", headers: key).body == done.body)
                let registry = try Self.registry(url)
                for (text, isThere) in [("# a\n", true), ("# c\n", true), ("# draft\n", false)] {
                    #expect(try await registry.hasBlob(BlobDigest(of: Array(text.utf8))) == isThere)
                }
                #expect(try await stage.trail("SkillBundle") == ["OciBackfill static-token"])
            }
        }
    }

    /// Another scanner has a say of its own; when it gives none, nothing is decided.
    @Test func anotherScannerMustLetContentPassToo() async throws {
        let answer = NIOLockedValueBox("{\"passed\": true, \"findings\": []}")
        let asked = NIOLockedValueBox<[String]>([])
        try await withScanner(answer, asked) { url in
            try await withStage {
                $0.skills.externalScanner = .init(url: url, token: SensitiveString("scanner-token"))
            } _: { stage in
                let id = try await stage.makeSkill("greeting")
                let passed = try await stage.send(.POST, "/skills/catalog/\(id)/scan")
                #expect(passed.body["passed"] == true && passed.body["scanner"] == "opencrane-rules/1+external")
                #expect(asked.withLockedValue { $0 } == ["Bearer scanner-token \(Self.digest) \(Stage.skillText)"])
                answer.withLockedValue {
                    $0 = "{\"passed\": false, \"findings\": [{\"id\": \"x\", \"description\": \"d\", \"severity\": \"low\"}]}"
                }
                let failed = try await stage.send(.POST, "/skills/catalog/\(id)/scan")
                #expect(failed.body["passed"] == false && failed.body["findings"]?[0]?["id"] == "external:x")
                for nonsense in ["{}", "no json", "{\"passed\": 1}"] {
                    answer.withLockedValue { $0 = nonsense }
                    let refused = try await stage.send(.POST, "/skills/catalog/\(id)/scan")
                    #expect(refused.status == 502 && refused.code == "SCANNER_UNAVAILABLE")
                }
                #expect(try await stage.send(.GET, "/skills/catalog/\(id)").body["scanStatus"] == "failed", "nothing was changed")
            }
        }
    }

    private func withScanner(
        _ answer: NIOLockedValueBox<String>,
        _ asked: NIOLockedValueBox<[String]>,
        _ body: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        let port = NIOLockedValueBox<Int?>(nil)
        let router = Router()
        router.post("scan") { request, _ -> String in
            let text = String(buffer: try await request.body.collect(upTo: 1 << 20))
            let line = "\(request.headers[.authorization] ?? "") \(request.headers[.skillDigest] ?? "") \(text)"
            asked.withLockedValue { $0.append(line) }
            return answer.withLockedValue { $0 }
        }
        var logger = Logger(label: "scanner")
        logger.logLevel = .critical
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in port.withLockedValue { $0 = channel.localAddress?.port } },
            logger: logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            try await eventually("the scanner listens") { port.withLockedValue { $0 } != nil }
            let number = try #require(port.withLockedValue { $0 })
            do {
                try await body("http://127.0.0.1:\(number)/scan")
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            while let _ = try? await group.next() {}
        }
    }
}
