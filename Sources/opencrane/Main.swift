import ArgumentParser
import CraneAPI
import Foundation
import OCCore

/// What is started: the server, or the command line where the program is called `oc`. So the image needs to hold one program only.
@main
enum Program {
    static func main() async {
        let arguments = CommandLine.arguments
        if let name = arguments.first, URL(filePath: name).lastPathComponent == "oc" {
            exit(await OpenCraneCommand.execute(Array(arguments.dropFirst())))
        }
        await OpenCrane.main()
    }
}

/// The server binary: one subcommand a role.
struct OpenCrane: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "opencrane",
        abstract: "Runs fleets of AI agents for many customers on Kubernetes.",
        version: "opencrane \(ProductVersion.current)",
        subcommands: [
            DevCommand.self, OperatorCommand.self, ControlPlaneCommand.self, MigrateCommand.self, ProviderKeysCommand.self,
            AuditCommand.self, CheckRemovalCommand.self,
            DevClusterCommand.self,
            DevWorkloadsCommand.self, DevGatewayCommand.self, GenerateCommand.self,
        ]
    )
}
