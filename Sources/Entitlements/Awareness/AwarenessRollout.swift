/// Which version of the awareness contract tenants run, wave by wave.
public struct AwarenessRollout: Sendable, Hashable {
    /// The version that is being rolled out.
    public private(set) var target: String
    /// The version that everybody else runs.
    public private(set) var stable: String
    /// The waves, first to last; never empty, without repetition.
    public private(set) var waves: [String]
    /// How many of them run the target.
    public private(set) var promotedCount: Int
    /// Whether promoted waves run the stable version and only try the target on the side.
    public private(set) var isShadow: Bool

    /// The waves when nobody says otherwise.
    public static let defaultWaves = ["personal", "project", "department", "org"]
    /// The version when nobody says otherwise.
    public static let defaultVersion = "awareness/v1alpha1"

    /// What holds until somebody defines a rollout.
    public static let initial = AwarenessRollout()

    private init() {
        (target, stable, waves, promotedCount, isShadow) = (Self.defaultVersion, Self.defaultVersion, Self.defaultWaves, 0, false)
    }

    /// Defines a rollout; nothing is promoted.
    ///
    /// - Parameters:
    ///   - target: the version to be rolled out: `name/vN…`.
    ///   - stable: the version everybody else runs, of the same name.
    ///   - waves: first to last.
    ///   - isShadow: whether the target is only tried on the side.
    /// - Throws: ``RolloutError``.
    public init(target: String, stable: String = defaultVersion, waves: [String] = defaultWaves, isShadow: Bool = false)
        throws(RolloutError)
    {
        guard let name = Self.name(of: target) else { throw .versionInvalid(target) }
        guard let other = Self.name(of: stable) else { throw .versionInvalid(stable) }
        guard name == other else { throw .contractsDiffer(target: target, stable: stable) }
        guard !waves.isEmpty else { throw .noWaves }
        var seen: Set<String> = []
        for wave in waves {
            guard !wave.isEmpty, wave.utf8.count <= 63, wave.utf8.allSatisfy(Self.isWaveByte) else { throw .waveInvalid(wave) }
            guard seen.insert(wave).inserted else { throw .waveRepeated(wave) }
        }
        (self.target, self.stable, self.waves, self.isShadow) = (target, stable, waves, isShadow)
        promotedCount = 0
    }

    /// A rollout as it was stored.
    ///
    /// - Throws: ``RolloutError`` when what was stored is no rollout.
    public init(
        target: String,
        stable: String,
        waves: [String],
        promotedCount: Int,
        isShadow: Bool
    ) throws(RolloutError) {
        try self.init(target: target, stable: stable, waves: waves, isShadow: isShadow)
        self.promotedCount = min(max(0, promotedCount), waves.count)
    }

    /// The waves that run the target.
    public var promotedWaves: [String] { Array(waves.prefix(promotedCount)) }
    /// The wave that comes next; nil when there is none.
    public var nextWave: String? { promotedCount < waves.count ? waves[promotedCount] : nil }

    /// Promotes the next wave, or all up to one that is named. What is promoted stays so.
    ///
    /// - Parameter wave: the last wave to promote. Default: the next one.
    /// - Throws: ``RolloutError/waveUnknown(_:)``.
    public mutating func promote(upTo wave: String? = nil) throws(RolloutError) {
        guard let wave else {
            promotedCount = min(promotedCount + 1, waves.count)
            return
        }
        guard let index = waves.firstIndex(of: wave) else { throw .waveUnknown(wave) }
        promotedCount = max(promotedCount, index + 1)
    }

    /// Takes every wave back to the stable version.
    public mutating func rollBack() { promotedCount = 0 }

    /// What a tenant runs.
    public struct Resolution: Sendable, Hashable {
        /// The tenant's wave.
        public var wave: String
        /// The version it runs.
        public var version: String
        /// Whether its wave is promoted.
        public var isPromoted: Bool
        /// Whether it tries the target on the side.
        public var isShadow: Bool

        /// A resolution.
        public init(wave: String, version: String, isPromoted: Bool, isShadow: Bool) {
            (self.wave, self.version, self.isPromoted, self.isShadow) = (wave, version, isPromoted, isShadow)
        }
    }

    /// Resolves what a tenant runs.
    ///
    /// - Parameter wave: the tenant's wave; one that is not of this rollout, or none, counts as the last.
    public func resolve(wave: String?) -> Resolution {
        let index = wave.flatMap { waves.firstIndex(of: $0) } ?? waves.count - 1
        let isPromoted = index < promotedCount
        return Resolution(
            wave: waves[index],
            version: isPromoted && !isShadow ? target : stable,
            isPromoted: isPromoted,
            isShadow: isPromoted && isShadow
        )
    }

    /// The name of the contract that a version is of; nil when the text is no version.
    private static func name(of version: String) -> Substring? {
        let parts = version.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, version.utf8.count <= 100, !parts[0].isEmpty, parts[0].utf8.allSatisfy(isWaveByte),
            parts[1].first == "v", let digit = parts[1].dropFirst().first, digit.isASCII, digit.isNumber,
            parts[1].utf8.allSatisfy({ isWaveByte($0) || $0 == 0x2E })
        else { return nil }
        return parts[0]
    }

    private static func isWaveByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x5F
    }
}

/// A rollout cannot be as it was asked for.
public enum RolloutError: Error, Sendable, Hashable, CustomStringConvertible {
    case versionInvalid(String)
    case contractsDiffer(target: String, stable: String)
    case noWaves
    case waveInvalid(String)
    case waveRepeated(String)
    case waveUnknown(String)

    /// A stable code.
    public var code: String { "ROLLOUT_INVALID" }

    /// A sentence a person can act on.
    public var description: String {
        switch self {
        case .versionInvalid(let text): "'\(text)' is no version of a contract; write it as awareness/v1alpha1"
        case .contractsDiffer(let target, let stable): "'\(target)' and '\(stable)' are versions of different contracts"
        case .noWaves: "a rollout needs at least one wave"
        case .waveInvalid(let text): "'\(text)' is no name of a wave: 1 to 63 lower-case letters, digits, hyphens and underscores"
        case .waveRepeated(let text): "the wave '\(text)' is named twice"
        case .waveUnknown(let text): "there is no wave '\(text)' in this rollout"
        }
    }
}
