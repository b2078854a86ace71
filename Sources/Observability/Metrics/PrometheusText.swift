/// All series of one name.
struct MetricFamily: Sendable {
    enum Kind: String, Sendable { case counter, gauge, histogram }

    var kind: Kind
    /// Cells by their rendered labels.
    var series: [String: any AnyObject & Sendable] = [:]
}

/// One value computed when the metrics are read.
public struct MetricSample: Sendable {
    /// Counter or gauge.
    public enum Kind: String, Sendable {
        /// Only grows.
        case counter
        /// Any value.
        case gauge
    }

    /// The name of the metric.
    public var name: String
    /// Its labels.
    public var labels: [(String, String)]
    /// Its value.
    public var value: Double
    /// What it is.
    public var kind: Kind

    /// Makes a sample. Default kind: gauge.
    public init(name: String, labels: [(String, String)] = [], value: Double, kind: Kind = .gauge) {
        self.name = name
        self.labels = labels
        self.value = value
        self.kind = kind
    }
}

/// Writes the Prometheus text format 0.0.4.
struct PrometheusText {
    private(set) var output = ""
    private let help: [String: String]

    init(help: [String: String]) { self.help = help }

    mutating func write(_ name: String, _ family: MetricFamily) {
        guard !family.series.isEmpty else { return }
        header(name, type: family.kind.rawValue)
        for (labels, cell) in family.series.sorted(by: { $0.key < $1.key }) {
            switch cell {
            case let cell as CounterCell: line(name, labels, cell.current)
            case let cell as GaugeCell: line(name, labels, cell.current)
            case let cell as HistogramCell: write(name, labels, cell)
            default: continue
            }
        }
    }

    mutating func write(_ name: String, _ samples: [MetricSample]) {
        guard let first = samples.first else { return }
        header(name, type: first.kind.rawValue)
        for (labels, value) in samples.map({ (Self.labels($0.labels), $0.value) }).sorted(by: { $0.0 < $1.0 }) { line(name, labels, value) }
    }

    private mutating func write(_ name: String, _ labels: String, _ cell: HistogramCell) {
        let contents = cell.current
        let prefix = labels.isEmpty ? "" : labels + ","
        var cumulative: UInt64 = 0
        for (index, bound) in cell.bounds.enumerated() {
            cumulative += contents.counts[index]
            line(name + "_bucket", prefix + "le=\"\(Self.number(bound))\"", Double(cumulative))
        }
        line(name + "_bucket", prefix + "le=\"+Inf\"", Double(contents.count))
        line(name + "_sum", labels, contents.sum)
        line(name + "_count", labels, Double(contents.count))
    }

    private mutating func header(_ name: String, type: String) {
        if let text = help[name] { output += "# HELP \(name) \(Self.escape(text, quotes: false))\n" }
        output += "# TYPE \(name) \(type)\n"
    }

    private mutating func line(_ name: String, _ labels: String, _ value: Double) {
        output += labels.isEmpty ? "\(name) \(Self.number(value))\n" : "\(name){\(labels)} \(Self.number(value))\n"
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value), abs(whole) < 1 << 53 { return String(whole) }
        return value.description
    }

    /// The labels as they stand between the braces, sorted by name.
    static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.map { (name($0.0, colon: false), $0.1) }.sorted { $0.0 < $1.0 }
            .map { "\($0.0)=\"\(escape($0.1, quotes: true))\"" }.joined(separator: ",")
    }

    /// A metric or label name with what is not allowed replaced by `_`.
    static func name(_ raw: String, colon: Bool = true) -> String {
        var result = ""
        for (index, character) in raw.unicodeScalars.enumerated() {
            let isDigit = ("0"..."9").contains(character)
            let isLetter = ("a"..."z").contains(character) || ("A"..."Z").contains(character) || character == "_"
            if isLetter || (character == ":" && colon) || (isDigit && index > 0) {
                result.unicodeScalars.append(character)
            } else if isDigit {
                result += "_"
                result.unicodeScalars.append(character)
            } else {
                result += "_"
            }
        }
        return result.isEmpty ? "_" : result
    }

    private static func escape(_ text: String, quotes: Bool) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
