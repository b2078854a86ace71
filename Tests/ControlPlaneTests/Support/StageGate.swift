/// Lets only so many tests with a stage run at once. Each has a database, an API server and a control plane: on a small machine hundreds of
/// them starve one another, and what they measure is the machine.
actor StageGate {
    /// The gate of all tests.
    static let shared = StageGate(width: 4)
    /// Whether the task is past the gate: a stage within a stage needs no second place.
    @TaskLocal static var isInside = false

    private var free: Int
    private var waiting: [(id: Int, place: AsyncStream<Void>.Continuation)] = []
    private var counter = 0

    init(width: Int) { free = width }

    /// Runs a body when there is a place.
    nonisolated func pass<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        if Self.isInside { return try await body() }
        try await enter()
        do {
            let value = try await Self.$isInside.withValue(true) { try await body() }
            await leave()
            return value
        } catch {
            await leave()
            throw error
        }
    }

    private func enter() async throws {
        if free > 0 {
            free -= 1
            return
        }
        counter += 1
        let id = counter
        let (places, place) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        waiting.append((id, place))
        for await _ in places { return }
        // Cancelled while it waited; a place that was given at the same moment goes on to the next.
        if let index = waiting.firstIndex(where: { $0.id == id }) { waiting.remove(at: index) } else { leave() }
        throw CancellationError()
    }

    private func leave() {
        guard !waiting.isEmpty else {
            free += 1
            return
        }
        waiting.removeFirst().place.yield()
    }
}
