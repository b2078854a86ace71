import Foundation

/// What the control plane is told about instances.
struct InstanceConfiguration: Sendable {
    /// What can be ordered; nil for the built-in catalogue of the machine provider.
    var catalog: InstanceCatalog?
    /// Most orders of an organisation in ``orderWindow``.
    var orderLimit = 20
    /// The time ``orderLimit`` is about.
    var orderWindow: Duration = .seconds(300)
    /// How long a machine may be silent at its first start before its instance has failed.
    var bootstrapTimeout: Duration = .seconds(900)
    /// How long the making of a tenant is tried before its instance has failed.
    var createLimit: Duration = .seconds(3600)
    /// Time between two looks of the reconciler at what is due.
    var interval: Duration = .seconds(1)
    /// How long a replica is at an instance before another may take it.
    var lease: Duration = .seconds(30)
    /// Time between two looks at an instance that is being made, or taken away.
    var watchInterval: Duration = .seconds(2)
    /// Time between two looks at an instance that nothing is waited for of.
    var restInterval: Duration = .seconds(300)
    /// How long bringing a change of settings to a machine may take.
    var pushLimit: Duration = .seconds(15)
    /// Most instances taken at once.
    var batch = 16
}

extension InstanceConfiguration {
    /// Reads `INSTANCE_CATALOG_FILE`, `INSTANCE_ORDER_LIMIT` and `INSTANCE_BOOTSTRAP_TIMEOUT_SECONDS`.
    init(_ read: EnvironmentReader, _ readFile: (String) throws -> String) throws(ConfigurationError) {
        self.init()
        orderLimit = try read.integer("INSTANCE_ORDER_LIMIT", in: 1...100_000) ?? orderLimit
        bootstrapTimeout =
            try read.integer("INSTANCE_BOOTSTRAP_TIMEOUT_SECONDS", in: 60...86_400).map { .seconds($0) } ?? bootstrapTimeout
        guard let path = read.text("INSTANCE_CATALOG_FILE") else { return }
        let text: String
        do { text = try readFile(path) } catch {
            throw ConfigurationError(variable: "INSTANCE_CATALOG_FILE", message: "the file \(path) cannot be read: \(error)")
        }
        do throws(InstanceCatalogError) {
            catalog = try InstanceCatalog(parsing: text)
        } catch {
            throw ConfigurationError(variable: "INSTANCE_CATALOG_FILE", message: "the file \(path) has no usable catalogue: \(error)")
        }
    }
}
