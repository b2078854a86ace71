import Foundation
import KubernetesClient
import Testing

@Suite struct KubeconfigTests {
    private static let yaml = """
        apiVersion: v1
        kind: Config
        current-context: dev
        clusters:
        - name: one
          cluster:
            server: https://one.example:6443/
            certificate-authority-data: \(Data("CA".utf8).base64EncodedString())
            tls-server-name: inner
            proxy-url: http://proxy:3128
        - {name: two, cluster: {server: "https://two.example", insecure-skip-tls-verify: true, certificate-authority: ca.pem}}
        users:
        - name: cert
          user:
            client-certificate-data: \(Data("CERT".utf8).base64EncodedString())
            client-key-data: \(Data("KEY".utf8).base64EncodedString())
        - {name: token, user: {token: abc}}
        - {name: file, user: {token: old, tokenFile: token.txt}}
        - {name: half, user: {client-certificate: only.pem}}
        - name: plugin
          user:
            exec:
              apiVersion: client.authentication.k8s.io/v1
              command: ./get-token
              args: [a, b]
              env: [{name: X, value: "1"}]
              provideClusterInfo: true
        contexts:
        - {name: dev, context: {cluster: one, user: cert, namespace: team}}
        - {name: prod, context: {cluster: two, user: token}}
        - {name: file, context: {cluster: two, user: file}}
        - {name: plugin, context: {cluster: two, user: plugin}}
        - {name: half, context: {cluster: two, user: half}}
        - {name: dangling, context: {cluster: nowhere, user: token}}
        - {name: nobody, context: {cluster: two, user: ghost}}
        """

    @Test func currentContextWithCertificates() throws {
        let configuration = try ClientConfiguration(kubeconfigYAML: Self.yaml)
        #expect(configuration.server == "https://one.example:6443")
        #expect(configuration.namespace == "team")
        #expect(configuration.tls.serverName == "inner")
        #expect(configuration.proxy == "http://proxy:3128")
        guard case .bytes(let authority) = configuration.tls.certificateAuthority,
            case .bytes(let key) = configuration.tls.identity?.privateKey
        else { Issue.record("certificates are missing"); return }
        #expect(authority == Array("CA".utf8))
        #expect(key == Array("KEY".utf8))
    }

    @Test func namedContextWithToken() throws {
        let configuration = try ClientConfiguration(kubeconfigYAML: Self.yaml, context: "prod")
        #expect(configuration.tls.isVerificationDisabled)
        #expect(configuration.namespace == "default")
        guard case .bearer("abc") = configuration.credentials else { Issue.record("\(configuration.credentials)"); return }
        guard case .file(let path) = configuration.tls.certificateAuthority else { Issue.record("no file"); return }
        #expect(path == "./ca.pem")
    }

    @Test func tokenFileWinsOverToken() throws {
        let kubeconfig = try Kubeconfig(yaml: Self.yaml, directory: "/etc/kube")
        let configuration = try ClientConfiguration(kubeconfig: kubeconfig, context: "file")
        guard case .tokenFile("/etc/kube/token.txt") = configuration.credentials else {
            Issue.record("\(configuration.credentials)"); return
        }
    }

    @Test func execPlugin() throws {
        let kubeconfig = try Kubeconfig(yaml: Self.yaml, directory: "/etc/kube")
        let configuration = try ClientConfiguration(kubeconfig: kubeconfig, context: "plugin")
        guard case .exec(let plugin) = configuration.credentials else { Issue.record("no plugin"); return }
        #expect(plugin.command == "/etc/kube/./get-token")
        #expect(plugin.arguments == ["a", "b"])
        #expect(plugin.environment == ["X": "1"])
        #expect(plugin.providesClusterInfo)
    }

    @Test(arguments: ["missing", "dangling", "nobody", "half"])
    func whatIsMissingIsNamed(context: String) {
        #expect {
            try ClientConfiguration(kubeconfigYAML: Self.yaml, context: context)
        } throws: { error in
            (error as? KubernetesError)?.code == .configuration
        }
    }

    @Test func malformedTextIsAConfigurationError() {
        #expect {
            try Kubeconfig(yaml: "clusters: {")
        } throws: { ($0 as? KubernetesError)?.code == .configuration }
    }

    @Test func filesAreMergedAndTheFirstCounts() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let first = directory.appendingPathComponent("a").path
        let second = directory.appendingPathComponent("b").path
        try "contexts: [{name: c, context: {cluster: x, user: u}}]\nusers: [{name: u, user: {token: first}}]\n"
            .write(toFile: first, atomically: true, encoding: .utf8)
        try """
        current-context: c
        clusters: [{name: x, cluster: {server: "https://x"}}]
        users: [{name: u, user: {token: second}}]
        """.write(toFile: second, atomically: true, encoding: .utf8)
        let environment = ["KUBECONFIG": "\(first):\(directory.path)/missing:\(second)"]
        let configuration = try ClientConfiguration.load(environment: environment)
        #expect(configuration.server == "https://x")
        guard case .bearer("first") = configuration.credentials else { Issue.record("wrong token"); return }
        #expect {
            try ClientConfiguration.load(environment: ["KUBECONFIG": "\(directory.path)/missing"])
        } throws: { ($0 as? KubernetesError)?.code == .configuration }
    }

    @Test func inCluster() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let environment = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"]
        #expect { try ClientConfiguration.inCluster(environment: [:], directory: directory.path) } throws: { _ in true }
        #expect { try ClientConfiguration.inCluster(environment: environment, directory: directory.path) } throws: { _ in true }
        try "tok\n".write(to: directory.appendingPathComponent("token"), atomically: true, encoding: .utf8)
        try "team\n".write(to: directory.appendingPathComponent("namespace"), atomically: true, encoding: .utf8)
        let configuration = try ClientConfiguration.inCluster(environment: environment, directory: directory.path)
        #expect(configuration.server == "https://[fd00::1]:443")
        #expect(configuration.namespace == "team")
        // A pod that is a process of a machine is told where its account is.
        let told = environment.merging(["KUBERNETES_SERVICE_ACCOUNT_DIRECTORY": directory.path]) { $1 }
        #expect(try ClientConfiguration.inCluster(environment: told).namespace == "team")
        #expect(try ClientConfiguration.load(environment: told).server == "https://[fd00::1]:443")
    }

    @Test func credentialsAreNotPrinted() throws {
        let configuration = try ClientConfiguration(kubeconfigYAML: Self.yaml, context: "prod")
        var dumped = "\(configuration)"
        dump(configuration, to: &dumped)
        dump(try ClientConfiguration(kubeconfigYAML: Self.yaml), to: &dumped)
        #expect(!dumped.contains("abc"))
        #expect(!dumped.contains("KEY"))
    }

    @Test(arguments: ["http://user:hunter2@proxy:3128", "http://user:hun/ter2@proxy:3128", "user:hunter2@proxy:3128"])
    func loginsOfProxiesAreNotPrinted(proxy: String) throws {
        var configuration = ClientConfiguration(
            server: "https://me:hunter2@api:6443/base",
            credentials: .basic(user: "a", password: "hunter2")
        )
        configuration.proxy = proxy
        let kubeconfig = try Kubeconfig(
            yaml: """
                clusters: [{name: c, cluster: {server: "https://api:6443", proxy-url: "\(proxy)"}}]
                users: [{name: u, user: {username: a, password: hunter2}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """
        )
        var printed = "\(configuration) \(String(reflecting: configuration)) \(kubeconfig) \(String(reflecting: kubeconfig))"
        dump(configuration, to: &printed)
        dump(kubeconfig, to: &printed)
        #expect(!printed.contains("hun") && !printed.contains("ter2"), "\(printed)")
        #expect(printed.contains("<redacted>@proxy:3128") && printed.contains("https://<redacted>@api:6443/base"))
        // What is used is not what is printed.
        #expect(configuration.proxy == proxy)
    }
}
