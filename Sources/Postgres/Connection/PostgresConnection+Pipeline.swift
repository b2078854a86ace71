import CLibPQ

/// Several statements in one round trip (PostgreSQL documentation, section 34.5).
extension PostgresConnection {
    /// One command in the pipeline, in the order of sending.
    private enum Command {
        case prepare(StatementCache.Key, name: String)
        case execute
    }

    /// Runs several statements in one round trip; see `PostgresQuerying`.
    public func pipeline(_ statements: [SQL], timeout: Duration?) async throws -> [PostgresRows] {
        guard !statements.isEmpty else { return [] }
        let rendered = statements.map(\.rendered)
        for statement in rendered { try Self.check(statement.parameters) }
        return try await inTurn(timeout) { operation in
            guard self.libpq.enterPipeline() else { throw self.lost("pipeline mode refused") }
            let commands = try self.send(rendered)
            let outcome = try await self.receivePipeline(commands, &operation)
            guard self.libpq.exitPipeline() else { throw self.lost("the pipeline did not end") }
            for name in outcome.evicted { try await self.deallocate(name, &operation) }
            if let failure = outcome.failure { throw self.report(failure, operation) }
            return outcome.results.map(PostgresRows.init(result:))
        }
    }

    private func send(_ rendered: [(text: String, parameters: [PostgresValue])]) throws -> [Command] {
        var commands: [Command] = []
        var fresh: [StatementCache.Key: String] = [:]
        for (text, parameters) in rendered {
            let isSent: Bool
            if options.preparedStatements > 0 {
                let key = StatementCache.Key(text: text, types: parameters.map(\.type))
                var name = statements.name(of: key) ?? fresh[key]
                if name == nil {
                    let made = statements.makeName()
                    guard libpq.sendPrepare(name: made, text: key.text, types: key.types) else { throw lost() }
                    commands.append(.prepare(key, name: made))
                    fresh[key] = made
                    name = made
                }
                isSent = libpq.sendPrepared(name: name ?? "", parameters: parameters)
            } else {
                isSent = libpq.send(text: text, parameters: parameters)
            }
            guard isSent else { throw lost() }
            commands.append(.execute)
        }
        guard libpq.syncPipeline() else { throw lost() }
        return commands
    }

    /// In a pipeline a missing result ends each command, and the sync at the end is a result of its own.
    private func receivePipeline(
        _ commands: [Command],
        _ operation: inout Operation
    ) async throws -> (results: [QueryResult], failure: PostgresError?, evicted: [String]) {
        try await flush(&operation)
        var results: [QueryResult] = []
        var failure: PostgresError?
        var evicted: [String] = []
        for command in commands {
            try await receive(&operation)
            while let result = libpq.nextResult() {
                switch (result.status, command) {
                case (PGRES_COMMAND_OK, .prepare(let key, let name)):
                    if let old = statements.insert(key, name: name) { evicted.append(old) }
                case (PGRES_COMMAND_OK, .execute), (PGRES_TUPLES_OK, .execute), (PGRES_EMPTY_QUERY, .execute): results.append(result)
                case (PGRES_PIPELINE_ABORTED, _): break
                default: failure = failure ?? result.error
                }
                try await receive(&operation)
            }
            if libpq.hasFailed { throw failure.map { report($0, operation) } ?? lost() }
        }
        try await receive(&operation)
        guard let sync = libpq.nextResult(), sync.status == PGRES_PIPELINE_SYNC else { throw lost("the pipeline has no end") }
        return (results, failure, evicted)
    }
}
