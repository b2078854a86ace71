import JSONValue

/// The keys of a provider (RFC 7517 section 5). Keys that cannot be used are passed over, so that a new kind among them breaks nothing.
struct KeySet: Sendable {
    /// Most keys that are looked at.
    static let mostKeys = 64

    private let keys: [VerificationKey]

    /// - Throws: ``OpenIDError`` with `keysInvalid` when no key can be used.
    init(_ json: JSON) async throws(OpenIDError) {
        guard let list = json["keys"]?.arrayValue else {
            throw OpenIDError(.keysInvalid, "The provider's keys are not a JSON Web Key Set.")
        }
        var keys: [VerificationKey] = []
        for entry in list.prefix(Self.mostKeys) {
            if let key = await VerificationKey(entry) { keys.append(key) }
        }
        guard !keys.isEmpty else { throw OpenIDError(.keysInvalid, "None of the provider's \(list.count) keys can be used.") }
        self.keys = keys
    }

    /// The key of an id and algorithm. Without an id there must be exactly one key of the algorithm.
    func key(_ id: String?, _ algorithm: SigningAlgorithm) -> VerificationKey? {
        let fitting = keys.filter { $0.algorithm == algorithm && (id == nil || $0.id == id) }
        return fitting.count == 1 ? fitting.first : nil
    }
}
