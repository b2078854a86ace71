import FleetTemplates
import Foundation
import HTTPTypes
import Hummingbird
import JSONValue
import NIOConcurrencyHelpers
import NIOCore
import Testing

@testable import Machines

@Suite("Local machines: the real bootstrap program")
struct LocalBootstrapTests {
    @Test("A machine is born by the very user data of a virtual machine: reports, secrets, files, and the gateway's token")
    func bootstrap() async throws {
        try await LocalStage.set { stage in
            let stages = NIOLockedValueBox<[String]>([])
            let secrets: JSON = [
                "gatewayToken": "token-1", "gatewayPort": 18_789, "files": ["openclaw.json": "{}\n", "workspace/SOUL.md": "# Soul\n"],
                "repositories": [],
            ]
            let router = Router()
            router.post("/v1/bootstrap/**") { request, _ -> Response in
                let body = try? JSON(parsing: try await request.body.collect(upTo: 1 << 20).readableBytesView)
                guard request.headers[.authorization] == "Bearer ocb_secret" else { return Response(status: .unauthorized) }
                if request.uri.path.hasSuffix("/secrets") {
                    return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(bytes: secrets.serialized())))
                }
                if let stage = body?["stage"]?.stringValue { stages.withLockedValue { $0.append(stage) } }
                return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: "{}")))
            }
            let (ports, announce) = AsyncStream.makeStream(of: Int.self)
            let application = Application(
                router: router,
                configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { announce.yield($0.localAddress?.port ?? 0) },
                logger: quietLogger
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await application.run() }
                var iterator = ports.makeAsyncIterator()
                let port = try #require(await iterator.next())
                let document = BootstrapDocument(
                    controlPlaneURL: "http://127.0.0.1:\(port)",
                    credential: "ocb_secret",
                    machine: "acme-01",
                    stateDirectory: LocalProcessProvider.stateDirectory(of: "acme-01", root: stage.root),
                    startsGateway: false
                )
                let data = try UserData(document)
                var request = Samples.request
                (request.userData, request.userDataHash) = (data.text, data.digest)
                let wanted = request
                let provider = stage.provider()
                try await stage.running(provider) {
                    _ = try await provider.ensure(wanted, operation: nil)
                    try await stage.reach(.running, provider)
                    try await eventually("the gateway runs") { !stage.text("state/environment.json").isEmpty }
                    let environment = try JSON(parsing: stage.text("state/environment.json"))
                    #expect(environment["OPENCLAW_GATEWAY_TOKEN"] == "token-1")
                    #expect(environment["OPENCLAW_STATE_DIR"] == .string(document.stateDirectory))
                    #expect(stage.text("state/workspace/SOUL.md") == "# Soul\n")
                    #expect(stages.withLockedValue { $0 } == BootstrapStage.allCases.map(\.rawValue))
                }
                group.cancelAll()
            }
        }
    }
}
