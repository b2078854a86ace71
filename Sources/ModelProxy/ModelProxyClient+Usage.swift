import JSONValue
import NIOHTTP1

/// What a key used of a model on a day.
public struct ModelUsage: Sendable, Hashable {
    /// What is counted.
    public struct Key: Sendable, Hashable {
        /// The day in UTC, as in `2026-01-31`.
        public var day: String
        /// The model.
        public var model: String
        /// Hash of the key.
        public var hash: String

        /// What is counted.
        public init(day: String, model: String, hash: String) {
            self.day = day
            self.model = model
            self.hash = hash
        }
    }

    /// Tokens of prompts.
    public var input: Int64
    /// Tokens of answers.
    public var output: Int64
    /// What it cost.
    public var cost: USD

    /// A use.
    public init(input: Int64 = 0, output: Int64 = 0, cost: USD = .zero) {
        self.input = input
        self.output = output
        self.cost = cost
    }

    /// The sum.
    public static func + (left: ModelUsage, right: ModelUsage) -> ModelUsage {
        ModelUsage(input: left.input &+ right.input, output: left.output &+ right.output, cost: left.cost + right.cost)
    }
}

extension ModelProxyClient {
    /// What was used on some days, by day, model and key (`GET /user/daily/activity`, all pages).
    ///
    /// - Parameters:
    ///   - from: the first day, as in `2026-01-31`.
    ///   - through: the last day.
    /// - Throws: ``ModelProxyError``.
    public func usage(from: String, through: String) async throws -> [ModelUsage.Key: ModelUsage] {
        var sums: [ModelUsage.Key: ModelUsage] = [:]
        for number in 1...max(1, limits.pages) {
            let answer = try await call(
                "what was used",
                .GET,
                "/user/daily/activity",
                query: [("start_date", from), ("end_date", through), ("page", String(number)), ("page_size", "1000")]
            )
            guard let results = answer["results"]?.arrayValue else {
                throw ModelProxyError(.answerInvalid, "The model proxy's answer about what was used cannot be read.")
            }
            for result in results { Self.add(result, to: &sums) }
            // A day whose rows do not fit into one page goes on in the next: parts are added up.
            guard answer["metadata"]?["has_more"]?.boolValue == true else { break }
        }
        return sums
    }

    private static func add(_ result: JSON, to sums: inout [ModelUsage.Key: ModelUsage]) {
        guard let day = result["date"]?.stringValue else { return }
        for (model, part) in result["breakdown"]?["models"]?.objectValue ?? [:] {
            for (hash, entry) in part["api_key_breakdown"]?.objectValue ?? [:] {
                guard let metrics = entry["metrics"] else { continue }
                let usage = ModelUsage(
                    input: max(0, metrics["prompt_tokens"]?.integerValue ?? 0),
                    output: max(0, metrics["completion_tokens"]?.integerValue ?? 0),
                    cost: USD(max(0, metrics["spend"]?.numberValue ?? 0))
                )
                sums[ModelUsage.Key(day: day, model: model, hash: hash), default: ModelUsage()] =
                    sums[ModelUsage.Key(day: day, model: model, hash: hash), default: ModelUsage()] + usage
            }
        }
    }
}
