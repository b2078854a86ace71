/// Reads what libpq says about a refused connection.
enum ConnectFailure {
    /// A verbose message holds `FATAL:  28P01: password authentication failed …` and lines on where in the server it arose.
    static func error(fromVerbose message: String) -> PostgresError {
        var sqlState: String?
        var sentences: [Substring] = []
        for line in message.split(whereSeparator: \.isNewline) where !line.hasPrefix("LOCATION:") {
            if let marker = line.firstRange(of: "FATAL:  ") {
                let rest = line[marker.upperBound...]
                if let colon = rest.firstIndex(of: ":"), rest.distance(from: rest.startIndex, to: colon) == 5 {
                    sqlState = String(rest[..<colon])
                    sentences.append(rest[rest.index(after: colon)...].drop(while: \.isWhitespace))
                    continue
                }
            }
            sentences.append(line)
        }
        return PostgresError(
            .connectionFailed,
            "PostgreSQL cannot be connected to.",
            sqlState: sqlState,
            cause: sentences.joined(separator: " ")
        )
    }
}
