import Foundation
import HTTPTypes
import Hummingbird
import NIOConcurrencyHelpers
import NIOCore
import OCIRegistry
import Observability
import Testing

@Suite("Registries that are not as they should be")
struct BadRegistryTests {
    static func client(_ url: String, password: String? = nil, timeout: Duration = .seconds(10)) throws -> RegistryClient {
        var limits = RegistryClient.Limits()
        limits.timeout = timeout
        limits.pause = .milliseconds(1)
        return RegistryClient(
            address: try RegistryAddress(url: url, repository: "skills"),
            credential: password.map { .init(name: "crane", password: SensitiveString($0)) },
            limits: limits
        )
    }

    static func response(_ status: HTTPResponse.Status, _ headers: [HTTPField.Name: String] = [:], _ body: String = "") -> Response {
        var fields = HTTPFields()
        for (name, value) in headers { fields[name] = value }
        return Response(status: status, headers: fields, body: .init(byteBuffer: ByteBuffer(string: body)))
    }

    @Test(
        "Each status has its code",
        arguments: [
            (401, RegistryError.Code.unauthorized, false), (403, .forbidden, false), (429, .throttled, true), (500, .failed, true),
            (503, .failed, true),
            (400, .refused, false),
        ]
    )
    func statuses(_ status: Int, _ code: RegistryError.Code, _ isTransient: Bool) async throws {
        try await withStandIn { _, _ in
            Self.response(.init(code: status), [:], #"{"errors":[{"message":"internal detail"}]}"#)
        } _: { url in
            let error = await #expect(throws: RegistryError.self) { try await Self.client(url).pullBlob(BlobDigest(of: [1])) }
            #expect(error?.code == code)
            #expect(error?.isTransient == isTransient)
            #expect(error?.message.contains("internal detail") == false)
        }
    }

    @Test("A failure that passes is not seen, and one that stays is not asked about for ever", arguments: [2, 5])
    func retries(_ failures: Int) async throws {
        let asked = NIOLockedValueBox(0)
        try await withStandIn { _, _ in
            let count = asked.withLockedValue {
                $0 += 1
                return $0
            }
            return count <= failures ? Self.response(.serviceUnavailable) : Self.response(.ok, [:], "x")
        } _: { url in
            let result = try? await Self.client(url).pullBlob(BlobDigest(of: Array("x".utf8)))
            #expect((result != nil) == (failures == 2))
            #expect(asked.withLockedValue { $0 } == 3)
        }
    }

    @Test("Content that is not what was asked for is not taken")
    func mismatch() async throws {
        try await withStandIn { _, _ in
            Self.response(.ok, [:], "other")
        } _: { url in
            let error = await #expect(throws: RegistryError.self) { try await Self.client(url).pullBlob(BlobDigest(of: [1])) }
            #expect(error?.code == .digestMismatch)
        }
    }

    @Test("An upload goes on at the registry itself, or not at all", arguments: ["http://elsewhere.test/upload", "//elsewhere.test/x", ""])
    func locations(_ location: String) async throws {
        let seen = NIOLockedValueBox<[String]>([])
        try await withStandIn { request, _ in
            seen.withLockedValue { $0.append("\(request.method)") }
            return request.method == .head ? Self.response(.notFound) : Self.response(.accepted, [.location: location])
        } _: { url in
            let error = await #expect(throws: RegistryError.self) { try await Self.client(url).pushBlob([1], mediaType: "x") }
            #expect(error?.code == .answerInvalid)
            #expect(seen.withLockedValue { $0 } == ["HEAD", "POST"])
        }
    }

    @Test("A token is fetched once and used while it is good")
    func tokens() async throws {
        let fetched = NIOLockedValueBox(0)
        try await withStandIn { request, origin in
            if request.uri.path == "/token" {
                fetched.withLockedValue { $0 += 1 }
                #expect(request.headers[.authorization]?.hasPrefix("Basic ") == true)
                #expect(request.uri.queryParameters["scope"] == "repository:skills:pull")
                #expect(request.uri.queryParameters["service"] == "it")
                return Self.response(.ok, [:], #"{"token":"abc","expires_in":300}"#)
            }
            guard request.headers[.authorization] == "Bearer abc" else {
                return Self.response(.unauthorized, [.wwwAuthenticate: #"Bearer realm="\#(origin)/token",service="it""#])
            }
            return Self.response(.notFound)
        } _: { url in
            let client = try Self.client(url, password: "p")
            for _ in 0..<3 { #expect(try await client.pullBlob(BlobDigest(of: [1])) == nil) }
            #expect(fetched.withLockedValue { $0 } == 1)
        }
    }

    @Test("A registry that never takes its own token is asked twice, not for ever")
    func refusedToken() async throws {
        let asked = NIOLockedValueBox(0)
        try await withStandIn { request, origin in
            if request.uri.path == "/token" { return Self.response(.ok, [:], #"{"token":"abc"}"#) }
            asked.withLockedValue { $0 += 1 }
            return Self.response(.unauthorized, [.wwwAuthenticate: #"Bearer realm="\#(origin)/token""#])
        } _: { url in
            let error = await #expect(throws: RegistryError.self) { try await Self.client(url).pullBlob(BlobDigest(of: [1])) }
            #expect(error?.code == .unauthorized)
            #expect(asked.withLockedValue { $0 } == 2)
        }
    }

    @Test("A registry that is silent is not waited for")
    func silence() async throws {
        try await withStandIn { _, _ in
            try await Task.sleep(for: .seconds(60))  // wait: longer than the client does; ended with the server
            return Self.response(.ok)
        } _: { url in
            let client = try Self.client(url, timeout: .milliseconds(200))
            let error = await #expect(throws: RegistryError.self) { try await client.pullBlob(BlobDigest(of: [1])) }
            #expect(error?.code == .timeout)
        }
    }

    @Test("A registry that is not there")
    func absent() async throws {
        let error = await #expect(throws: RegistryError.self) {
            try await Self.client("http://127.0.0.1:1", timeout: .milliseconds(500)).hasBlob(BlobDigest(of: [1]))
        }
        #expect(error?.code == .unreachable)
        #expect(error?.isTransient == true)
    }
}

@Suite("Addresses and digests")
struct AddressTests {
    @Test("Names of repositories", arguments: ["skills", "a/b/c", "a-b", "a__b", "a.b", "0"])
    func names(_ name: String) throws {
        #expect(
            try RegistryAddress(url: "https://Registry.test:5000/", repository: name).description == "https://registry.test:5000/\(name)"
        )
    }

    @Test("No names of repositories", arguments: ["", "/", "a/", "/a", "A", "a//b", "-a", "a-", "a..b", "a b", "../x", "a/../b", "é"])
    func badNames(_ name: String) {
        #expect(throws: RegistryError.self) { try RegistryAddress(url: "https://registry.test", repository: name) }
    }

    @Test(
        "No addresses of registries",
        arguments: [
            "", "registry.test", "ftp://registry.test", "https://", "https://u:p@registry.test", "https://registry.test/v2",
            "https://r.test?x=1",
        ]
    )
    func badURLs(_ url: String) {
        #expect(throws: RegistryError.self) { try RegistryAddress(url: url, repository: "skills") }
    }

    @Test("Digests are read as they are written")
    func digests() throws {
        let digest = BlobDigest(of: Array("abc".utf8))
        #expect(digest.description == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(try BlobDigest(parsing: digest.description) == digest)
        for text in ["", "sha256:", "sha512:\(digest.hex)", "sha256:\(digest.hex.uppercased())", "sha256:\(digest.hex)0", " \(digest)"] {
            #expect(throws: RegistryError.self) { try BlobDigest(parsing: text) }
        }
    }
}
