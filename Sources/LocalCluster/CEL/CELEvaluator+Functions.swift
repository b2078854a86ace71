import JSONValue
import KubernetesModel
import Schema

extension CELEvaluator {
    /// Applies a function or operator to values.
    mutating func apply(_ name: String, _ values: [CELValue], isMember: Bool) throws(CELError) -> CELValue {
        for value in values { try spend(CELText.size(value) / 10) }
        switch (name, values.count) {
        case ("_==_", 2): return .bool(values[0].equals(values[1]))
        case ("_!=_", 2): return .bool(!values[0].equals(values[1]))
        case ("_<_", 2): return .bool(try compare(values) < 0)
        case ("_<=_", 2): return .bool(try compare(values) <= 0)
        case ("_>_", 2): return .bool(try compare(values) > 0)
        case ("_>=_", 2): return .bool(try compare(values) >= 0)
        case ("!_", 1):
            guard case .bool(let truth) = values[0] else { throw noOverload }
            return .bool(!truth)
        case ("-_", 1), ("_+_", 2), ("_-_", 2), ("_*_", 2), ("_/_", 2), ("_%_", 2): return try CELArithmetic.apply(name, values)
        case ("@in", 2):
            switch values[1] {
            case .list(let items): return .bool(items.contains { $0.equals(values[0]) })
            case .map(let members): return .bool(members[values[0]] != nil)
            default: throw noOverload
            }
        case ("size", 1): return .int(Int64(CELText.size(values[0])))
        case ("dyn", 1): return values[0]
        case ("type", 1): return .type(values[0].typeName)
        case ("int", 1), ("uint", 1), ("double", 1), ("string", 1), ("bool", 1), ("bytes", 1), ("duration", 1), ("timestamp", 1):
            return try CELConversion.apply(name, values[0])
        case ("quantity", 1), ("isQuantity", 1): return try CELQuantities.make(name, values[0])
        case ("isIP", 1), ("isCIDR", 1):
            guard case .string(let text) = values[0] else { throw noOverload }
            return .bool(name == "isCIDR" ? IPAddressText.isCIDR(text) : IPAddressText.isIPv4(text) || IPAddressText.isIPv6(text))
        case ("sets.contains", 2), ("sets.equivalent", 2), ("sets.intersects", 2):
            guard case .list(let first) = values[0], case .list(let second) = values[1] else { throw noOverload }
            try spend(first.count * second.count)
            return .bool(CELSets.apply(name, first, second))
        case ("format", 2):
            guard case .string(let text) = values[0], case .list(let arguments) = values[1] else { throw noOverload }
            return .string(try CELFormat.apply(text, arguments))
        case ("hasValue", 1): return .bool(values[0].unwrapped != nil)
        case ("value", 1):
            guard let value = values[0].unwrapped else { throw CELError(.evaluation, "optional.none() dereference") }
            return value
        default: break
        }
        switch values.first {
        case .string(let text): return try CELStrings.apply(name, text, Array(values.dropFirst()))
        case .list(let items): return try CELLists.apply(name, items, Array(values.dropFirst()))
        case .timestamp(let nanos): return try CELTimes.part(name, ofTimestamp: nanos)
        case .duration(let nanos): return try CELTimes.part(name, ofDuration: nanos)
        case .quantity(let quantity): return try CELQuantities.apply(name, quantity, Array(values.dropFirst()))
        default: throw noOverload
        }
    }

    private var noOverload: CELError { CELError(.evaluation, "no such overload") }

    private func compare(_ values: [CELValue]) throws(CELError) -> Int {
        guard let result = values[0].compared(to: values[1]) else { throw noOverload }
        return result
    }
}

/// Sums, products and their kin: whatever does not fit its type is an error.
enum CELArithmetic {
    static func apply(_ name: String, _ values: [CELValue]) throws(CELError) -> CELValue {
        switch (values[0], values.count == 2 ? values[1] : .null) {
        case (.int(let a), .null) where name == "-_": return .int(try whole(Int64(0).subtractingReportingOverflow(a)))
        case (.double(let a), .null) where name == "-_": return .double(-a)
        case (.int(let a), .int(let b)): return .int(try integer(name, a, b))
        case (.uint(let a), .uint(let b)): return .uint(try integer(name, a, b))
        case (.double(let a), .double(let b)):
            switch name {
            case "_+_": return .double(a + b)
            case "_-_": return .double(a - b)
            case "_*_": return .double(a * b)
            case "_/_": return .double(a / b)
            default: break
            }
        case (.string(let a), .string(let b)) where name == "_+_": return .string(a + b)
        case (.bytes(let a), .bytes(let b)) where name == "_+_": return .bytes(a + b)
        case (.list(let a), .list(let b)) where name == "_+_": return .list(a + b)
        case (.timestamp(let a), .duration(let b)): return .timestamp(name == "_-_" ? a - b : a + b)
        case (.duration(let a), .timestamp(let b)) where name == "_+_": return .timestamp(a + b)
        case (.timestamp(let a), .timestamp(let b)) where name == "_-_": return .duration(a - b)
        case (.duration(let a), .duration(let b)): return .duration(name == "_-_" ? a - b : a + b)
        default: break
        }
        throw CELError(.evaluation, "no such overload")
    }

    private static func integer<T: FixedWidthInteger>(_ name: String, _ a: T, _ b: T) throws(CELError) -> T {
        switch name {
        case "_+_": return try whole(a.addingReportingOverflow(b))
        case "_-_": return try whole(a.subtractingReportingOverflow(b))
        case "_*_": return try whole(a.multipliedReportingOverflow(by: b))
        case "_/_":
            if b == 0 { throw CELError(.evaluation, "division by zero") }
            return try whole(a.dividedReportingOverflow(by: b))
        default:
            if b == 0 { throw CELError(.evaluation, "modulus by zero") }
            return try whole(a.remainderReportingOverflow(dividingBy: b))
        }
    }

    private static func whole<T>(_ result: (partialValue: T, overflow: Bool)) throws(CELError) -> T {
        if result.overflow { throw CELError(.evaluation, "integer overflow") }
        return result.partialValue
    }
}

/// Quantities of Kubernetes.
enum CELQuantities {
    static func make(_ name: String, _ value: CELValue) throws(CELError) -> CELValue {
        guard case .string(let text) = value else { throw CELError(.evaluation, "no such overload") }
        let parsed = try? Quantity(parsing: text)
        if name == "isQuantity" { return .bool(parsed != nil) }
        guard let parsed else {
            throw CELError(
                .evaluation,
                "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
            )
        }
        return .quantity(parsed)
    }

    static func apply(_ name: String, _ quantity: Quantity, _ rest: [CELValue]) throws(CELError) -> CELValue {
        let one: Int128 = 1_000_000_000
        switch (name, rest.first) {
        case ("isLessThan", .quantity(let other)): return .bool(quantity.nanos < other.nanos)
        case ("isGreaterThan", .quantity(let other)): return .bool(quantity.nanos > other.nanos)
        case ("compareTo", .quantity(let other)): return .int(quantity.nanos < other.nanos ? -1 : quantity.nanos == other.nanos ? 0 : 1)
        case ("add", .quantity(let other)), ("sub", .quantity(let other)):
            var result = quantity
            result.nanos = name == "add" ? quantity.nanos + other.nanos : quantity.nanos - other.nanos
            return .quantity(result)
        case ("sign", nil): return .int(Int64(quantity.nanos.signum()))
        case ("isInteger", nil): return .bool(quantity.nanos % one == 0)
        case ("asInteger", nil):
            guard quantity.nanos % one == 0, let whole = Int64(exactly: quantity.nanos / one) else {
                throw CELError(.evaluation, "cannot convert value to integer")
            }
            return .int(whole)
        case ("asApproximateFloat", nil): return .double(Double(quantity.nanos) / 1e9)
        default: throw CELError(.evaluation, "no such overload")
        }
    }
}
