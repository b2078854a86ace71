import Foundation
import Testing

extension EndToEnd {
    /// `scripts/run-docs` says what is run and what is compared; `scripts/lint`, that no command is left out without a reason.
    @Suite("Documentation", .enabled(if: Installation.isLocal))
    struct DocumentationTests {
        @Test("The commands of the documentation work on 'opencrane dev', page after page, and say what the pages show")
        func commands() async throws {
            let scratch = try Scratch()
            defer { scratch.remove() }
            let data = scratch.path("data")
            let dev = ServerProcess(
                name: "dev",
                executable: Installation.opencrane,
                arguments: ["dev", "--data-dir", data],
                environment: ProcessInfo.processInfo.environment,
                log: scratch.path("dev.log")
            )
            do {
                try dev.start()
                try await eventually("it says that it is ready") { dev.output.contains("OpenCrane is ready") }
                let result = try await run([], data: data)
                #expect(result.succeeded, "\(result.everything)")
                print(result.output)
                #expect(await dev.stop() == 0, "\(dev.tail())")
            } catch {
                await dev.stop()
                throw error
            }
        }

        @Test(
            "A page that says something wrong is found",
            arguments: [
                ("right", nil), ("wrong-output", "says something else"), ("wrong-status", "status 1"), ("wrong-pipe", "No such file"),
                ("wrong-success", "this succeeds"),
            ] as [(String, String?)]
        )
        func mistakes(_ page: String, _ complaint: String?) async throws {
            let scratch = try Scratch()
            defer { scratch.remove() }
            try scratch.write("", to: "env")
            let result = try await run(["Tests/Documentation/\(page).md"], data: scratch.root)
            #expect(result.succeeded == (complaint == nil), "\(result.everything)")
            if let complaint { #expect(result.everything.contains(complaint), "\(result.everything)") }
        }

        private func run(_ pages: [String], data: String) async throws -> CommandResult {
            try await Command.run(
                Installation.root + "/scripts/run-docs",
                ["--data", data, "--bin", Installation.binaries] + pages,
                timeout: .seconds(900)
            )
        }
    }
}
