import Observability
import Testing

@testable import SealedSecrets

@Suite struct MessageAuthenticatorTests {
    private static func key(_ id: String, _ seed: UInt8) throws -> SealingKey {
        try SealingKey(id: id, material: Secret((0..<32).map { seed &+ UInt8($0) }))
    }

    @Test func aCodeIsForOneMessagePurposeAndKey() throws {
        let (one, two) = (try Self.key("one", 1), try Self.key("two", 2))
        let authenticator = MessageAuthenticator(keys: try SealingKeyring(current: one), purpose: "a")
        let code = authenticator.code(for: [1, 2, 3])
        #expect(code.keyID == "one" && code.bytes.count == 32)
        #expect(authenticator.check(code, of: [1, 2, 3]) == .authentic)
        #expect(authenticator.check(code, of: [1, 2]) == .wrong)
        #expect(authenticator.check(AuthenticationCode(keyID: "one", bytes: []), of: [1, 2, 3]) == .wrong)
        let other = MessageAuthenticator(keys: try SealingKeyring(current: one), purpose: "b")
        #expect(other.check(code, of: [1, 2, 3]) == .wrong)
        let rotated = MessageAuthenticator(keys: try SealingKeyring(current: two, older: [one]), purpose: "a")
        #expect(rotated.check(code, of: [1, 2, 3]) == .authentic && rotated.code(for: [1, 2, 3]).keyID == "two")
        #expect(authenticator.check(rotated.code(for: [1, 2, 3]), of: [1, 2, 3]) == .unknownKey)
        #expect("\(rotated)" == "MessageAuthenticator(two, one)")
    }
}
