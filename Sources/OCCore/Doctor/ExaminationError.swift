/// Of `diff` and `doctor` the exit code 1 says that something was found: a failure to look has another one.
enum ExaminationError {
    /// Does something, and gives failures the code of their own.
    static func marked<Result>(_ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch var error as OCError where error.exit == .failure {
            error.exit = .incomplete
            throw error
        }
    }
}
