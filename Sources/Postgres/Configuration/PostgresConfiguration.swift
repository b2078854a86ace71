import CLibPQ

/// Where PostgreSQL is and who connects: the keywords of libpq (PostgreSQL documentation, section 34.1.2).
public struct PostgresConfiguration: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    /// libpq's keywords and their values, for example `host`, `dbname`, `sslmode`. What is missing is taken from libpq's defaults.
    var parameters: [String: String]

    /// Reads a URL (`postgres://user:password@host:port/database?sslmode=require`) or a connection string (`host=… dbname=…`).
    ///
    /// - Throws: `PostgresError` with `invalid_configuration`; the message never holds the string, which may hold a password.
    public init(_ string: String) throws(PostgresError) {
        parameters = try Self.parse(string)
    }

    /// Reads `DATABASE_URL`, and where it is missing the variables libpq knows: `PGHOST`, `PGPORT`, `PGDATABASE`, `PGUSER`, …
    ///
    /// - Parameter environment: the variables of the process.
    /// - Throws: `PostgresError` with `invalid_configuration`, also when none of the variables is there.
    public init(environment: [String: String]) throws(PostgresError) {
        if let url = environment["DATABASE_URL"], !url.isEmpty {
            parameters = try Self.parse(url)
            return
        }
        var parameters: [String: String] = [:]
        for (variable, keyword) in Self.variables {
            if let value = environment[variable], !value.isEmpty { parameters[keyword] = value }
        }
        self.parameters = parameters
        if parameters.isEmpty {
            throw PostgresError(
                .invalidConfiguration,
                "No PostgreSQL is configured: set DATABASE_URL (postgres://user:password@host:5432/database) or PGHOST, PGDATABASE, PGUSER."
            )
        }
    }

    /// Makes a configuration from parts.
    ///
    /// - Parameters:
    ///   - host: a name, an address, or the directory of a Unix socket.
    ///   - port: the port, by default 5432.
    ///   - user: the role.
    ///   - password: the password, if one is needed.
    ///   - database: the database.
    public init(host: String, port: Int = 5432, user: String, password: String? = nil, database: String) {
        parameters = ["host": host, "port": String(port), "user": user, "dbname": database]
        parameters["password"] = password
    }

    /// The host, or the directory of the Unix socket.
    public var host: String? { parameters["host"] }
    /// The port.
    public var port: Int? { parameters["port"].flatMap { Int($0) } }
    /// The role.
    public var user: String? { parameters["user"] }
    /// The database.
    public var database: String? { parameters["dbname"] }

    /// The same server and role with another database.
    public func with(database: String) -> PostgresConfiguration {
        var copy = self
        copy.parameters["dbname"] = database
        return copy
    }

    /// The connection string without the password.
    public var description: String {
        parameters.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.key == "password" || $0.key == "sslpassword" ? "<redacted>" : $0.value)" }
            .joined(separator: " ")
    }

    /// The same as `description`: never the password.
    public var debugDescription: String { description }

    /// What is handed to libpq: the parameters, and what this client depends on.
    func effectiveParameters(applicationName: String) -> [String: String] {
        var effective = ["fallback_application_name": applicationName, "keepalives_idle": "30", "keepalives_interval": "10"]
        effective.merge(parameters) { _, given in given }
        effective["client_encoding"] = "UTF8"
        // Values are read in these text forms. The server ends a transaction that nobody works on for 60 s.
        let settings = [
            "-c datestyle=ISO", "-c timezone=UTC", "-c intervalstyle=iso_8601", "-c bytea_output=hex", "-c extra_float_digits=1",
            "-c idle_in_transaction_session_timeout=60000",
        ]
        effective["options"] = ([parameters["options"]].compactMap { $0 } + settings).joined(separator: " ")
        return effective
    }

    private static let variables = [
        "PGHOST": "host", "PGHOSTADDR": "hostaddr", "PGPORT": "port", "PGDATABASE": "dbname", "PGUSER": "user", "PGPASSWORD": "password",
        "PGPASSFILE": "passfile", "PGSERVICE": "service", "PGOPTIONS": "options", "PGAPPNAME": "application_name", "PGSSLMODE": "sslmode",
        "PGSSLCERT": "sslcert", "PGSSLKEY": "sslkey", "PGSSLROOTCERT": "sslrootcert", "PGTARGETSESSIONATTRS": "target_session_attrs",
        "PGCONNECT_TIMEOUT": "connect_timeout", "PGCHANNELBINDING": "channel_binding", "PGREQUIREPEER": "requirepeer",
    ]

    private static func parse(_ string: String) throws(PostgresError) -> [String: String] {
        guard !string.allSatisfy(\.isWhitespace) else {
            throw PostgresError(.invalidConfiguration, "The PostgreSQL connection string is empty.")
        }
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(string, &message) else {
            if let message { PQfreemem(message) }
            throw PostgresError(
                .invalidConfiguration,
                "The PostgreSQL connection string is neither a URL (postgres://user:password@host:5432/database) nor 'keyword=value' pairs."
            )
        }
        defer { PQconninfoFree(options) }
        var parameters: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { parameters[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return parameters
    }
}
