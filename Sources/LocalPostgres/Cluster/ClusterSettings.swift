import Postgres

/// How a private cluster is set up and started.
struct ClusterSettings: Sendable {
    /// Whether a power failure may lose data, for tests.
    var isDurable: Bool
    /// The number of connections the server accepts.
    var maximumConnections: Int

    static let role = "opencrane"
    static let database = "opencrane"

    /// The longest path of a Unix socket, `sun_path` without its final NUL (unix(7)).
    private static let longestSocketPath = 107

    func initArguments(data: String, passwordFile: String) -> [String] {
        [
            "-D", data, "-U", Self.role, "--pwfile=\(passwordFile)", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C",
            "--no-instructions",
        ] + (isDurable ? [] : ["--no-sync"])
    }

    func serverArguments(data: String, socketDirectory: String, port: Int) -> [String] {
        let socket = "\(socketDirectory)/.s.PGSQL.\(port)"
        var settings = [
            "listen_addresses=127.0.0.1", "port=\(port)", "max_connections=\(maximumConnections)",
            "unix_socket_directories=\(socket.utf8.count > Self.longestSocketPath ? "" : socketDirectory)", "unix_socket_permissions=0700",
            "shared_buffers=64MB", "log_min_messages=warning", "logging_collector=off", "log_destination=stderr",
        ]
        if !isDurable { settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"] }
        return ["-D", data] + settings.flatMap { ["-c", $0] }
    }
}
