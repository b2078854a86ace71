import CraneAPI
import OCIRegistry
import Observability

/// How skills are scanned, and where their content is pushed to.
struct SkillConfiguration: Sendable {
    /// The registry that published content is pushed to.
    struct Registry: Sendable {
        /// Where it is.
        var address: RegistryAddress
        /// A name and a password; nil for a registry that lets everybody in.
        var credential: RegistryClient.Credential?
    }

    /// Another scanner besides the built-in rules.
    struct ExternalScanner: Sendable {
        /// Where content is sent to.
        var url: String
        /// Its bearer token.
        var token: SensitiveString?
    }

    /// The registry; nil keeps content in the database alone.
    var registry: Registry?
    /// Another scanner; nil for none.
    var externalScanner: ExternalScanner?
    /// Longest time of a scan.
    var scanLimit: Duration = .seconds(20)
    /// Longest time of one push of content, with its repetitions.
    var pushLimit: Duration = .seconds(60)
    /// Longest time that pulling content may take before the database is asked.
    var pullLimit: Duration = .seconds(10)
    /// Time between two looks for content that is to be pushed.
    var interval: Duration = .seconds(5)
    /// How often content is tried before somebody has to look at it.
    var mostAttempts = 12
    /// Wait between attempts.
    var backoff = IntentBackoff(first: .seconds(5), longest: .seconds(900))
    /// How long content is kept that no skill has any more.
    var retention: Duration = .seconds(86_400)

    /// Largest content of a skill in bytes.
    static let contentLimit = 1_048_576

    /// How long whoever pushes content has it to itself: longer than a push may take.
    var lease: Duration { pushLimit * 2 }

    init() {}

    /// Reads it from the environment.
    ///
    /// - Throws: ``ConfigurationError``.
    init(_ read: EnvironmentReader, _ readFile: (String) throws -> String) throws(ConfigurationError) {
        self.init()
        if let url = read.text("SKILL_OCI_REGISTRY_URL") {
            let address: RegistryAddress
            do throws(RegistryError) {
                address = try RegistryAddress(url: url, repository: read.text("SKILL_OCI_REPOSITORY") ?? "skills")
            } catch {
                throw ConfigurationError(variable: "SKILL_OCI_REGISTRY_URL", message: error.message)
            }
            var credential: RegistryClient.Credential?
            if let name = read.text("SKILL_OCI_USERNAME") {
                guard let password = try read.secret("SKILL_OCI_PASSWORD", readFile) else {
                    throw ConfigurationError(variable: "SKILL_OCI_PASSWORD_FILE", message: "is not set, though SKILL_OCI_USERNAME is")
                }
                credential = .init(name: name, password: SensitiveString(password))
            }
            registry = Registry(address: address, credential: credential)
        }
        if let url = read.text("SKILL_SCANNER_URL") {
            guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
                throw ConfigurationError(variable: "SKILL_SCANNER_URL", message: "must begin with https:// or http://")
            }
            externalScanner = ExternalScanner(
                url: url,
                token: try read.secret("SKILL_SCANNER_TOKEN", readFile).map { SensitiveString($0) }
            )
        }
    }
}
