import ArgumentParser

/// Does the same to several objects: what fails for one is told, and does not keep the others from it.
struct Batch {
    private let context: CLIContext
    private let isAlone: Bool
    private var failure: OCError.Exit?

    /// A batch over so many objects; with one only, its error is thrown as it is.
    init(_ count: Int, _ context: CLIContext) {
        self.context = context
        isAlone = count <= 1
    }

    /// Does something to one object.
    ///
    /// - Throws: at once what would go wrong for all others, too: a server that does not answer, a token that is not known.
    mutating func run(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let error as OCError where !isAlone && error.exit != .unreachable && error.code != "UNAUTHORIZED" {
            context.errors("\(error)\n")
            failure = failure ?? error.exit
        }
    }

    /// Ends the batch.
    ///
    /// - Throws: the exit code of the first failure; the error has been told.
    func finish() throws {
        if let failure { throw ExitCode(failure.rawValue) }
    }
}
