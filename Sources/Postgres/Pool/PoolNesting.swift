/// Finds work that waits for a connection while it holds one: enough of it at once holds every connection of the pool, and waits for ever.
public enum PoolNesting {
    @TaskLocal private static var isForbidden = false

    /// Does work in a transaction that must not ask a pool for anything. In a debug build a pool refuses it then.
    ///
    /// - Parameter body: the work.
    /// - Throws: what it throws.
    public static func forbidden<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
        try await $isForbidden.withValue(true) { try await body() }
    }

    /// Throws in a debug build when a connection is wanted by work that must not want one.
    static func check() throws(PostgresError) {
        #if DEBUG
            if isForbidden {
                throw PostgresError(
                    .unsupported,
                    "A connection was asked for within a transaction of a request, which has one: hand the transaction on instead."
                )
            }
        #endif
    }
}
