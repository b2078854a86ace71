import Foundation
import Testing

extension EndToEnd {
    @Suite("Documentation", .enabled(if: Installation.isLocal))
    struct DocumentationTests {
        @Test(
            "The commands of a page work on 'opencrane dev', one after the other",
            arguments: [("README.md", ["## Try it on this machine"]), ("docs/first-tenant.md", [])]
        )
        func commands(_ page: String, _ sections: [String]) async throws {
            let scratch = try Scratch()
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
                let script = try commands(of: page, sections)
                    .replacing(".opencrane/", with: data + "/").replacing(".build/debug/", with: Installation.binaries + "/")
                let result = try await Command.run("/bin/bash", ["-euxo", "pipefail", "-c", "cd '\(Installation.root)'\n" + script])
                #expect(result.succeeded, "\(result.everything)")
                #expect(await dev.stop() == 0, "\(dev.tail())")
            } catch {
                await dev.stop()
                scratch.remove()
                throw error
            }
            scratch.remove()
        }

        /// The shell blocks of a page, or of some of its sections, but for those that only start it.
        private func commands(of page: String, _ sections: [String]) throws -> String {
            var blocks: [String] = []
            var block: [Substring]?
            var isWanted = sections.isEmpty
            for line in try Installation.text(of: page).split(separator: "\n", omittingEmptySubsequences: false) {
                if let current = block {
                    if line == "```" {
                        blocks.append(current.joined(separator: "\n"))
                        block = nil
                    } else {
                        block = current + [line]
                    }
                } else if line == "```sh", isWanted {
                    block = []
                } else if line.hasPrefix("## "), !sections.isEmpty {
                    isWanted = sections.contains(String(line))
                }
            }
            return blocks.filter { $0 != "make run" }.joined(separator: "\n")
        }
    }
}
