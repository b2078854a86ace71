import Crypto
import Foundation
import HTTPOperations
import Projection

/// What an agent calls the platform with: `oca_<id of the agent without dashes>_<32 random bytes, base64url>`. Only its hash is kept.
struct AgentToken: Sendable, Hashable {
    /// What every token begins with.
    static let prefix = "oca_"
    /// How many random bytes a token has.
    static let secretLength = 32

    /// The whole text.
    let text: String
    /// The agent it is of.
    let agent: UUID

    /// Makes a token.
    ///
    /// - Parameters:
    ///   - agent: whose.
    ///   - secret: ``secretLength`` random bytes.
    init(agent: UUID, secret: [UInt8]) {
        let random = Data(secret).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        self.agent = agent
        text = Self.prefix + agent.uuidString.lowercased().replacing("-", with: "") + "_" + random
    }

    /// Reads a token.
    ///
    /// - Returns: nil when the text cannot be one.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        let start = Self.prefix.utf8.count
        guard bytes.count == start + 32 + 1 + 43, text.hasPrefix(Self.prefix), bytes[start + 32] == UInt8(ascii: "_") else { return nil }
        let digits = bytes[start..<start + 32]
        guard digits.allSatisfy({ Self.isLowercaseHexadecimal($0) }), bytes.suffix(43).allSatisfy(Self.isBase64URL) else { return nil }
        var id = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { id.append("-") }
            id.unicodeScalars.append(Unicode.Scalar(digit))
        }
        guard let agent = UUID(uuidString: id) else { return nil }
        self.agent = agent
        self.text = text
    }

    /// Its SHA-256 in hexadecimal.
    var hash: String { ContentDigest.hexadecimal(of: Array(text.utf8)) }

    /// Whether it is one that an agent was given, in a time that says nothing of where it differs.
    func opens(_ row: AgentRow) -> Bool {
        guard row.id == agent, row.status != .deleted else { return false }
        let hash = SHA256.hash(data: Array(hash.utf8))
        return [row.tokenHash, row.nextTokenHash].compactMap { $0 }.reduce(false) { $0 || SHA256.hash(data: Array($1.utf8)) == hash }
    }

    private static func isLowercaseHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private static func isBase64URL(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension AgentRow {
    /// The token in its file is the one it has, if it is one that it was given: whatever new one is made, this one is good until then.
    mutating func keep(_ found: AgentToken?) {
        if let found, found.opens(self) { tokenHash = found.hash }
    }
}
