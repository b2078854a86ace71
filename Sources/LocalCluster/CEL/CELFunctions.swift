/// What functions there are, and which types they take: the standard library and the extensions that Kubernetes adds.
enum CELFunctions {
    /// One form of a function.
    struct Overload: Sendable {
        /// The types, of what it is called on first if it is called on something. A `dyn` takes anything.
        var parameters: [CELType]
        /// The type of the result from the types of the arguments.
        var result: @Sendable ([CELType]) -> CELType
    }

    private static func fixed(_ parameters: CELType..., to result: CELType) -> Overload {
        Overload(parameters: parameters) { _ in result }
    }

    private static func element(_ type: CELType) -> CELType {
        switch type {
        case .list(let element): element
        case .map(let key, _): key
        case .optional(let wrapped): wrapped
        default: .dyn
        }
    }

    private static let numbers: [CELType] = [.int, .uint, .double]
    private static let ordered: [CELType] = [.bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration]
    private static let strings = CELType.list(.string)

    /// Functions and operators that are not called on anything.
    static let global: [String: [Overload]] = {
        var table: [String: [Overload]] = [:]
        for name in ["_&&_", "_||_"] { table[name] = [fixed(.bool, .bool, to: .bool)] }
        table["!_"] = [fixed(.bool, to: .bool)]
        table["-_"] = [fixed(.int, to: .int), fixed(.double, to: .double)]
        for name in ["_<_", "_<=_", "_>_", "_>=_"] {
            var overloads = ordered.map { fixed($0, $0, to: .bool) }
            for left in numbers { overloads += numbers.filter { $0 != left }.map { fixed(left, $0, to: .bool) } }
            table[name] = overloads
        }
        table["_+_"] =
            (numbers + [.string, .bytes]).map { fixed($0, $0, to: $0) } + [
                fixed(.timestamp, .duration, to: .timestamp), fixed(.duration, .timestamp, to: .timestamp),
                fixed(.duration, .duration, to: .duration),
                Overload(parameters: [.list(.dyn), .list(.dyn)]) { $0[0].joined($0[1]) },
            ]
        table["_-_"] =
            numbers.map { fixed($0, $0, to: $0) } + [
                fixed(.timestamp, .duration, to: .timestamp), fixed(.timestamp, .timestamp, to: .duration),
                fixed(.duration, .duration, to: .duration),
            ]
        for name in ["_*_", "_/_"] { table[name] = numbers.map { fixed($0, $0, to: $0) } }
        table["_%_"] = [fixed(.int, .int, to: .int), fixed(.uint, .uint, to: .uint)]
        table["@in"] = [
            fixed(.dyn, .list(.dyn), to: .bool), fixed(.dyn, .map(.dyn, .dyn), to: .bool), fixed(.dyn, .object([:]), to: .bool),
        ]
        table["size"] = sized.map { fixed($0, to: .int) }
        table["int"] = ([.int, .uint, .double, .string, .timestamp, .bool] as [CELType]).map { fixed($0, to: .int) }
        table["uint"] = ([.int, .uint, .double, .string] as [CELType]).map { fixed($0, to: .uint) }
        table["double"] = ([.int, .uint, .double, .string] as [CELType]).map { fixed($0, to: .double) }
        table["string"] = ordered.map { fixed($0, to: .string) }
        table["bool"] = [fixed(.bool, to: .bool), fixed(.string, to: .bool)]
        table["bytes"] = [fixed(.bytes, to: .bytes), fixed(.string, to: .bytes)]
        table["duration"] = [fixed(.string, to: .duration), fixed(.duration, to: .duration)]
        table["timestamp"] = [fixed(.string, to: .timestamp), fixed(.timestamp, to: .timestamp), fixed(.int, to: .timestamp)]
        table["dyn"] = [fixed(.dyn, to: .dyn)]
        table["type"] = [fixed(.dyn, to: .type)]
        table["matches"] = [fixed(.string, .string, to: .bool)]
        table["quantity"] = [fixed(.string, to: .quantity)]
        table["isQuantity"] = [fixed(.string, to: .bool)]
        for name in ["isIP", "isCIDR"] { table[name] = [fixed(.string, to: .bool)] }
        for name in CELSets.names { table[name] = [fixed(.list(.dyn), .list(.dyn), to: .bool)] }
        return table
    }()

    private static let sized: [CELType] = [.string, .bytes, .list(.dyn), .map(.dyn, .dyn)]

    /// Functions that are called on a value.
    static let member: [String: [Overload]] = {
        var table: [String: [Overload]] = [:]
        table["size"] = sized.map { fixed($0, to: .int) }
        for name in ["startsWith", "endsWith", "contains", "matches"] { table[name] = [fixed(.string, .string, to: .bool)] }
        for name in ["lowerAscii", "upperAscii", "trim", "reverse"] { table[name] = [fixed(.string, to: .string)] }
        table["format"] = [fixed(.string, .list(.dyn), to: .string)]
        table["charAt"] = [fixed(.string, .int, to: .string)]
        for name in ["indexOf", "lastIndexOf"] {
            table[name] = [
                fixed(.string, .string, to: .int), fixed(.string, .string, .int, to: .int), fixed(.list(.dyn), .dyn, to: .int),
            ]
        }
        table["replace"] = [fixed(.string, .string, .string, to: .string), fixed(.string, .string, .string, .int, to: .string)]
        table["split"] = [fixed(.string, .string, to: strings), fixed(.string, .string, .int, to: strings)]
        table["substring"] = [fixed(.string, .int, to: .string), fixed(.string, .int, .int, to: .string)]
        table["find"] = [fixed(.string, .string, to: .string)]
        table["findAll"] = [fixed(.string, .string, to: strings), fixed(.string, .string, .int, to: strings)]
        table["join"] = [fixed(strings, to: .string), fixed(strings, .string, to: .string)]
        table["isSorted"] = [fixed(.list(.dyn), to: .bool)]
        for name in ["sum", "min", "max"] { table[name] = [Overload(parameters: [.list(.dyn)]) { element($0[0]) }] }
        for name in ["getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear"] {
            table[name] = [fixed(.timestamp, to: .int)]
        }
        for name in ["getHours", "getMinutes", "getSeconds", "getMilliseconds"] {
            table[name] = [fixed(.timestamp, to: .int), fixed(.duration, to: .int)]
        }
        let wrapped = CELType.optional(.dyn)
        table["hasValue"] = [fixed(wrapped, to: .bool)]
        table["value"] = [Overload(parameters: [wrapped]) { element($0[0]) }]
        table["orValue"] = [Overload(parameters: [wrapped, .dyn]) { element($0[0]).joined($0[1]) }]
        table["or"] = [Overload(parameters: [wrapped, wrapped]) { $0[0] }]
        for name in ["isLessThan", "isGreaterThan"] { table[name] = [fixed(.quantity, .quantity, to: .bool)] }
        table["compareTo"] = [fixed(.quantity, .quantity, to: .int)]
        for name in ["add", "sub"] { table[name] = [fixed(.quantity, .quantity, to: .quantity)] }
        table["sign"] = [fixed(.quantity, to: .int)]
        table["asInteger"] = [fixed(.quantity, to: .int)]
        table["isInteger"] = [fixed(.quantity, to: .bool)]
        table["asApproximateFloat"] = [fixed(.quantity, to: .double)]
        return table
    }()
}
