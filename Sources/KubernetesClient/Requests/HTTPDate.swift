/// Reads the dates of HTTP headers (RFC 9110 section 5.6.7) in all three of their forms.
///
/// ```
/// Sun, 06 Nov 1994 08:49:37 GMT   (as all write today)
/// Sunday, 06-Nov-94 08:49:37 GMT  (RFC 850)
/// Sun Nov  6 08:49:37 1994        (asctime)
/// ```
enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The seconds since 1970 that a date means; `nil` when it is none. The name of the day is not compared with the date.
    ///
    /// - Parameter now: the seconds since 1970, which decide the century of a year of two digits: it is never more than 50 years ahead.
    static func seconds(_ text: String, now: Int) -> Int? {
        let words = text.split { $0 == " " || $0 == "," || $0 == "-" }
        // The name of the day, then either day, month, year, time, GMT, or month, day, time, year.
        if words.count == 6, words[5] == "GMT" {
            return seconds(year: words[3], month: words[2], day: words[1], time: words[4], now: now)
        }
        guard words.count == 5 else { return nil }
        return seconds(year: words[4], month: words[1], day: words[2], time: words[3], now: now)
    }

    private static func seconds(year: Substring, month: Substring, day: Substring, time: Substring, now: Int) -> Int? {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map { number($0, digits: 2...2) ?? -1 }
        guard let index = months.firstIndex(of: String(month)), let day = number(day, digits: 1...2), (1...31).contains(day),
            clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2])
        else { return nil }
        let fullYear: Int
        if let year = number(year, digits: 4...4) {
            fullYear = year
        } else if let year = number(year, digits: 2...2) {
            let present = 1970 + now / 31_556_952
            let candidate = present / 100 * 100 + year
            fullYear = candidate > present + 50 ? candidate - 100 : candidate
        } else {
            return nil
        }
        return days(year: fullYear, month: index + 1, day: day) * 86400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
    }

    private static func number(_ text: Substring, digits: ClosedRange<Int>) -> Int? {
        guard digits.contains(text.count), text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return Int(text)
    }

    /// Days from 1970-01-01 in the Gregorian calendar. Years begin in March here, so that the leap day is the last.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}
