import Dispatch
import Foundation
import NIOConcurrencyHelpers

/// Runs a program and gives what it prints.
struct ExecRunner: Sendable {
    /// Command, arguments, additional environment.
    var run: @Sendable (String, [String], [String: String]) async throws -> [UInt8]

    /// A child process.
    static let process = ExecRunner.process(grace: .seconds(2))

    /// A child process.
    ///
    /// - Parameter grace: how long a process that is told to end may take before it is killed, and how long its output may stay open
    ///   after its end.
    static func process(grace: DispatchTimeInterval) -> ExecRunner {
        ExecRunner { command, arguments, environment in
            let child = ChildProcess(command: command, arguments: arguments, environment: environment, grace: grace)
            return try await child.run()
        }
    }
}

/// One run of a program. Nobody's thread waits for it: its end and its output are told, and who waits for them may give up at once.
private final class ChildProcess: Sendable {
    private struct State {
        var continuation: CheckedContinuation<[UInt8], any Error>?
        var output: [UInt8] = []
        var isOutputOver = false
        var exitStatus: Int32?
        var isCancelled = false
    }

    private static let maximumOutput = 1 << 20

    private let process = Process()
    private let pipe = Pipe()
    private let grace: DispatchTimeInterval
    private let state = NIOLockedValueBox(State())

    init(command: String, arguments: [String], environment: [String: String], grace: DispatchTimeInterval) {
        self.grace = grace
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [command] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.standardError
        process.standardOutput = pipe
    }

    func run() async throws -> [UInt8] {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLockedValue { state in
                    state.continuation = continuation
                    return state.isCancelled
                }
                guard !isCancelled else { return finish(.failure(CancellationError())) }
                start()
                // The cancellation may have come before there was a process to end.
                if state.withLockedValue({ $0.isCancelled }) { end() }
            }
        } onCancel: {
            state.withLockedValue { $0.isCancelled = true }
            end()
            finish(.failure(CancellationError()))
        }
    }

    private func start() {
        pipe.fileHandleForReading.readabilityHandler = { [self] handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            let isTooMuch = state.withLockedValue { state in
                if data.isEmpty { state.isOutputOver = true } else { state.output += data }
                return state.output.count > Self.maximumOutput
            }
            if isTooMuch {
                end()
                finish(.failure(KubernetesError(.credentials, "It printed more than \(Self.maximumOutput) bytes")))
            } else {
                finishWhenComplete()
            }
        }
        process.terminationHandler = { [self] process in
            state.withLockedValue { $0.exitStatus = process.terminationStatus }
            finishWhenComplete()
            // A child of the child may keep the output open for ever.
            DispatchQueue.global().asyncAfter(deadline: .now() + grace) { [self] in
                state.withLockedValue { $0.isOutputOver = true }
                finishWhenComplete()
                process.terminationHandler = nil
            }
        }
        do {
            try process.run()
        } catch {
            process.terminationHandler = nil
            finish(.failure(error))
        }
    }

    /// Asks the process to end, and kills it when it does not.
    private func end() {
        guard process.isRunning else { return }
        process.terminate()
        DispatchQueue.global().asyncAfter(deadline: .now() + grace) { [process] in
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
    }

    private func finishWhenComplete() {
        let result = state.withLockedValue { state -> Result<[UInt8], any Error>? in
            guard state.isOutputOver, let status = state.exitStatus else { return nil }
            guard status == 0 else {
                // As `env` reports it.
                let what = [126: " (it cannot be executed)", 127: " (there is no such program)"][status] ?? ""
                return .failure(KubernetesError(.credentials, "It ended with exit code \(status)\(what)"))
            }
            return .success(state.output)
        }
        if let result { finish(result) }
    }

    private func finish(_ result: Result<[UInt8], any Error>) {
        let continuation = state.withLockedValue { state -> CheckedContinuation<[UInt8], any Error>? in
            guard let continuation = state.continuation else { return nil }
            state.continuation = nil
            return continuation
        }
        guard let continuation else { return }
        pipe.fileHandleForReading.readabilityHandler = nil
        continuation.resume(with: result)
    }
}
