import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSONValue
import Logging
import NIOCore
import Testing

@testable import HTTPOperations

@Suite struct ClientAddressTests {
    @Test(arguments: [
        (0, ["9.9.9.9"], "10.0.0.1"), (1, ["9.9.9.9"], "9.9.9.9"), (1, ["6.6.6.6, 9.9.9.9"], "9.9.9.9"),
        (1, ["6.6.6.6", "9.9.9.9"], "9.9.9.9"), (2, ["6.6.6.6, 9.9.9.9 ,10.0.0.2"], "9.9.9.9"), (2, ["9.9.9.9"], "10.0.0.1"),
        (1, [], "10.0.0.1"), (1, [""], "10.0.0.1"), (1, ["9.9.9.9, "], "10.0.0.1"),
        (1, [String(repeating: "x", count: 65)], "10.0.0.1"), (-1, ["9.9.9.9"], "10.0.0.1"),
    ])
    func onlyTrustedProxiesAreBelieved(_ proxies: Int, _ forwarded: [String], _ expected: String) {
        #expect(ClientAddresses(trustedProxies: proxies).client(channel: "10.0.0.1", forwardedFor: forwarded) == expected)
    }

    @Test(arguments: [
        ("10.0.0.1", "10.0.0.1"), ("::ffff:10.0.0.1", "10.0.0.1"), ("2001:db8:0:1::1", "2001:db8:0:1:ff:1:2:3"),
        ("2001:db8:0:1::1", "2001:0DB8:0000:0001::2"), ("no address", "no address"), ("", ""),
    ])
    func neighboursCountAsOne(_ one: String, _ other: String) {
        #expect(ClientAddresses.network(of: one) == ClientAddresses.network(of: other))
    }

    @Test func othersDoNot() {
        let all = ["10.0.0.1", "10.0.0.2", "2001:db8:0:1::1", "2001:db8:0:2::1", "::1", "::ffff:10.0.0.3", "x"]
        #expect(Set(all.map(ClientAddresses.network)).count == all.count)
    }

    @Test func operationsSeeTheAddress() async throws {
        let name = try #require(HTTPField.Name("X-Forwarded-For"))
        let answer = try await Rental.send(.get, "/v1/who", headers: [name: "9.9.9.9"], addresses: ClientAddresses(trustedProxies: 1))
        #expect(answer.body == "9.9.9.9")
        let direct = try await Rental.send(.get, "/v1/who", headers: [name: "9.9.9.9"])
        #expect(direct.body != "9.9.9.9")
    }

    @Test func aConnectionHasItsOwn() async throws {
        let server = OperationServer(
            responder: try OperationResponder(surfaces: [Rental.surface()]),
            configuration: .init(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await server.application.test(.live) { client in
            try await client.execute(uri: "/v1/who", method: .get) { response in
                #expect(["\"127.0.0.1\"", "\"::1\""].contains(String(buffer: response.body)))
            }
        }
    }
}
