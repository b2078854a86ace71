import JSONValue
import Testing

/// A change of a sample, and what has to be found.
struct Change: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// What must be found, breaking or not; nil for nothing at all.
    var rule: Finding.Rule?
    var isWarning = false
    /// Where, at its end; empty for anywhere.
    var place = ""
    var edit: @Sendable (inout JSON) -> Void

    /// Removes or sets a member.
    static func set(
        _ title: String,
        _ rule: Finding.Rule?,
        at path: [String],
        to value: JSON?,
        warning: Bool = false,
        place: String = ""
    ) -> Change {
        Change(testDescription: title, rule: rule, isWarning: warning, place: place) { $0.set(path, to: value) }
    }

    /// Checks what a comparison has found.
    func check(_ findings: Findings) {
        guard let rule else {
            #expect(findings.all.isEmpty, "\(findings.all)")
            return
        }
        #expect(findings.all.map(\.rule) == [rule], "\(findings.all)")
        #expect(findings.all.allSatisfy { $0.isWarning == isWarning && $0.place.hasSuffix(place) }, "\(findings.all)")
    }
}

extension JSON {
    /// Sets what lies at a path, in which numbers are places in arrays; nil removes it.
    mutating func set(_ path: [String], to value: JSON?) {
        guard let first = path.first else {
            self = value ?? .null
            return
        }
        let rest = Array(path.dropFirst())
        if let index = Int(first), case .array(var items) = self {
            if rest.isEmpty, value == nil { items.remove(at: index) } else { items[index].set(rest, to: value) }
            self = .array(items)
        } else if rest.isEmpty {
            self[first] = value
        } else {
            var child = self[first] ?? [:]
            child.set(rest, to: value)
            self[first] = child
        }
    }
}
