import CraneAPI
import Foundation
import JSONValue
import KubernetesClient
import Logging
import Machines

extension MachineRegistry {
    /// The providers that settings enable.
    ///
    /// - Parameters:
    ///   - configuration: the operator's settings.
    ///   - client: the client of the API server, for machines of KubeVirt.
    ///   - logger: for processes of this host.
    /// - Throws: ``MachineError`` when a key file is none, or cannot be read.
    public init(_ configuration: OperatorConfiguration, client: KubernetesClient, logger: Logger) throws {
        let settings = configuration.machines
        self.init(
            try settings.providers.sorted { $0.rawValue < $1.rawValue }.map { provider in
                switch provider {
                case .gce: Entry(ComputeEngineProvider(configuration: try Self.computeEngine(settings)))
                case .kubevirt:
                    Entry(
                        KubeVirtProvider(
                            client: client,
                            configuration: KubeVirtConfiguration(namespace: configuration.platformNamespace)
                        )
                    )
                case .local:
                    Entry(
                        local: LocalProcessProvider(
                            configuration: LocalProcessConfiguration(root: settings.localDirectory, gateway: settings.localGateway),
                            logger: logger
                        ),
                        root: settings.localDirectory
                    )
                }
            }
        )
    }

    private static func computeEngine(_ settings: MachineSettings) throws -> ComputeEngineConfiguration {
        var credentials = settings.computeMetadataHost.map { GoogleCredentials.metadataServer(host: $0) } ?? .metadataServer()
        var project = settings.computeProject
        if let path = settings.computeKeyFile {
            let text: String
            do {
                text = try String(contentsOfFile: path, encoding: .utf8)
            } catch {
                throw MachineError(.invalidRequest, "The key file \(path) cannot be read", isPermanent: true, cause: error)
            }
            let key = try ServiceAccountKey(json: try JSON(parsing: text))
            credentials = .serviceAccountKey(key)
            project = project ?? key.projectID
        }
        return ComputeEngineConfiguration(project: project, zone: settings.computeZone ?? "", credentials: credentials)
    }
}
