import Foundation
import Logging
import Postgres
import ServiceLifecycle

/// A PostgreSQL cluster of one's own: made by `initdb` in a directory, served on the loopback interface, ended with this process.
///
/// It works for ordinary users and for root (then PostgreSQL runs as the user `postgres`, or `nobody`). The role has a random password,
/// kept in the directory, so that other users of the machine cannot connect. It is for development and tests.
public actor PrivatePostgres: Service {
    private let requestedDirectory: String?
    private let requestedPort: Int?
    private let settings: ClusterSettings
    private let logger: Logger
    private var directory: ClusterDirectory?
    private var server: SupervisedProcess?
    private var chosenPort: Int?
    private var running: PostgresConfiguration?

    /// Makes a cluster; nothing is started yet.
    ///
    /// - Parameters:
    ///   - directory: where its files are, made if missing and kept; `nil` takes a temporary one that is removed at the end.
    ///   - port: the port on 127.0.0.1; `nil` takes a free one.
    ///   - isDurable: whether data survive a power failure; default `true` with a directory and `false` without.
    ///   - maximumConnections: how many connections the server accepts; default 100.
    ///   - logger: says where the cluster is.
    public init(
        directory: String? = nil,
        port: Int? = nil,
        isDurable: Bool? = nil,
        maximumConnections: Int = 100,
        logger: Logger = Logger(label: "local-postgres")
    ) {
        requestedDirectory = directory
        requestedPort = port
        settings = ClusterSettings(isDurable: isDurable ?? (directory != nil), maximumConnections: maximumConnections)
        self.logger = logger
    }

    /// How to connect to the running server.
    ///
    /// - Throws: `LocalPostgresError` with `start_failed` when it does not run.
    public var configuration: PostgresConfiguration {
        get throws {
            guard let running else { throw LocalPostgresError(.startFailed, "The private PostgreSQL is not running.") }
            return running
        }
    }

    /// The URL of the running server with its password, for programs such as `psql`.
    ///
    /// - Throws: `LocalPostgresError` with `start_failed` when it does not run.
    public var url: String {
        get throws {
            guard let chosenPort, let directory, running != nil else {
                throw LocalPostgresError(.startFailed, "The private PostgreSQL is not running.")
            }
            let password = try directory.password(owner: try ClusterOwner.current())
            return "postgres://\(ClusterSettings.role):\(password)@127.0.0.1:\(chosenPort)/\(ClusterSettings.database)"
        }
    }

    /// The directory that holds the cluster, once it was started.
    public var path: String? { directory?.path }

    /// Starts the cluster, after making it if there is none, and waits until it accepts connections. Does nothing if it runs.
    ///
    /// - Throws: `LocalPostgresError`.
    public func start() async throws {
        if let server, server.isRunning { return }
        let installation = try PostgresInstallation.find()
        let owner = try ClusterOwner.current()
        let directory = try self.directory ?? ClusterDirectory.prepare(requestedDirectory, owner: owner)
        self.directory = directory
        if let requestedDirectory, URL(fileURLWithPath: requestedDirectory).standardizedFileURL.path != directory.path {
            logger.notice("PostgreSQL's user cannot reach the directory; using another", metadata: ["directory": "\(directory.path)"])
        }
        let password = try directory.password(owner: owner)
        if !directory.isInitialised { try await initialise(directory, installation, owner) }
        try await serve(directory, installation, owner, password: password)
    }

    /// Ends the server cleanly: sessions are ended, the data stay.
    public func stop() async {
        running = nil
        await server?.stop()
        server = nil
    }

    /// Ends the server and starts it again on the same port.
    ///
    /// - Throws: `LocalPostgresError`.
    public func restart() async throws {
        await stop()
        try await start()
    }

    /// Ends the server at once, as a crash does (SIGQUIT: immediate shutdown); the next start recovers from the log.
    public func crash() async {
        guard let server, let directory else { return }
        running = nil
        let file = (try? String(contentsOfFile: "\(directory.data)/postmaster.pid", encoding: .utf8)) ?? ""
        if let process = file.split(separator: "\n").first.flatMap({ Int32($0) }) { kill(process, SIGQUIT) }
        await server.waitForEnd()
        self.server = nil
    }

    /// Ends the server and removes the directory if it is temporary.
    public func end() async {
        await stop()
        if let directory, directory.isTemporary {
            try? FileManager.default.removeItem(atPath: directory.path)
            self.directory = nil
        }
    }

    /// Starts the cluster and ends it on graceful shutdown or cancellation.
    ///
    /// - Throws: `LocalPostgresError`, also when the server ends by itself.
    public func run() async throws {
        try await start()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try? await gracefulShutdown() }
            tasks.addTask { try await self.failWhenTheServerEnds() }
            let ending = await tasks.nextResult()
            await end()
            try ending?.get()
        }
    }

    private func failWhenTheServerEnds() async throws {
        guard let server else { return }
        await server.waitForEnd()
        if running == nil || self.server !== server {
            // Stopped on purpose.
            try? await gracefulShutdown()
            return
        }
        throw LocalPostgresError(.startFailed, "PostgreSQL ended by itself.", cause: directory?.logTail())
    }

    private func initialise(_ directory: ClusterDirectory, _ installation: PostgresInstallation, _ owner: ClusterOwner) async throws {
        // The cluster is made beside its place, so that an initdb that was interrupted is never taken for a cluster.
        try? FileManager.default.removeItem(atPath: directory.unfinishedData)
        let arguments = settings.initArguments(data: directory.unfinishedData, passwordFile: directory.passwordFile)
        let initdb = try SupervisedProcess(
            ["\(installation.binaries)/initdb"] + arguments,
            owner: owner,
            log: directory.log,
            removing: directory.isTemporary ? directory.path : nil
        )
        let status = await initdb.waitForEnd()
        guard status == 0 else {
            throw LocalPostgresError(
                .initFailed,
                "initdb in \(directory.path) failed with status \(status).",
                cause: directory.logTail()
            )
        }
        do {
            try FileManager.default.moveItem(atPath: directory.unfinishedData, toPath: directory.data)
        } catch {
            throw LocalPostgresError(.directory, "The new cluster cannot be moved to \(directory.data).", cause: "\(error)")
        }
    }

    private func serve(
        _ directory: ClusterDirectory,
        _ installation: PostgresInstallation,
        _ owner: ClusterOwner,
        password: String
    ) async throws {
        // A free port may be taken by somebody else before the server binds it.
        for attempt in 1...5 {
            guard let port = chosenPort ?? requestedPort ?? FreePort.find() else {
                throw LocalPostgresError(.startFailed, "No TCP port of 127.0.0.1 is free.")
            }
            let arguments = settings.serverArguments(data: directory.data, socketDirectory: directory.path, port: port)
            let server = try SupervisedProcess(
                ["\(installation.binaries)/postgres"] + arguments,
                owner: owner,
                log: directory.log,
                removing: directory.isTemporary ? directory.path : nil
            )
            self.server = server
            let configuration = PostgresConfiguration(
                host: "127.0.0.1",
                port: port,
                user: ClusterSettings.role,
                password: password,
                database: "postgres"
            )
            if try await becomesReady(server, configuration) {
                chosenPort = port
                running = configuration.with(database: ClusterSettings.database)
                try await makeDatabase(configuration)
                return
            }
            guard requestedPort == nil, chosenPort == nil, attempt < 5 else { break }
        }
        throw LocalPostgresError(.startFailed, "PostgreSQL ended before it was ready.", cause: directory.logTail())
    }

    /// Waits until the server accepts connections.
    ///
    /// - Returns: `false` when it ended instead.
    private func becomesReady(_ server: SupervisedProcess, _ configuration: PostgresConfiguration) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            do {
                let connection = try await PostgresConnection.connect(configuration, timeout: .seconds(5))
                await connection.close()
                return server.isRunning
            } catch is PostgresError {
                guard server.isRunning else { return false }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        await server.stop()
        throw LocalPostgresError(.startFailed, "PostgreSQL was not ready within 60 s.", cause: directory?.logTail())
    }

    private func makeDatabase(_ configuration: PostgresConfiguration) async throws {
        let connection = try await PostgresConnection.connect(configuration)
        let exists = try await connection.first("select from pg_database where datname = \(ClusterSettings.database)") != nil
        if !exists { try await connection.executeScript("create database \(SQL.quoted(identifier: ClusterSettings.database))") }
        await connection.close()
    }
}
