import Foundation
import GRDB
import JSONValue
import NIOConcurrencyHelpers

/// Keeps the objects in an SQLite file, so that they and their revisions survive a restart.
///
/// Changes are queued in the order of their revisions and written in groups: one transaction takes all that is waiting. A write request
/// is answered only after its change is on disk.
actor ObjectPersistence {
    private struct Queue: Sendable {
        var changes: [StoreEvent] = []
        var latest: Int64 = 0
    }

    /// What was found on disk.
    struct Loaded: Sendable {
        var objects: [StoredObject]
        var revision: Int64
        /// Whether the last process closed the file; if not, revisions that nobody had confirmed may have been seen by watchers.
        var closedCleanly: Bool
    }

    private let database: DatabaseQueue
    private nonisolated let queue = NIOLockedValueBox(Queue())
    private var written: Int64
    private var running: Task<Void, any Error>?

    private init(database: DatabaseQueue, written: Int64) {
        self.database = database
        self.written = written
    }

    /// Opens the file, creates it when it is not there, reads everything, and marks the file as in use.
    static func open(directory: String) throws -> (persistence: ObjectPersistence, loaded: Loaded) {
        let database = try database(directory: directory)
        let loaded = try load(database)
        return (ObjectPersistence(database: database, written: loaded.revision), loaded)
    }

    private static func database(directory: String) throws -> DatabaseQueue {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            try database.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        let database = try DatabaseQueue(path: directory + "/cluster.sqlite", configuration: configuration)
        try database.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS objects (
                        resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, revision INTEGER NOT NULL, body BLOB NOT NULL,
                        PRIMARY KEY (resource, namespace, name)) WITHOUT ROWID;
                    CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
                    """
            )
        }
        return database
    }

    private static func load(_ database: DatabaseQueue) throws -> Loaded {
        try database.write { database in
            let rows = try Row.fetchAll(database, sql: "SELECT resource, namespace, name, revision, body FROM objects")
            let objects = try rows.map { row in
                StoredObject(
                    resource: row["resource"],
                    key: StoreKey(namespace: row["namespace"], name: row["name"]),
                    revision: row["revision"],
                    json: try JSON(parsing: [UInt8](row["body"] as Data))
                )
            }
            let counters = try Row.fetchAll(database, sql: "SELECT name, value FROM counters")
            let values = Dictionary(counters.map { ($0["name"] as String, $0["value"] as Int64) }, uniquingKeysWith: { $1 })
            try database.execute(sql: "INSERT OR REPLACE INTO counters (name, value) VALUES ('open', 1)")
            return Loaded(objects: objects, revision: values["revision"] ?? 0, closedCleanly: values["open"] != 1)
        }
    }

    /// Queues a change; called in the order of revisions.
    nonisolated func enqueue(_ event: StoreEvent) {
        queue.withLockedValue { queue in
            queue.changes.append(event)
            queue.latest = event.revision
        }
    }

    /// Returns when every change up to `revision` is on disk.
    func flush(upTo revision: Int64) async throws {
        while written < revision {
            if let running {
                try await running.value
                continue
            }
            let changes = queue.withLockedValue { queue in
                defer { queue.changes = [] }
                return queue.changes
            }
            guard !changes.isEmpty else { return }
            // The task itself records its end, before anybody who waits for it goes on: a waiter that found it ended but still
            // `running` would wait for it again and again without ever letting the actor go.
            let task = Task {
                defer { running = nil }
                try await write(changes)
            }
            running = task
            try await task.value
        }
    }

    private func write(_ changes: [StoreEvent]) async throws {
        do {
            try await database.write { try Self.write(changes, to: $0) }
            written = changes.last?.revision ?? written
        } catch {
            queue.withLockedValue { $0.changes.insert(contentsOf: changes, at: 0) }
            throw error
        }
    }

    /// Writes what is waiting and marks the file as closed.
    func close() async throws {
        try await flush(upTo: queue.withLockedValue { $0.latest })
        try await database.write { try $0.execute(sql: "INSERT OR REPLACE INTO counters (name, value) VALUES ('open', 0)") }
    }

    private static func write(_ changes: [StoreEvent], to database: Database) throws {
        for event in changes {
            let object = event.object
            if event.change == .deleted {
                try database.execute(
                    sql: "DELETE FROM objects WHERE resource = ? AND namespace = ? AND name = ?",
                    arguments: [object.resource, object.key.namespace, object.key.name]
                )
            } else {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO objects (resource, namespace, name, revision, body) VALUES (?, ?, ?, ?, ?)",
                    arguments: [object.resource, object.key.namespace, object.key.name, object.revision, Data(object.json.serialized())]
                )
            }
        }
        if let last = changes.last {
            try database.execute(
                sql: "INSERT OR REPLACE INTO counters (name, value) VALUES ('revision', ?)",
                arguments: [last.revision]
            )
        }
    }
}
