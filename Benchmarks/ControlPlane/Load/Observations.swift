import BenchKit

/// What callers saw.
struct Observations: Sendable {
    /// A request whose first attempt failed.
    struct Outage: Sendable {
        /// When the first attempt had failed.
        var noticed: Moment
        /// From the start of the first attempt to the answer.
        var nanoseconds: Int64
        var isWrite: Bool
        /// What the last attempt that failed came to.
        var reason: String
    }

    /// From the first attempt to the answer, repetitions included.
    private(set) var latencies: [OperationClass: Latencies] = [:]
    /// How many attempts came to what.
    private(set) var attempts: [String: Int] = [:]
    private(set) var outages: [Outage] = []

    /// How many requests were answered.
    var answered: Int { latencies.values.reduce(0) { $0 + $1.values.count } }

    mutating func attempted(_ outcome: String) { attempts[outcome, default: 0] += 1 }

    mutating func answered(_ operation: OperationClass, after nanoseconds: Int64) {
        latencies[operation, default: Latencies()].add(nanoseconds)
    }

    mutating func interrupted(_ outage: Outage) { outages.append(outage) }

    mutating func add(_ other: Observations) {
        for (operation, values) in other.latencies { latencies[operation, default: Latencies()].add(values) }
        attempts.merge(other.attempts) { $0 + $1 }
        outages += other.outages
    }
}
