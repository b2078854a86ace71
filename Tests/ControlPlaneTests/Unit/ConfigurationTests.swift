import CraneAPI
import Observability
import Testing

@testable import ControlPlane

@Suite struct ConfigurationTests {
    private static let token = "0123456789abcdef0123456789abcdef"

    private func read(_ environment: [String: String], file: String? = nil) throws -> ControlPlaneConfiguration {
        try ControlPlaneConfiguration(environment: environment) { _ in
            guard let file else { throw NoSuchFile() }
            return file
        }
    }

    struct NoSuchFile: Error {}

    @Test func readsWhatIsSet() throws {
        let configuration = try read([
            "OPENCRANE_API_TOKEN": Self.token, "NAMESPACE": "crane", "PORT": "81", "HEALTH_PORT": "82", "HOST": "127.0.0.1",
            "OPENCRANE_ISOLATION_TIERS": "shared, dedicatedCluster", "OPENCRANE_BODY_LIMIT_BYTES": "2048",
            "OPENCRANE_REQUEST_TIMEOUT_SECONDS": "5", "OPENCRANE_TRUSTED_PROXIES": "2",
        ])
        #expect(configuration.token?.reveal() == Self.token)
        #expect(configuration.namespace == "crane" && configuration.port == 81 && configuration.healthPort == 82)
        #expect(configuration.servedTiers == [.shared, .dedicatedCluster])
        #expect(configuration.bodyLimit == 2048 && configuration.requestTimeout == .seconds(5) && configuration.trustedProxies == 2)
        #expect(!"\(String(describing: configuration.token))".contains(Self.token))
    }

    @Test("A write that a replica left open is taken up the sooner the shorter requests may be")
    func theLeaseFollowsTheRequestTimeout() throws {
        #expect(try read(["OPENCRANE_API_TOKEN": Self.token]).relay.lease == .seconds(20))
        let short = try read(["OPENCRANE_API_TOKEN": Self.token, "OPENCRANE_REQUEST_TIMEOUT_SECONDS": "6"])
        #expect(short.kubernetesTimeout == .seconds(2) && short.relay.lease == .seconds(12))
    }

    @Test func readsTheTokenFromAFile() throws {
        #expect(try read(["OPENCRANE_API_TOKEN_FILE": "/t"], file: Self.token + "\n").token?.reveal() == Self.token)
    }

    @Test(arguments: [
        [:], ["OPENCRANE_API_TOKEN": ""], ["OPENCRANE_API_TOKEN": "  "],
        ["OPENCRANE_API_TOKEN": "0123456789abcdef", "OPENCRANE_API_TOKEN_FILE": "/t"], ["OPENCRANE_API_TOKEN_FILE": "/missing"],
    ])
    func refusesToStartWithoutOneToken(environment: [String: String]) {
        let error = #expect(throws: ConfigurationError.self) { try read(environment) }
        #expect(error?.variable.hasPrefix("OPENCRANE_API_TOKEN") == true)
    }

    @Test func refusesAnEmptyFile() {
        #expect(throws: ConfigurationError.self) { try read(["OPENCRANE_API_TOKEN_FILE": "/t"], file: "\n") }
    }

    @Test(arguments: [
        ("PORT", "x"), ("PORT", "70000"), ("HEALTH_PORT", "-1"), ("OPENCRANE_BODY_LIMIT_BYTES", "1"),
        ("OPENCRANE_REQUEST_TIMEOUT_SECONDS", "0"), ("OPENCRANE_TRUSTED_PROXIES", "-1"),
        ("OPENCRANE_ISOLATION_TIERS", "shared,solid"),
    ])
    func namesTheVariableThatIsWrong(name: String, value: String) {
        let error = #expect(throws: ConfigurationError.self) { try read(["OPENCRANE_API_TOKEN": Self.token, name: value]) }
        #expect(error?.variable == name)
    }
}
