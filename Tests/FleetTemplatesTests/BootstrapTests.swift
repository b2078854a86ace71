import FleetTemplates
import Foundation
import JSONValue
import Testing

@Suite("Bootstrap", .serialized)
struct BootstrapTests {
    private static let files = [
        "openclaw.json": "{\"a\":1}\n", "workspace-one/SOUL.md": "# Soul\n\nQuote \" tab \t back \\ slash / ü 🎼 \u{7F} \u{1}\n",
    ]
    private static let secrets: JSON = [
        "gatewayToken": "token-1", "gatewayPort": 18_789, "files": .object(files.mapValues { .string($0) }),
        "private": ["devices/paired.json": "{}"], "repositories": [],
    ]

    private static func document(_ plane: StandInControlPlane, in directory: URL) -> BootstrapDocument {
        BootstrapDocument(
            controlPlaneURL: plane.address,
            credential: "ocb_secret",
            machine: "acme-1",
            stateDirectory: directory.appending(path: "state").path,
            startsGateway: false
        )
    }

    @Test("The user data is byte-equal each time, carries no long-lived secret, and gives its files back")
    func userData() throws {
        let document = BootstrapDocument(
            controlPlaneURL: "https://crane.example.com",
            credential: "ocb_secret",
            machine: "acme-1",
            stateDirectory: "/var/lib/openclaw",
            startsGateway: true
        )
        let data = try UserData(document)
        #expect(try UserData(document) == data)
        #expect(data.text.hasPrefix("#cloud-config\n{"))
        #expect(data.digest.count == 64)
        #expect(data.files[UserData.programPath] == BootstrapProgram.text)
        let text = try #require(data.files[UserData.documentPath])
        #expect(try JSON(parsing: text).decode(BootstrapDocument.self) == document)
        #expect(UserData(rendered: data.text).digest == data.digest)
        #expect(UserData(rendered: "#!/bin/sh\n").files.isEmpty)
        // Compute Engine takes 256 KiB of metadata a value.
        #expect(data.text.utf8.count < 32_768)
    }

    @Test("A machine reports each stage once and in order, and writes what it was given with the platform's fingerprint")
    func bootstrap() async throws {
        try await withStandInControlPlane(secrets: Self.secrets) { plane, directory in
            let document = Self.document(plane, in: directory)
            let result = try await PythonProgram(document: document, in: directory).run()
            #expect(result == 0, "\(plane.calls)")
            let reports = plane.calls.filter { $0.path == "/v1/bootstrap/callbacks" }.map(\.body)
            #expect(reports.map { $0["stage"]?.stringValue } == BootstrapStage.allCases.map(\.rawValue))
            #expect(reports.map { $0["seq"]?.integerValue } == [1, 2, 3, 4, 5, 6])
            #expect(reports.allSatisfy { $0["level"] == "info" })
            #expect(reports[2]["message"]?.stringValue == GatewayFiles.digest(of: Self.files))
            #expect(plane.calls.allSatisfy { $0.authorization == "Bearer ocb_secret" })
            for (path, text) in Self.files {
                let url = URL(filePath: document.stateDirectory).appending(path: path)
                let written = try String(contentsOf: url, encoding: .utf8)
                #expect(written == text)
                let mode = try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? NSNumber
                #expect(mode?.intValue == 0o600)
            }
            let environment = try String(contentsOf: URL(filePath: document.stateDirectory).appending(path: "gateway.env"), encoding: .utf8)
            #expect(environment.contains("OPENCLAW_GATEWAY_TOKEN=token-1\n"))

            // Started again, it repeats nothing that was said and asks for no secret again.
            let count = plane.calls.count
            let code0 = try await PythonProgram(document: document, in: directory).run()
            #expect(code0 == 0)
            #expect(plane.calls.count == count)
        }
    }

    @Test("A control plane that does not know the machine yet, or is busy, is asked again, when it says and with the same report")
    func patience() async throws {
        let first: [(Int, String?)] = [(401, nil), (503, "2"), (404, "nonsense")]
        try await withStandInControlPlane(secrets: Self.secrets, first: first) { plane, directory in
            let began = ContinuousClock.now
            let result = try await PythonProgram(document: Self.document(plane, in: directory), in: directory).run()
            #expect(result == 0)
            let reports = plane.calls.filter { $0.path == "/v1/bootstrap/callbacks" }.map(\.body)
            #expect(reports.map { $0["seq"]?.integerValue } == [1, 1, 1, 1, 2, 3, 4, 5, 6])
            // One second, the two that it was asked for, and four.
            #expect(ContinuousClock.now - began >= .seconds(7))
        }
    }

    @Test("A control plane that refuses for too long is given up, with nothing written", .timeLimit(.minutes(5)))
    func patienceEnds() async throws {
        let first = Array(repeating: (401, nil as String?), count: 100)
        try await withStandInControlPlane(secrets: Self.secrets, first: first) { plane, directory in
            var document = Self.document(plane, in: directory)
            document.patienceSeconds = 2
            let result = try await PythonProgram(document: document, in: directory).run()
            #expect(result == 1)
            // Twice within the time, and once to say why it ends.
            #expect(plane.calls.map { $0.body["level"]?.stringValue } == ["info", "info", "error"])
            #expect(!FileManager.default.fileExists(atPath: document.stateDirectory + "/openclaw.json"))
        }
    }

    @Test("Secrets that were handed out before are reported as an error, and nothing is written")
    func secondExchange() async throws {
        try await withStandInControlPlane(secrets: Self.secrets, refusal: 409) { plane, directory in
            let document = Self.document(plane, in: directory)
            let code1 = try await PythonProgram(document: document, in: directory).run()
            #expect(code1 == 1)
            let last = try #require(plane.calls.last?.body)
            #expect(last["stage"] == "secrets")
            #expect(last["level"] == "error")
            #expect(last["message"]?.stringValue?.contains("rotate") == true)
            #expect(!FileManager.default.fileExists(atPath: document.stateDirectory + "/openclaw.json"))
        }
    }

    @Test(
        "A file that lies outside of the state directory is not written",
        arguments: ["../outside", "/tmp/opencrane-outside", "a/../../outside"]
    )
    func outside(_ path: String) async throws {
        var secrets = Self.secrets
        secrets["files"] = [path: "x"]
        try await withStandInControlPlane(secrets: secrets) { plane, directory in
            let code1 = try await PythonProgram(document: Self.document(plane, in: directory), in: directory).run()
            #expect(code1 == 1)
            #expect(plane.calls.last?.body["message"]?.stringValue?.contains("outside") == true)
            #expect(!FileManager.default.fileExists(atPath: directory.appending(path: "outside").path))
        }
    }

    @Test("A repository that cannot be cloned is the stage's error")
    func repositories() async throws {
        var secrets = Self.secrets
        secrets["repositories"] = ["file:///does/not/exist.git"]
        try await withStandInControlPlane(secrets: secrets) { plane, directory in
            let code1 = try await PythonProgram(document: Self.document(plane, in: directory), in: directory).run()
            #expect(code1 == 1)
            #expect(plane.calls.last?.body["stage"] == "repositories")
            #expect(plane.calls.last?.body["level"] == "error")
        }
    }
}
