import Foundation
import OCIRegistry
import Observability
import RegistryFixtures
import Testing

@Suite("A real registry")
struct RegistryTests {
    static let type = "application/vnd.opencrane.skill.bundle.v1+text"

    static func client(_ url: String, password: String? = nil, limits: RegistryClient.Limits = .init()) throws -> RegistryClient {
        RegistryClient(
            address: try RegistryAddress(url: url, repository: "skills/crane"),
            credential: password.map { .init(name: "crane", password: SensitiveString($0)) },
            limits: limits
        )
    }

    @Test("What is pushed comes back, and pushing it again changes nothing")
    func roundTrip() async throws {
        try await withRealRegistry { url in
            let client = try Self.client(url)
            let content = Array("# Triage\n\nBe kind.\n".utf8)
            let digest = BlobDigest(of: content)
            #expect(try await client.pullBlob(digest) == nil)
            #expect(try await client.hasBlob(digest) == false)
            let first = try await client.push(
                content,
                mediaType: Self.type,
                artifactType: Self.type,
                annotations: ["org.opencontainers.image.title": "triage"]
            )
            #expect(first.content == Descriptor(mediaType: Self.type, digest: digest, size: content.count))
            #expect(try await client.pullBlob(digest) == content)
            let manifest = try #require(try await client.manifest(digest.hex))
            #expect(manifest.layers == [first.content])
            #expect(manifest.artifactType == Self.type)
            #expect(try await client.manifest("absent") == nil)
            let second = try await client.push(
                content,
                mediaType: Self.type,
                artifactType: Self.type,
                annotations: ["org.opencontainers.image.title": "triage"]
            )
            #expect(second.manifest == first.manifest)
        }
    }

    @Test("A registry that asks for a password gets it, and another one is refused")
    func password() async throws {
        try await withRealRegistry(password: "s3cret") { url in
            let content = Array("x".utf8)
            let owner = try Self.client(url, password: "s3cret")
            try await owner.push(content, mediaType: Self.type, artifactType: Self.type)
            #expect(try await owner.pullBlob(BlobDigest(of: content)) == content)
            for password in ["wrong", nil] {
                let client = try Self.client(url, password: password)
                let error = await #expect(throws: RegistryError.self) { try await client.pullBlob(BlobDigest(of: content)) }
                #expect(error?.code == .unauthorized)
                #expect(error.map { "\($0)".contains("wrong") } == false)
            }
        }
    }

    @Test("More than is taken is neither sent nor read")
    func limits() async throws {
        try await withRealRegistry { url in
            let content = [UInt8](repeating: 0x41, count: 200_000)
            try await Self.client(url).push(content, mediaType: Self.type, artifactType: Self.type)
            var limits = RegistryClient.Limits()
            limits.content = 100_000
            let client = try Self.client(url, limits: limits)
            let pulled = await #expect(throws: RegistryError.self) { try await client.pullBlob(BlobDigest(of: content)) }
            #expect(pulled?.code == .tooLarge)
            let pushed = await #expect(throws: RegistryError.self) {
                try await client.push(content, mediaType: Self.type, artifactType: Self.type)
            }
            #expect(pushed?.code == .tooLarge)
        }
    }

    @Test("Many push at once")
    func concurrently() async throws {
        try await withRealRegistry { url in
            let client = try Self.client(url)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<16 {
                    group.addTask {
                        let content = Array("skill \(index % 4)".utf8)
                        try await client.push(content, mediaType: Self.type, artifactType: Self.type)
                        #expect(try await client.pullBlob(BlobDigest(of: content)) == content)
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
