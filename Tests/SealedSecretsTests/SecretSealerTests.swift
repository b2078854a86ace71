import Crypto
import Observability
import Testing

@testable import SealedSecrets

private let place = RowIdentity(table: "provider_keys", column: "sealed", key: ["acme", "anthropic"])

private func key(_ id: String, _ seed: UInt8) throws -> SealingKey {
    try SealingKey(id: id, material: Secret((0..<32).map { seed &+ $0 }))
}

private func sealer(_ keys: SealingKey...) throws -> SecretSealer {
    SecretSealer(keys: try SealingKeyring(current: keys[0], older: Array(keys.dropFirst())))
}

@Suite struct SecretSealerTests {
    @Test(arguments: ["", "k", "sk-0123456789", String(repeating: "ä", count: 5000)])
    func opensWhatItSealed(text: String) throws {
        let sealer = try sealer(key("k1", 1))
        let stored = try sealer.seal(SensitiveString(text), at: place).bytes
        #expect(try sealer.openText(SealedValue(bytes: stored), at: place).reveal() == text)
    }

    @Test func sealsTheSameTextDifferentlyEachTime() throws {
        let sealer = try sealer(key("k1", 1))
        let values = try (0..<100).map { _ in try sealer.seal("same", at: place).bytes }
        #expect(Set(values).count == 100)
    }

    @Test func doesNotShowThePlainText() throws {
        let value = try sealer(key("k1", 1)).seal("hunter2hunter2", at: place)
        #expect(!String(decoding: value.bytes, as: UTF8.self).contains("hunter2"))
        #expect(value.description == "SealedValue(key: k1, 14 bytes)")
    }

    /// AES-256-GCM by another implementation (OpenSSL, through Python's cryptography): fixes format and additional data for ever.
    @Test func keepsItsFormat() throws {
        let sealer = try sealer(key("k1", 0))
        let nonce = try AES.GCM.Nonce(data: (0..<12).map { UInt8($0) })
        let value = try sealer.seal(Secret(Array("secret".utf8)), at: RowIdentity(table: "t", column: "c", key: ["1"]), nonce: nonce)
        let hexadecimal = value.bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        #expect(hexadecimal == "01026b31000102030405060708090a0b3467b569a091896c73c2138c091fb4f0dc8b5b668095")
    }

    @Test(arguments: [
        RowIdentity(table: "provider_keys", column: "sealed", key: ["acme", "openai"]),
        RowIdentity(table: "provider_keys", column: "sealed", key: ["other", "anthropic"]),
        RowIdentity(table: "provider_keys", column: "other", key: ["acme", "anthropic"]),
        RowIdentity(table: "mcp_credentials", column: "sealed", key: ["acme", "anthropic"]),
        RowIdentity(table: "provider_keys", column: "sealed", key: ["acmeanthropic"]),
        RowIdentity(table: "provider_keys", column: "sealed", key: ["acmea", "nthropic"]),
        RowIdentity(table: "provider_keys", column: "sealed", key: ["acme", "anthropic", ""]),
        RowIdentity(table: "provider_keyss", column: "ealed", key: ["acme", "anthropic"]),
    ])
    func doesNotOpenInAnotherPlace(moved: RowIdentity) throws {
        let sealer = try sealer(key("k1", 1))
        let value = try sealer.seal("secret", at: place)
        #expect(throws: SealingError.self) { try sealer.open(value, at: moved) }
        #expect(failure { try sealer.open(value, at: moved) } == .notAuthentic)
    }

    @Test func doesNotOpenWithAnotherKeyOfTheSameName() throws {
        let value = try sealer(key("k1", 1)).seal("secret", at: place)
        let other = try sealer(key("k1", 2))
        #expect(failure { try other.open(value, at: place) } == .notAuthentic)
    }

    @Test func namesTheKeyThatIsMissing() throws {
        let value = try sealer(key("k1", 1)).seal("secret", at: place)
        let other = try sealer(key("k2", 1))
        #expect(failure { try other.open(value, at: place) } == .unknownKey)
    }

    @Test func doesNotOpenUnderAnotherKeysName() throws {
        let both = try sealer(key("k1", 1), key("k2", 2))
        let value = try both.seal("secret", at: place)
        let renamed = SealedValue(keyID: "k2", nonce: value.nonce, ciphertext: value.ciphertext, tag: value.tag)
        #expect(failure { try both.open(renamed, at: place) } == .notAuthentic)
    }

    @Test func refusesEveryCut() throws {
        let sealer = try sealer(key("k1", 1))
        let bytes = try sealer.seal("secret", at: place).bytes
        for length in 0..<bytes.count {
            let code = failure { try sealer.open(SealedValue(bytes: Array(bytes.prefix(length))), at: place) }
            #expect(code == .malformed || code == .notAuthentic, "\(length) bytes")
        }
        #expect(failure { try sealer.open(SealedValue(bytes: bytes + [0]), at: place) } == .notAuthentic)
    }

    @Test func refusesEveryFlippedBit() throws {
        let sealer = try sealer(key("k1", 1), key("k0", 2))
        let bytes = try sealer.seal("secret", at: place).bytes
        for index in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << UInt8(bit)
                #expect(failure { try sealer.open(SealedValue(bytes: changed), at: place) } != nil, "byte \(index), bit \(bit)")
            }
        }
    }

    @Test func resealsOnlyWhatAnOlderKeySealed() throws {
        let old = try key("2025-01", 1)
        let new = try key("2026-01", 2)
        let before = try sealer(old).seal("secret", at: place)
        let rotating = try sealer(new, old)
        #expect(try rotating.openText(before, at: place).reveal() == "secret")
        #expect(rotating.needsResealing(before))
        let after = try #require(try rotating.reseal(before, at: place))
        #expect(after.keyID == "2026-01")
        #expect(!rotating.needsResealing(after))
        #expect(try rotating.reseal(after, at: place) == nil)
        #expect(try sealer(new).openText(after, at: place).reveal() == "secret")
    }

    @Test func doesNotResealWhatWasMoved() throws {
        let old = try key("a", 1)
        let value = try sealer(old).seal("secret", at: place)
        let rotating = try sealer(key("b", 2), old)
        let elsewhere = RowIdentity(table: "provider_keys", column: "sealed", key: ["mallory", "anthropic"])
        #expect(failure { try rotating.reseal(value, at: elsewhere) } == .notAuthentic)
    }

    @Test func refusesWhatIsTooLarge() throws {
        let sealer = try sealer(key("k1", 1))
        let large = Secret([UInt8](repeating: 7, count: SecretSealer.largestSecret + 1))
        #expect(failure { try sealer.seal(large, at: place) } == .tooLarge)
    }

    @Test func saysWhenBytesAreNoText() throws {
        let sealer = try sealer(key("k1", 1))
        let value = try sealer.seal(Secret([0xFF, 0xFE]), at: place)
        #expect(failure { try sealer.openText(value, at: place) } == .malformed)
        #expect(try sealer.open(value, at: place).reveal() == [0xFF, 0xFE])
    }
}

func failure<Result>(_ work: () throws -> Result) -> SealingError.Code? {
    do {
        _ = try work()
        return nil
    } catch {
        return (error as? SealingError)?.code
    }
}
