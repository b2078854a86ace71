import ArgumentParser
import CraneAPI
import JSONValue

/// `oc doctor [TYPE [NAME…]]`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Explains every object that is not as it should be: stage, cause, what happens next, what to do.",
        discussion: """
            Without a type it looks at all types that may be ready or not. It ends with 0 when all is well, with 1 when something is not,
            with 8 when something could not be looked at.
            Examples:
              oc doctor
              oc doctor tenants
              oc doctor tenant mia
            """
    )

    @Argument(help: ArgumentHelp("The type, and names; or TYPE/NAME for each.", valueName: "type-and-names"), completion: .typeAndNames)
    var words: [String] = []

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let examination = Examination(reader: ResourceReader(client: try server.client(context)), context: context)
        var report = Examination.Report()
        if words.isEmpty {
            report = try await ExaminationError.marked { try await examination.everything() }
        } else {
            for target in try Target.read(words) {
                for part in target.parts { try await examination.look(part, into: &report) }
            }
        }
        show(report, context)
        if !report.isHealthy { throw ExitCode(1) }
        if report.isIncomplete { throw ExitCode(OCError.Exit.incomplete.rawValue) }
    }

    private func show(_ report: Examination.Report, _ context: CLIContext) {
        let found = report.platform + report.diagnoses
        switch output.output {
        case .json: context.output(report.json.text(pretty: true) + "\n")
        case .yaml: context.output(YAMLText.document(report.json))
        case .name: context.output(found.map { $0.label + "\n" }.joined())
        case .table, .wide:
            context.output(found.map { $0.text(isColoured: context.mayColour) }.joined(separator: "\n"))
            let looked = report.examined.map { "\($0.count) \($0.type)" }.joined(separator: ", ")
            context.errors(
                (found.isEmpty ? (report.skipped.isEmpty ? "All is well" : "Nothing was found") : "\(found.count) not as it should be")
                    + " (looked at \(looked))\n"
            )
            for reason in report.skipped { context.errors("Not looked at: \(DisplayText.line(reason))\n") }
        }
    }
}
