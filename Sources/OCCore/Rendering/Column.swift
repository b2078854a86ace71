import JSONValue
import KubernetesModel

/// One column of a table: its title, and what it shows of an object.
public struct Column: Sendable {
    /// How a value becomes the text of a cell.
    public enum Style: Sendable, Hashable {
        /// The value itself.
        case text
        /// The value, coloured by whether it is good.
        case state
        /// How long ago.
        case age
        /// How many elements.
        case count
        /// The elements, with commas.
        case list
        /// `key=value`, with commas.
        case pairs
    }

    /// The title: capitals without blanks.
    public let title: String
    /// The members to follow from the object.
    public let path: [String]
    /// How the value is shown.
    public let style: Style
    /// Whether only wide output has the column.
    public let isWide: Bool
    /// What stands for an absent value.
    public let absent: String

    /// Declares a column.
    public init(_ title: String, _ path: String, _ style: Style = .text, wide: Bool = false, absent: String = "<none>") {
        self.title = title
        self.path = path.split(separator: ".").map(String.init)
        self.style = style
        isWide = wide
        self.absent = absent
    }

    /// The text of a cell.
    func cell(_ object: JSON, now: Timestamp) -> String {
        guard let value = object[at: path], !value.isNull, value != .string("") else { return absent }
        switch style {
        case .text, .state: return Self.text(value)
        case .age: return value.stringValue.flatMap { Timestamp(parsing: $0) }.map { Age.text(from: $0, to: now) } ?? "<unknown>"
        case .count: return value.arrayValue.map { String($0.count) } ?? Self.text(value)
        case .list:
            let parts = (value.arrayValue ?? [value]).map(Self.text)
            return parts.isEmpty ? absent : parts.joined(separator: ",")
        case .pairs:
            let pairs = (value.objectValue ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.text($0.value))" }
            return pairs.isEmpty ? absent : pairs.joined(separator: ",")
        }
    }

    /// A value on one line, without what a terminal would act on.
    private static func text(_ value: JSON) -> String { DisplayText.line(value.stringValue ?? value.text()) }
}
