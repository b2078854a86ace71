import Foundation
import JSONValue
import KubernetesClient

/// The ServiceAccounts that the product's programs run with: each has the role that is shipped for it, and nothing else. A right that is
/// missing there fails the tests here.
struct ProgramAccounts: Sendable {
    /// The programs that have a role in `manifests/install`.
    static let programs = ["operator", "control-plane"]

    let namespace: String
    /// What the names of the roles begin with instead of `opencrane`: tests may install the shipped ones as well.
    let prefix: String

    /// The role that the operator gives the control plane in the namespaces of customers.
    static func tenantsRole(_ prefix: String) -> String { "\(prefix)-control-plane-tenants" }

    /// The manifest of accounts, roles and bindings.
    func manifest() throws -> String {
        var parts = [
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: \(namespace)}
            """
        ]
        for program in Self.programs {
            parts.append(
                """
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: opencrane-\(program), namespace: \(namespace)}
                automountServiceAccountToken: false
                """
            )
            let shipped = try Installation.text(of: "manifests/install/\(program)-rbac.yaml")
            guard shipped.contains("name: opencrane\n") else {
                throw CommandFailure.unexpected("\(program)-rbac.yaml names no account 'opencrane'")
            }
            let adapted = shipped.split(separator: "\n", omittingEmptySubsequences: false).map { adapt(String($0), program) }
            parts.append(adapted.joined(separator: "\n"))
        }
        return parts.joined(separator: "\n---\n")
    }

    /// A line of a shipped manifest, in the test's namespace, and with names that nobody else has on a cluster that others use too.
    private func adapt(_ line: String, _ program: String) -> String {
        guard !line.hasSuffix(" name: opencrane") else { return line + "-\(program)" }
        guard !line.hasSuffix(" namespace: opencrane"), !line.hasSuffix(" namespace: opencrane-tenants") else {
            return line.replacing(/namespace: .*/, with: "namespace: \(namespace)")
        }
        return line.replacing(" name: opencrane-", with: " name: \(prefix)-")
            .replacing("\"opencrane-control-plane", with: "\"\(prefix)-control-plane")
    }

    /// A kubeconfig that is like another one, but has a token instead of its credentials.
    static func kubeconfig(_ administrator: JSON, token: String) -> String {
        var config = administrator
        let user = config[at: ["users"]]?.arrayValue?.first?["name"] ?? "program"
        config["users"] = [["name": user, "user": ["token": .string(token)]]]
        return config.text(pretty: true)
    }
}

extension CommandFailure {
    /// Something is not as the suite expects it.
    static func unexpected(_ what: String) -> CommandFailure {
        CommandFailure(command: "preparing the test", result: .init(status: -1, output: "", errors: what))
    }
}

extension Stage {
    /// Makes the test's namespace and the accounts of the programs, and writes their kubeconfigs.
    func makeAccounts() async throws {
        let made = try await everywhere(["create", "--validate=false", "-f", "-"], input: try accounts.manifest())
        guard made.succeeded else { throw CommandFailure(command: "kubectl create", result: made) }
        let administrator = try JSON(
            parsing: try await kubectl(["config", "view", "--minify", "--flatten", "--raw", "-o", "json"]).output
        )
        for program in ProgramAccounts.programs {
            // It lasts as long as any test.
            let token = try await kubernetes.requestToken(
                serviceAccount: "opencrane-\(program)",
                namespace: namespace,
                expiresIn: .seconds(7200)
            )
            try scratch.write(ProgramAccounts.kubeconfig(administrator, token: token.token), to: "\(program).kubeconfig")
        }
    }

    /// Removes what is not in the test's namespace.
    func removeAccounts() async {
        guard let manifest = try? accounts.manifest() else { return }
        _ = try? await everywhere(["delete", "--ignore-not-found", "--timeout=120s", "-f", "-"], input: manifest)
    }

    /// Runs `kubectl` on objects of several namespaces, which each name theirs.
    private func everywhere(_ arguments: [String], input: String) async throws -> CommandResult {
        guard let program = Installation.kubectls.first else { throw CommandFailure.unexpected("there is no kubectl on the PATH") }
        return try await Command.run(program, ["--kubeconfig", kubeconfig] + arguments, environment: ["HOME": scratch.root], input: input)
    }

    private var accounts: ProgramAccounts { ProgramAccounts(namespace: namespace, prefix: prefix) }
}
