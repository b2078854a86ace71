import ArgumentParser

/// `oc completion SHELL`
struct CompletionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Writes the script that completes oc's words in a shell.",
        discussion: """
            Examples:
              source <(oc completion bash)
              oc completion zsh > "${fpath[1]}/_oc"
              oc completion fish > ~/.config/fish/completions/oc.fish
            """
    )

    /// The shells.
    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash
        case zsh
        case fish
    }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() async throws {
        let script: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        CLIContext.current.output(OpenCraneCommand.completionScript(for: script) + "\n")
    }
}
