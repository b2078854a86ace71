import Foundation

/// A day in UTC.
struct UsageDay: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Days since 1970-01-01.
    let number: Int

    /// A day by its number.
    init(number: Int) { self.number = number }

    /// The day of a moment.
    init(_ date: Date) { number = Int((date.timeIntervalSince1970 / 86_400).rounded(.down)) }

    /// A day as it is written, for instance `2026-01-31`; `nil` when that is none.
    init?(_ text: String) {
        guard text.utf8.count == 10, let date = try? Date(text, strategy: Self.format) else { return nil }
        self.init(date)
        guard description == text else { return nil }
    }

    private static let format = Date.ISO8601FormatStyle().year().month().day()

    var description: String { Date(timeIntervalSince1970: Double(number) * 86_400).formatted(Self.format) }

    static func < (left: UsageDay, right: UsageDay) -> Bool { left.number < right.number }

    /// The day so many days later.
    func advanced(by days: Int) -> UsageDay { UsageDay(number: number + days) }
}
