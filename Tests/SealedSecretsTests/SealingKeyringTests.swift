import Foundation
import Observability
import Testing

@testable import SealedSecrets

private func base64(_ seed: UInt8) -> String { Data((0..<32).map { seed &+ $0 }).base64EncodedString() }

@Suite struct SealingKeyringTests {
    @Test func readsLinesWithTheCurrentKeyFirst() throws {
        let text = "# keys\n\nnew:\(base64(1))\r\n  old:\(base64(2))  \n"
        let ring = try SealingKeyring(parsing: Secret(text))
        #expect(ring.ids == ["new", "old"])
        #expect(ring.current.id == "new")
        #expect(ring.key("old") != nil)
        #expect(ring.key("none") == nil)
    }

    @Test func readsOneLineWithSemicolonsAndNoPadding() throws {
        let ring = try SealingKeyring(parsing: Secret("new:\(base64(1).replacing("=", with: ""));old:\(base64(2))"))
        #expect(ring.ids == ["new", "old"])
    }

    @Test(arguments: [
        "", "# only a comment", "nokey", "k1:", "k1:not base64!", ":\(base64(1))", "K1:\(base64(1))", "k 1:\(base64(1))",
        "\(String(repeating: "k", count: 33)):\(base64(1))",
        "k1:\(Data(repeating: 1, count: 16).base64EncodedString())", "k1:\(Data((0..<33).map { UInt8($0) }).base64EncodedString())",
        "k1:\(Data(repeating: 0, count: 32).base64EncodedString())",
        "k1:\(base64(1))\nk1:\(base64(2))", "k1:\(base64(1))\nk2:\(base64(1))",
    ])
    func refuses(text: String) {
        #expect(failure { try SealingKeyring(parsing: Secret(text)) } == .invalidKey)
    }

    @Test func neverRepeatsAKey() throws {
        let secret = base64(9)
        do {
            _ = try SealingKeyring(parsing: Secret("k1:\(secret)\nk2:\(secret)x"))
            Issue.record("accepted")
        } catch {
            #expect(!error.description.contains(secret.prefix(8)))
        }
        let ring = try SealingKeyring(parsing: Secret("k1:\(secret)"))
        var dumped = ""
        dump(ring, to: &dumped)
        #expect(!"\(ring) \(ring.current) \(dumped)".contains(secret.prefix(8)))
        #expect(dumped.contains("<redacted>"))
    }

    @Test func readsFilesAndEnvironments() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "keys").path(percentEncoded: false)
        try Data("k1:\(base64(1))\n".utf8).write(to: URL(filePath: file))
        #expect(try SealingKeyring.load(variable: "KEYS", environment: ["KEYS_FILE": file])?.ids == ["k1"])
        #expect(try SealingKeyring.load(variable: "KEYS", environment: ["KEYS": "k2:\(base64(2))", "KEYS_FILE": ""])?.ids == ["k2"])
        #expect(try SealingKeyring.load(variable: "KEYS", environment: ["KEYS": "", "OTHER": "x"]) == nil)
        #expect(
            failure { try SealingKeyring.load(variable: "KEYS", environment: ["KEYS": "k2:\(base64(2))", "KEYS_FILE": file]) }
                == .invalidKey
        )
        #expect(failure { try SealingKeyring(file: file + ".missing") } == .keysUnreadable)
        #expect(failure { try SealingKeyring(file: folder.path(percentEncoded: false)) } == .keysUnreadable)
        try Data(repeating: 35, count: SealingKeyring.largestFile + 1).write(to: URL(filePath: file))
        #expect(failure { try SealingKeyring(file: file) } == .keysUnreadable)
    }
}
