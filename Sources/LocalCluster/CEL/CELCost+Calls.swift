extension CELCost {
    /// What a call costs besides its arguments, and the size of what it makes.
    private struct CallCost {
        var cost: UInt64
        var size: CELSize?
    }

    /// Text is walked at a tenth of a unit per character.
    private static let traversal = 0.1
    /// The parts of a regular expression are taken to be four characters long.
    private static let regexTraversal = 0.25

    mutating func call(
        _ name: String,
        _ target: CELExpression?,
        _ arguments: [CELExpression],
        _ type: CELType
    ) throws(CELError) -> Estimate {
        if case .name("optional", _)? = target {
            var cost: UInt64 = 1
            for argument in arguments { cost = cost.capped(adding: try estimate(argument).cost) }
            return Estimate(cost: cost, type: type)
        }
        let receiver: Estimate? =
            if let target { try estimate(target) } else { nil }
        var inputs: [Estimate] = []
        for argument in arguments { inputs.append(try estimate(argument)) }
        let sum = inputs.reduce(receiver?.cost ?? 0) { $0.capped(adding: $1.cost) }
        switch (name, inputs.count) {
        case ("_&&_", 2), ("_||_", 2): return Estimate(cost: sum, type: type)
        case ("_?_:_", 3):
            let cost = inputs[0].cost.capped(adding: max(inputs[1].cost, inputs[2].cost))
            return Estimate(cost: cost, type: type, ownSize: inputs[1].size.union(inputs[2].size))
        default: break
        }
        let own: CallCost =
            if let receiver { Self.member(name, receiver, inputs) } else { Self.global(name, inputs) }
        return Estimate(cost: sum.capped(adding: own.cost), type: type, ownSize: own.size)
    }

    private static func global(_ name: String, _ inputs: [Estimate]) -> CallCost {
        switch (name, inputs.count) {
        case ("dyn", 1): return CallCost(cost: 1, size: inputs[0].size)
        case ("_==_", 2), ("_!=_", 2): return CallCost(cost: comparison(inputs))
        case ("_<_", 2), ("_<=_", 2), ("_>_", 2), ("_>=_", 2):
            return CallCost(cost: inputs.allSatisfy { isText($0.type) } ? max(comparison(inputs), hasDyn(inputs) ? 1 : 0) : 1)
        case ("@in", 2):
            if case .list = inputs[1].type { return CallCost(cost: inputs[1].size.max) }
            return CallCost(cost: inputs[1].type == .dyn ? max(1, inputs[1].size.max) : 1)
        case ("_+_", 2):
            let size = inputs[0].size + inputs[1].size
            if case .list = inputs[0].type { return CallCost(cost: 1, size: size) }
            return inputs.allSatisfy { isText($0.type) } ? CallCost(cost: size.max.capped(times: traversal), size: size) : CallCost(cost: 1)
        case ("bytes", 1) where inputs[0].type == .string:
            let size = inputs[0].size
            return CallCost(cost: size.max.capped(times: traversal), size: CELSize(min: size.min, max: size.max.capped(times: UInt64(4))))
        case ("string", 1) where inputs[0].type == .bytes:
            let size = inputs[0].size
            return CallCost(cost: size.max.capped(times: traversal), size: CELSize(min: size.min / 4, max: size.max))
        case ("sets.contains", 2), ("sets.intersects", 2), ("sets.equivalent", 2):
            let pairs = inputs[0].size.max.capped(times: inputs[1].size.max)
            return CallCost(cost: pairs.capped(times: UInt64(name == "sets.equivalent" ? 2 : 1)).capped(adding: 1))
        default: return CallCost(cost: 1)
        }
    }

    private static func member(_ name: String, _ target: Estimate, _ inputs: [Estimate]) -> CallCost {
        let size = target.size
        switch (name, inputs.count) {
        case ("startsWith", 1), ("endsWith", 1): return CallCost(cost: inputs[0].size.max.capped(times: traversal))
        case ("contains", 1):
            let part = inputs[0].size.max.capped(times: traversal)
            return CallCost(cost: size.max.capped(times: traversal).capped(times: part))
        case ("matches", 1): return CallCost(cost: search(size, inputs[0].size))
        case ("find", 1), ("findAll", _): return CallCost(cost: search(size, inputs[0].size), size: CELSize(min: 0, max: size.max))
        case ("format", 1): return CallCost(cost: size.max.capped(times: traversal))
        case ("lowerAscii", _), ("upperAscii", _), ("substring", _), ("trim", _):
            return CallCost(cost: size.max.capped(times: traversal), size: size)
        case ("replace", 2...):
            return CallCost(cost: size.max.capped(times: 2 * traversal), size: replaced(size, inputs[0].size, by: inputs[1].size))
        case ("split", _): return CallCost(cost: size.max.capped(times: 2 * traversal), size: CELSize(min: 0, max: size.max))
        case ("join", _): return join(target, inputs.first)
        case ("isSorted", _), ("sum", _), ("min", _), ("max", _), ("indexOf", _), ("lastIndexOf", _): return walk(target)
        default: return CallCost(cost: 1)
        }
    }

    /// Two values are as far as the smaller one goes compared.
    private static func comparison(_ inputs: [Estimate]) -> UInt64 {
        min(inputs[0].size.max, inputs[1].size.max).capped(times: traversal)
    }

    private static func isText(_ type: CELType) -> Bool { type == .string || type == .bytes || type == .dyn }

    private static func hasDyn(_ inputs: [Estimate]) -> Bool { inputs.contains { $0.type == .dyn } }

    private static func search(_ text: CELSize, _ pattern: CELSize) -> UInt64 {
        text.max.capped(adding: 1).capped(times: traversal).capped(times: pattern.max.capped(times: regexTraversal))
    }

    /// The size of text after each occurrence of a part has been replaced.
    private static func replaced(_ text: CELSize, _ part: CELSize, by other: CELSize) -> CELSize {
        func bound(_ length: UInt64, _ partLength: UInt64, _ otherLength: UInt64, keepsLength: Bool) -> UInt64 {
            // An empty part is found around every character.
            if partLength == 0 { return length.capped(adding: 1).capped(times: otherLength).capped(adding: length) }
            if keepsLength { return length }
            return (length / partLength).capped(adding: length % partLength == 0 ? 0 : 1).capped(times: otherLength)
        }
        return CELSize(
            min: bound(text.min, part.max, other.min, keepsLength: part.max <= other.min),
            max: bound(text.max, part.min, other.max, keepsLength: other.max <= part.min)
        )
    }

    private static func elementSize(_ list: Estimate) -> (type: CELType, size: CELSize)? {
        guard case .list(let type) = list.type else { return nil }
        return (type, Estimate(cost: 0, type: type, declaration: list.declaration?.element).size)
    }

    private static func join(_ list: Estimate, _ separator: Estimate?) -> CallCost {
        var size = elementSize(list).map { list.size * $0.size } ?? CELSize(0)
        if let separator {
            let gaps = CELSize(min: list.size.min > 0 ? list.size.min - 1 : 0, max: list.size.max > 0 ? list.size.max - 1 : 0)
            size = size + separator.size * gaps
        }
        return CallCost(cost: size.max.capped(times: traversal), size: size)
    }

    /// Every element of a list is looked at, text to its end.
    private static func walk(_ target: Estimate) -> CallCost {
        guard let (type, size) = elementSize(target) else { return CallCost(cost: target.size.max.capped(times: traversal)) }
        let each = type == .string || type == .bytes ? size.max.capped(times: traversal).capped(adding: 1) : 1
        return CallCost(cost: target.size.max.capped(times: each))
    }
}
