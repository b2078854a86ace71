import CLibPQ

/// Sending statements and receiving results on the non-blocking socket.
extension PostgresConnection {
    /// Runs one statement that may be prepared.
    func run(_ text: String, _ parameters: [PostgresValue], _ operation: inout Operation) async throws -> PostgresRows {
        guard options.preparedStatements > 0 else {
            guard libpq.send(text: text, parameters: parameters) else { throw lost() }
            return try await receiveOne(&operation)
        }
        let key = StatementCache.Key(text: text, types: parameters.map(\.type))
        let name = try await preparedName(of: key, &operation)
        guard libpq.sendPrepared(name: name, parameters: parameters) else { throw lost() }
        return try await receiveOne(&operation)
    }

    private func preparedName(of key: StatementCache.Key, _ operation: inout Operation) async throws -> String {
        if let name = statements.name(of: key) { return name }
        let name = statements.makeName()
        guard libpq.sendPrepare(name: name, text: key.text, types: key.types) else { throw lost() }
        _ = try await receiveAll(&operation)
        if let evicted = statements.insert(key, name: name) { try await deallocate(evicted, &operation) }
        try operation.checkContinuing()
        return name
    }

    func deallocate(_ name: String, _ operation: inout Operation) async throws {
        guard libpq.sendScript("DEALLOCATE \(SQL.quoted(identifier: name))") else { throw lost() }
        _ = try await receiveAll(&operation)
    }

    private func receiveOne(_ operation: inout Operation) async throws -> PostgresRows {
        let results = try await receiveAll(&operation)
        guard let last = results.last else { throw lost("the server sent no result") }
        return PostgresRows(result: last)
    }

    /// Sends what is left, then receives all results of what was sent, also after a failure, so that the connection is clean.
    func receiveAll(_ operation: inout Operation) async throws -> [QueryResult] {
        try await flush(&operation)
        var results: [QueryResult] = []
        var failure: PostgresError?
        while true {
            try await receive(&operation)
            guard let result = libpq.nextResult() else { break }
            switch result.status {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: results.append(result)
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                _ = lost()
                throw PostgresError(.unsupported, "COPY to or from the client is not supported; the connection was closed.")
            default: failure = failure ?? result.error
            }
        }
        if let failure { throw report(failure, operation) }
        return results
    }

    /// The error to throw for one the server reported; a fatal one makes the connection unusable.
    func report(_ error: PostgresError, _ operation: Operation) -> any Error {
        if !libpq.isOpen || error.isConnectionLost { _ = lost() }
        return operation.reported(error)
    }

    /// Sends what is buffered. The server may be unable to read on before its answers are read, so input is taken meanwhile.
    func flush(_ operation: inout Operation) async throws {
        while true {
            guard let isDone = libpq.flush() else { throw lost() }
            if isDone { return }
            try await wait(for: [.read, .write], &operation)
            guard libpq.consumeInput() else { throw lost() }
        }
    }

    /// Waits until the next result can be taken without blocking.
    func receive(_ operation: inout Operation) async throws {
        while libpq.isBusy {
            try await wait(for: .read, &operation)
            guard libpq.consumeInput() else { throw lost() }
        }
    }

    private func wait(for interest: SocketPoller.Interest, _ operation: inout Operation) async throws {
        let outcome = await SocketPoller.shared.wait(
            libpq.socket,
            for: interest,
            until: operation.deadline,
            isCancellable: operation.isCancellable
        )
        switch operation.waitEnded(outcome, grace: options.cancellationGrace) {
        case .proceed: break
        case .cancelOnServer:
            if await libpq.canceller()?.cancel(within: options.cancellationGrace) != true { isDoomed = true }
        case .giveUp:
            _ = lost()
            throw operation.interruption == .cancelled
                ? CancellationError()
                : PostgresError(.noAnswer, "PostgreSQL did not answer in \(operation.timeout) nor to the cancellation after it.")
        }
    }
}
