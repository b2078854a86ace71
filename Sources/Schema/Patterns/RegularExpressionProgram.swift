/// The compiled form of an expression: instructions of a machine that is in many states at once (Thompson's construction).
struct RegularExpressionProgram: Sendable {
    private enum Instruction: Sendable {
        /// Goes on at the next instruction when the scalar is in the set.
        case scalar(ScalarSet)
        /// Goes on at the next instruction when the position is right.
        case assertion(RegularExpressionNode.Assertion)
        /// Goes on in both places.
        case split(Int, Int)
        /// Goes on elsewhere.
        case jump(Int)
        /// Done.
        case match
    }

    /// Bounds the size of counted repetitions within each other.
    private static let maximumSize = 50_000

    private var instructions: [Instruction] = []

    init(_ node: RegularExpressionNode, pattern: String) throws(RegularExpressionError) {
        try append(node, pattern)
        instructions.append(.match)
    }

    private mutating func append(_ node: RegularExpressionNode, _ pattern: String) throws(RegularExpressionError) {
        guard instructions.count < Self.maximumSize else { throw RegularExpressionError("expression too large", pattern) }
        switch node {
        case .empty: break
        case .scalars(let set): instructions.append(.scalar(set))
        case .assertion(let assertion): instructions.append(.assertion(assertion))
        case .sequence(let parts):
            for part in parts { try append(part, pattern) }
        case .choice(let branches): try append(choice: branches[...], pattern)
        case .repeated(let part, let minimum, let maximum):
            for _ in 0..<minimum { try append(part, pattern) }
            if let maximum {
                try append(optional: part, times: maximum - minimum, pattern)
            } else {
                let split = instructions.count
                instructions.append(.split(split + 1, 0))
                try append(part, pattern)
                instructions.append(.jump(split))
                instructions[split] = .split(split + 1, instructions.count)
            }
        }
    }

    private mutating func append(choice branches: ArraySlice<RegularExpressionNode>, _ pattern: String) throws(RegularExpressionError) {
        guard let first = branches.first else { return }
        guard branches.count > 1 else { return try append(first, pattern) }
        let split = instructions.count
        instructions.append(.split(split + 1, 0))
        try append(first, pattern)
        let jump = instructions.count
        instructions.append(.jump(0))
        instructions[split] = .split(split + 1, instructions.count)
        try append(choice: branches.dropFirst(), pattern)
        instructions[jump] = .jump(instructions.count)
    }

    /// `part` up to `times` times: each round may leave to the end.
    private mutating func append(
        optional part: RegularExpressionNode,
        times: Int,
        _ pattern: String
    ) throws(RegularExpressionError) {
        var splits: [Int] = []
        for _ in 0..<times {
            splits.append(instructions.count)
            instructions.append(.split(0, 0))
            try append(part, pattern)
        }
        for split in splits { instructions[split] = .split(split + 1, instructions.count) }
    }

    /// Whether the expression matches anywhere in the text.
    func matches(_ text: [Unicode.Scalar]) -> Bool {
        var current = StateSet(capacity: instructions.count)
        var following = StateSet(capacity: instructions.count)
        for position in 0...text.count {
            // A match may begin anywhere, so the start joins the states at every position.
            if add(0, to: &current, text, position) { return true }
            guard position < text.count else { return false }
            following.removeAll()
            for state in current.members {
                guard case .scalar(let set) = instructions[state], set.contains(text[position]) else { continue }
                if add(state + 1, to: &following, text, position + 1) { return true }
            }
            swap(&current, &following)
        }
        return false
    }

    /// Adds a state and those it leads to without reading; true when the match is reached.
    private func add(_ start: Int, to states: inout StateSet, _ text: [Unicode.Scalar], _ position: Int) -> Bool {
        var open = [start]
        while let state = open.popLast() {
            guard states.insert(state) else { continue }
            switch instructions[state] {
            case .match: return true
            case .scalar: break
            case .jump(let target): open.append(target)
            case .split(let first, let second):
                open.append(second)
                open.append(first)
            case .assertion(let assertion):
                if Self.holds(assertion, text, position) { open.append(state + 1) }
            }
        }
        return false
    }

    private static func holds(_ assertion: RegularExpressionNode.Assertion, _ text: [Unicode.Scalar], _ position: Int) -> Bool {
        switch assertion {
        case .textStart: return position == 0
        case .textEnd: return position == text.count
        case .lineStart: return position == 0 || text[position - 1] == "\n"
        case .lineEnd: return position == text.count || text[position] == "\n"
        case .wordBoundary, .notWordBoundary:
            let before = position > 0 && isWord(text[position - 1])
            let after = position < text.count && isWord(text[position])
            return (before != after) == (assertion == .wordBoundary)
        }
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "A"..."Z", "a"..."z", "_": true
        default: false
        }
    }

    /// A set of states that remembers the order of insertion and empties in constant time.
    private struct StateSet {
        private(set) var members: [Int] = []
        private var stamps: [UInt32]
        private var stamp: UInt32 = 1

        init(capacity: Int) { stamps = Array(repeating: 0, count: capacity) }

        mutating func insert(_ state: Int) -> Bool {
            guard stamps[state] != stamp else { return false }
            stamps[state] = stamp
            members.append(state)
            return true
        }

        mutating func removeAll() {
            members.removeAll(keepingCapacity: true)
            stamp += 1
        }
    }
}
