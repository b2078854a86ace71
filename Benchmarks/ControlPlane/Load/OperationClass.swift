import ArgumentParser

/// What callers ask for, in classes of about the same cost.
enum OperationClass: String, CaseIterable, Sendable, ExpressibleByArgument {
    case tenantRead = "tenant-read"
    case tenantList = "tenant-list"
    case catalogueRead = "catalogue-read"
    case agentRead = "agent-read"
    case auditRead = "audit-read"
    case drift
    case tenantCreate = "tenant-create"
    case tenantUpdate = "tenant-update"
    case tenantDelete = "tenant-delete"
    case catalogueWrite = "catalogue-write"

    /// How many of a hundred requests are of it.
    var weight: Int {
        switch self {
        case .tenantRead: 32
        case .tenantList: 10
        case .catalogueRead: 12
        case .agentRead: 10
        case .auditRead: 6
        case .drift: 2
        case .tenantCreate: 4
        case .tenantUpdate: 10
        case .tenantDelete: 3
        case .catalogueWrite: 11
        }
    }

    /// Whether it changes something.
    var isWrite: Bool {
        switch self {
        case .tenantCreate, .tenantUpdate, .tenantDelete, .catalogueWrite: true
        default: false
        }
    }

    /// One of some classes, each as often as its weight says.
    static func pick(_ classes: [OperationClass], using random: inout SplitMix) -> OperationClass {
        var place = Int(random.next() % UInt64(max(1, classes.reduce(0) { $0 + $1.weight })))
        for one in classes {
            if place < one.weight { return one }
            place -= one.weight
        }
        return .tenantRead
    }
}

/// A generator of random numbers that is the same in each run (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
struct SplitMix: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
