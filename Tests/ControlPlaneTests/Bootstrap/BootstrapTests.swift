import CraneAPI
import FleetTemplates
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

@Suite struct BootstrapTests {
    private static let files = ["openclaw.json": "{\"a\":1}\n", "workspace-one/SOUL.md": "# Soul ü\n"]
    private static let secrets: JSON = [
        "gatewayToken": "gateway-token-1", "gatewayPort": 18_789, "files": .object(files.mapValues { .string($0) }), "repositories": [],
    ]
    private static let secretName = TenantNames(tenant: "acme").bootstrapSecret

    /// A tenant whose machine is about to start, and its credential.
    private func machine(_ stage: Stage, finalizers: [JSON] = []) async throws -> String {
        let object = try await stage.make(
            .tenant,
            "acme",
            spec: [
                "displayName": "Acme", "email": "a@x.example", "fleet": [:],
                "runtime": ["type": "VirtualMachine", "machine": ["provider": "local"]],
            ],
            finalizers: finalizers
        )
        try await stage.report("acme", ["phase": "Provisioning", "targetNamespace": .string(Stage.namespace)])
        let credential = "ocb_\(try #require(object.metadata.uid))_" + String(repeating: "Ab-_9xyz", count: 5)
        try await store(stage, credential)
        return credential
    }

    private func store(_ stage: Stage, _ credential: String) async throws {
        let secret = CoreV1.Secret(
            metadata: ObjectMeta(name: Self.secretName, namespace: Stage.namespace),
            stringData: [
                BootstrapSecret.credentialKey: credential, BootstrapSecret.secretsKey: Self.secrets.text(),
                BootstrapSecret.userDataKey: "#cloud-config\n",
            ]
        )
        _ = try await stage.client.resource(CoreV1.Secret.self, namespace: Stage.namespace)
            .apply(secret, fieldManager: "opencrane-operator", force: true)
    }

    private func post(_ stage: Stage, _ path: String, _ credential: String?, _ body: JSON? = [:], text: String? = nil) async throws
        -> Stage.Answer
    {
        try await Stage.send(.POST, stage.base + "/v1/bootstrap" + path, text ?? body?.text(), token: credential)
    }

    private func report(_ seq: Int64, _ stage: String, _ level: String = "info", _ message: String = "m") -> JSON {
        ["seq": .integer(seq), "stage": .string(stage), "level": .string(level), "message": .string(message), "ts": "2026-11-21T13:00:00Z"]
    }

    private func bootstrap(_ stage: Stage) async throws -> JSON? {
        try await stage.object(.tenant, "acme")?.json[at: ["status", "bootstrap"]]
    }

    @Test(.timeLimit(.minutes(15))) func theProgramOfAMachineIsServed() async throws {
        try await withStage { stage in
            let credential = try await machine(stage)
            let first = try await BootstrapProcess(credential: credential, plane: stage.base).run()
            #expect(first.code == 0)
            for (path, text) in Self.files { #expect(first.files[path] == text) }
            #expect(first.files["gateway.env"]?.contains("OPENCLAW_GATEWAY_TOKEN=gateway-token-1") == true)
            let status = try #require(try await bootstrap(stage))
            #expect(status["seq"] == 6 && status["stage"] == "ready" && status["level"] == "info")
            #expect(status["filesDigest"]?.stringValue == GatewayFiles.digest(of: Self.files))
            #expect(status["credentialHash"]?.stringValue == BootstrapCredential(credential)?.hash)
            // What else the status says is nobody's business here.
            let tenant = try #require(try await stage.object(.tenant, "acme"))
            #expect(tenant.json[at: ["status", "phase"]] == "Provisioning")
            let secret = try await stage.client.resource(CoreV1.Secret.self, namespace: Stage.namespace).get(Self.secretName)
            #expect(secret.metadata.annotations[CraneAnnotations.exchangedAt] != nil)
            #expect(secret.data?[BootstrapSecret.secretsKey] != nil)

            // Another machine with the same credential gets nothing and changes nothing.
            let second = try await BootstrapProcess(credential: credential, plane: stage.base).run()
            #expect(second.code == 1 && second.files["openclaw.json"] == nil)
            #expect(try await bootstrap(stage) == status)
            let trail = try await stage.rows("select action || ' ' || outcome || ' ' || actor from audit_entries order by id")
            #expect(trail == ["SecretsRequested succeeded machine:crane/acme", "SecretsRefused failed machine:crane/acme"])
            #expect(
                try await stage.rows("select id::text from audit_entries where message || coalesce(after::text, '') like '%gateway-token%'")
                    .isEmpty
            )

            // A new credential begins anew.
            let next = "ocb_\(try #require(tenant.metadata.uid))_" + String(repeating: "Zz09", count: 10)
            try await store(stage, next)
            #expect(try await post(stage, "/callbacks", credential, report(7, "ready")).status == 401)
            #expect(try await BootstrapProcess(credential: next, plane: stage.base).run().code == 0)
            let anew = try await bootstrap(stage)
            #expect(anew?["seq"] == 6 && anew?["credentialHash"]?.stringValue == BootstrapCredential(next)?.hash)
        }
    }

    @Test func reportsAreTakenOnceAndInOrder() async throws {
        try await withStage { stage in
            let credential = try await machine(stage)
            let first = try await post(stage, "/callbacks", credential, report(1, "started"))
            #expect(first.status == 200 && first.body == ["seq": 1, "stage": "started", "duplicate": false], "\(first.body.text())")
            let digest = String(repeating: "ab", count: 32)
            #expect(try await post(stage, "/callbacks", credential, report(4, "files", "info", digest)).body["duplicate"] == false)
            for seq in [1, 2, 4] as [Int64] {
                let repeated = try await post(stage, "/callbacks", credential, report(seq, "ready"))
                #expect(repeated.status == 200 && repeated.body == ["seq": 4, "stage": "files", "duplicate": true])
            }
            let back = try await post(stage, "/callbacks", credential, report(5, "secrets"))
            #expect(back.status == 409 && back.code == "BOOTSTRAP_STAGE_PASSED")
            #expect(try await post(stage, "/callbacks", credential, report(6, "gateway", "error", "no openclaw")).status == 200)
            let status = try await bootstrap(stage)
            #expect(status?["seq"] == 6 && status?["level"] == "error" && status?["message"] == "no openclaw")
            #expect(status?["filesDigest"]?.stringValue == digest)
        }
    }

    @Test func ofManyReportsAtOnceTheHighestStays() async throws {
        try await withStage { stage in
            let credential = try await machine(stage)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for seq in 1...12 as ClosedRange<Int64> {
                    group.addTask {
                        let answer = try await post(stage, "/callbacks", credential, report(seq, "started"))
                        #expect(answer.status == 200)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await bootstrap(stage)?["seq"] == 12)
        }
    }

    @Test func ofManyExchangesAtOnceOneWins() async throws {
        try await withStage { stage in
            let credential = try await machine(stage)
            let answers = try await withThrowingTaskGroup(of: Stage.Answer.self) { group in
                for _ in 0..<6 { group.addTask { try await post(stage, "/secrets", credential) } }
                return try await group.reduce(into: [Stage.Answer]()) { $0.append($1) }
            }
            #expect(answers.map(\.status).sorted() == [200, 409, 409, 409, 409, 409])
            let winner = try #require(answers.first { $0.status == 200 })
            #expect(winner.body == Self.secrets && winner.headers.first(name: "Cache-Control") == "no-store")
            #expect(answers.filter { $0.status == 409 }.allSatisfy { $0.code == "BOOTSTRAP_SECRETS_EXCHANGED" })
        }
    }

    @Test func troubleWithKubernetesStrandsNoMachine() async throws {
        try await withStage(kubernetesTimeout: .seconds(2)) { stage in
            let credential = try await machine(stage)
            func fail(_ verb: String, _ resource: String, _ action: FaultAction, times: Int? = 1) {
                stage.cluster.faults.add(Fault(match: RequestMatch(verb: verb, resource: resource), action: action, times: times))
            }
            // Somebody else wrote the status in between.
            fail("patch", "tenants", .status(409))
            #expect(try await post(stage, "/callbacks", credential, report(1, "started")).status == 200)
            fail("patch", "tenants", .status(503), times: nil)
            let unknown = try await post(stage, "/callbacks", credential, report(2, "started"))
            #expect(unknown.status == 503 && unknown.code == "KUBERNETES_UNAVAILABLE")
            stage.cluster.faults.removeAll()
            #expect(try await post(stage, "/callbacks", credential, report(2, "started")).body["duplicate"] == false)

            fail("get", "secrets", .status(503))
            #expect(try await post(stage, "/secrets", credential).status == 503)
            fail("patch", "secrets", .status(503), times: 2)
            #expect(try await post(stage, "/secrets", credential).status == 503)
            // The mark is written, and its answer is lost: the request knows its own mark.
            fail("patch", "secrets", .dropConnection(afterWrite: true))
            let answer = try await post(stage, "/secrets", credential)
            #expect(answer.status == 200 && answer.body == Self.secrets, "\(answer.body.text())")
            #expect(try await post(stage, "/secrets", credential).status == 409)
        }
    }

    @Test func whoIsNotLetInIsNotToldWhy() async throws {
        try await withStage { stage in
            let credential = try await machine(stage)
            let uid = try #require(BootstrapCredential(credential)?.uid)
            let random = String(repeating: "q", count: 40)
            let refused: [String?] = [
                nil, "", "ocb_", "ocb_\(uid)_short", "ocb_\(uid)_\(random)", "ocb_00000000-0000-0000-0000-000000000000_\(random)",
                credential + "x", String(credential.dropLast()), Stage.token,
            ]
            var bodies: Set<String> = []
            for token in refused {
                for path in ["/callbacks", "/secrets"] {
                    let answer = try await post(stage, path, token, report(1, "started"))
                    #expect(answer.status == 401, "\(token ?? "none")")
                    bodies.insert(answer.body.text())
                }
            }
            #expect(bodies.count == 1)
            #expect(try await bootstrap(stage) == nil)
            // Whoever goes on guessing has to wait; the machine that the operator made has not.
            var last = 0
            for _ in 0..<20 { last = try await post(stage, "/secrets", "ocb_\(uid)_\(random)").status }
            #expect(last == 429)
            try await stage.report("acme", ["machine": ["credentialHash": .string(try #require(BootstrapCredential(credential)).hash)]])
            #expect(try await post(stage, "/callbacks", credential, report(1, "started")).status == 200)
        }
    }

    @Test func aTenantThatGoesIsNotServed() async throws {
        try await withStage { stage in
            let credential = try await machine(stage, finalizers: ["opencrane.io/cleanup"])
            #expect(try await post(stage, "/callbacks", credential, report(1, "started")).status == 200)
            #expect(try await stage.send(.DELETE, "/tenants/acme").status == 200)
            for path in ["/callbacks", "/secrets"] {
                let answer = try await post(stage, path, credential, report(2, "secrets"))
                #expect(answer.status == 409 && answer.code == "BOOTSTRAP_TENANT_GONE", "\(answer.body.text())")
            }
            #expect(try await bootstrap(stage)?["seq"] == 1)
        }
    }

    @Test func badInputOfEveryFieldIsNamed() async throws {
        let table: [(member: String, values: [JSON])] = [
            ("seq", [0, -1, 1.5, "1", .null, 9_999_999_999]), ("stage", ["begun", "", 1, .null]), ("level", ["debug", "", 1, .null]),
            ("message", [1, .null, .string(String(repeating: "x", count: 4097)), "a\u{0}"]), ("ts", ["yesterday", "", 5, .null]),
            ("colour", ["red"]),
        ]
        try await withStage { stage in
            let credential = try await machine(stage)
            for (member, values) in table {
                for value in values {
                    var body = report(1, "started")
                    body[member] = value
                    let answer = try await post(stage, "/callbacks", credential, body)
                    #expect(
                        answer.status == 422 && answer.fields == [member],
                        "\(member) \(value.text().prefix(30)): \(answer.body.text())"
                    )
                }
            }
            for member in ["seq", "stage", "level", "message", "ts"] {
                var body = report(1, "started")
                body[member] = nil
                #expect(try await post(stage, "/callbacks", credential, body).fields == [member])
            }
            #expect(try await post(stage, "/callbacks", credential, report(1, "files")).fields == ["message"])
            #expect(try await post(stage, "/callbacks", credential, text: "{").status == 400)
            let large = "{\"x\":\"" + String(repeating: "x", count: 20_000) + "\"}"
            #expect(try await post(stage, "/callbacks", credential, text: large).status == 413)
            #expect(try await bootstrap(stage) == nil)
        }
    }
}

/// The bootstrap program, run as a machine runs it, in a directory that is gone afterwards.
struct BootstrapProcess {
    let credential: String
    let plane: String

    /// Runs it to its end.
    ///
    /// - Returns: its exit code, and the files of its state directory by path.
    func run() async throws -> (code: Int32, files: [String: String]) {
        let directory = FileManager.default.temporaryDirectory.appending(path: "crane-plane-bootstrap-\(UUID().uuidString)")
        let state = directory.appending(path: "state")
        try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let document = BootstrapDocument(
            controlPlaneURL: plane,
            credential: credential,
            machine: "acme",
            stateDirectory: state.path,
            startsGateway: false
        )
        let program = directory.appending(path: "bootstrap.py")
        let settings = directory.appending(path: "bootstrap.json")
        try BootstrapProgram.text.write(to: program, atomically: true, encoding: .utf8)
        try document.text().write(to: settings, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", program.path, settings.path]
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let code: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        var files: [String: String] = [:]
        for path in ["openclaw.json", "workspace-one/SOUL.md", "gateway.env"] {
            files[path] = try? String(contentsOf: state.appending(path: path), encoding: .utf8)
        }
        return (code, files)
    }
}
