import Foundation

/// The text form of `timestamp with time zone` and `date` in the ISO date style.
enum PostgresTimestamp {
    /// Writes a date as `2026-01-31T12:34:56.000001Z`, rounded to the microsecond.
    ///
    /// A date that is infinite is `infinity` or `-infinity`. One that no calendar holds is written as what it is, a number that PostgreSQL
    /// refuses (SQLSTATE 22007 or 22008).
    static func text(of date: Date) -> String {
        let exact = date.timeIntervalSince1970
        if exact.isInfinite { return exact > 0 ? "infinity" : "-infinity" }
        guard let microseconds = Int64(exactly: (exact * 1_000_000).rounded()) else { return "no date: \(exact)" }
        var (seconds, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        if fraction < 0 {
            fraction += 1_000_000
            seconds -= 1
        }
        var (days, time) = seconds.quotientAndRemainder(dividingBy: 86_400)
        if time < 0 {
            time += 86_400
            days -= 1
        }
        let (year, month, day) = civil(fromDays: days)
        let shown = year > 0 ? year : 1 - year
        let clock = "\(padded(time / 3_600, 2)):\(padded(time / 60 % 60, 2)):\(padded(time % 60, 2)).\(padded(fraction, 6))"
        return "\(padded(shown, 4))-\(padded(month, 2))-\(padded(day, 2))T\(clock)Z\(year > 0 ? "" : " BC")"
    }

    /// Reads `2026-01-31`, `2026-01-31 12:34:56`, `2026-01-31 12:34:56.123+05:30` and the same `BC`; no zone means UTC.
    ///
    /// - Returns: `nil` for anything else, also for `infinity`.
    static func date(from text: String) -> Date? {
        var scanner = Scanner(bytes: Array(text.utf8))
        guard let year = scanner.number(), scanner.take("-"), let month = scanner.number(), scanner.take("-"), let day = scanner.number(),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var seconds: Int64 = 0
        var fraction = 0.0
        if scanner.take(" ") || scanner.take("T"), !scanner.isBC {
            guard let hour = scanner.number(), scanner.take(":"), let minute = scanner.number(), scanner.take(":"),
                let second = scanner.number()
            else { return nil }
            seconds = hour * 3_600 + minute * 60 + second
            if scanner.take(".") { fraction = scanner.fraction() }
            guard let offset = scanner.offset() else { return nil }
            seconds -= offset
            _ = scanner.take(" ")
        }
        let isBC = scanner.isBC
        if isBC { scanner.position += 2 }
        guard scanner.position == scanner.bytes.count else { return nil }
        let days = days(fromCivil: isBC ? 1 - year : year, month, day)
        return Date(timeIntervalSince1970: Double(days * 86_400 + seconds) + fraction)
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Days since 1970-01-01 of a date of the proleptic Gregorian calendar, with eras of 400 years that begin in March.
    private static func days(fromCivil year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
    }

    private struct Scanner {
        let bytes: [UInt8]
        var position = 0

        var isBC: Bool { bytes[position...].starts(with: "BC".utf8) }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
            position += 1
            return true
        }

        mutating func number() -> Int64? {
            var value: Int64 = 0
            let start = position
            while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]), position - start < 9 {
                value = value * 10 + Int64(bytes[position] - UInt8(ascii: "0"))
                position += 1
            }
            return position > start ? value : nil
        }

        mutating func fraction() -> Double {
            let start = position
            guard let digits = number() else { return 0 }
            return Double(digits) / Double((0..<(position - start)).reduce(Int64(1)) { power, _ in power * 10 })
        }

        /// The offset from UTC in seconds; 0 where none is written.
        mutating func offset() -> Int64? {
            if take("Z") { return 0 }
            let sign: Int64
            if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return 0 }
            guard let hours = number() else { return nil }
            var seconds = hours * 3_600
            if take(":") {
                guard let minutes = number() else { return nil }
                seconds += minutes * 60
                if take(":") {
                    guard let rest = number() else { return nil }
                    seconds += rest
                }
            }
            return sign * seconds
        }
    }
}
