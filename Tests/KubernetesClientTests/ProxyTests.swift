import KubernetesModel
import LocalCluster
import Logging
import Testing

@testable import KubernetesClient

/// Through proxies that are there.
@Suite(.serialized) struct ProxyTests {
    private static func client(_ cluster: ClusterServer, proxy: String, serverName: String? = nil) throws -> KubernetesClient {
        var configuration = try ClientConfiguration(kubeconfigYAML: cluster.kubeconfig)
        configuration.proxy = proxy
        configuration.tls.serverName = serverName
        configuration.retry = .never
        return try KubernetesClient(configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test func requestsGoThroughATunnel() async throws {
        try await withClusterServer { cluster in
            let proxy = try ForwardProxy()
            let port = try await cluster.waitUntilReady().port
            let client = try Self.client(cluster, proxy: "http://127.0.0.1:\(proxy.port)")
            _ = try await client.resource(CoreV1.Namespace.self).list()
            #expect(proxy.targets == ["CONNECT 127.0.0.1:\(port)"])
            // The name of the certificate is not the host that the proxy is to connect to.
            let named = try Self.client(cluster, proxy: "http://127.0.0.1:\(proxy.port)", serverName: "localhost")
            _ = try await named.resource(CoreV1.Namespace.self).list()
            #expect(proxy.targets.last == "CONNECT 127.0.0.1:\(port)")
            #expect(proxy.targets.count == 2)
            await client.shutdown()
            await named.shutdown()
        }
    }

    @Test func aProxyMayWantALogin() async throws {
        try await withClusterServer { cluster in
            let proxy = try ForwardProxy(login: "me:s%cret")
            let client = try Self.client(cluster, proxy: "http://me:s%25cret@127.0.0.1:\(proxy.port)")
            _ = try await client.resource(CoreV1.Namespace.self).list()
            let wrong = try Self.client(cluster, proxy: "http://me:other@127.0.0.1:\(proxy.port)")
            let error = await #expect(throws: KubernetesError.self) { try await wrong.resource(CoreV1.Namespace.self).list() }
            #expect(error?.code == .transport)
            await client.shutdown()
            await wrong.shutdown()
        }
    }

    @Test func socksProxiesAreSpokenTo() async throws {
        try await withClusterServer { cluster in
            let proxy = try ForwardProxy()
            let port = try await cluster.waitUntilReady().port
            let client = try Self.client(cluster, proxy: "socks5://127.0.0.1:\(proxy.port)")
            _ = try await client.resource(CoreV1.Namespace.self).list()
            #expect(proxy.targets == ["SOCKS 127.0.0.1:\(port)"])
            await client.shutdown()
        }
    }

    @Test(arguments: ["https://proxy:3128", "socks5://a:b@proxy:1080", "ftp://x:secret@proxy", "::"])
    func whatIsNotSpokenIsSaid(proxy: String) {
        var configuration = ClientConfiguration(server: "https://x")
        configuration.proxy = proxy
        let error = #expect(throws: KubernetesError.self) {
            try KubernetesClient(configuration: configuration, logger: Logger(label: "test"))
        }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("proxy") == true)
        #expect(error?.message.contains("secret") == false)
    }

    @Test(arguments: [
        ("https://api.example", "", true), ("https://api.example", "example", false), ("https://api.example", "other,*", false),
        ("https://api.example", "api.example:443", false), ("https://api.example", "api.example:6443", true),
        ("https://api.example:6443", "api.example:6443", false), ("https://api.example", ".api.example", true),
        ("https://api.example", "*.example", false), ("https://xexample", "example", true), ("https://example", "*.example", true),
        ("https://10.1.2.3", "10.0.0.0/8", false), ("https://11.1.2.3", "10.0.0.0/8", true), ("https://10.1.2.3", "10.1.2.3", false),
        ("https://10.1.2.3", "10.1.2.4", true), ("https://[fd00::7]:6443", "fd00::/16", false),
        ("https://[fd00::7]", "[fd00::7]:443", false),
        ("https://localhost:6443", "", false), ("https://127.0.0.1", "", false), ("https://[::1]", "", false),
        ("https://API.Example", "api.example", false),
    ])
    func theEnvironmentNamesAProxyAndExceptions(server: String, exceptions: String, expected: Bool) {
        let found = ProxyEnvironment.proxy(for: server, environment: ["HTTPS_PROXY": "proxy:3128", "NO_PROXY": exceptions])
        #expect(found == (expected ? "http://proxy:3128" : nil))
    }

    @Test func theSchemeOfTheServerChoosesTheVariable() {
        #expect(ProxyEnvironment.proxy(for: "http://a", environment: ["HTTPS_PROXY": "x:1"]) == nil)
        #expect(ProxyEnvironment.proxy(for: "http://a", environment: ["http_proxy": "socks5://x:1"]) == "socks5://x:1")
        #expect(ProxyEnvironment.proxy(for: "https://a", environment: ["https_proxy": "x:1", "HTTPS_PROXY": ""]) == "http://x:1")
        #expect(ProxyEnvironment.proxy(for: "https://a", environment: ["https_proxy": "x:1", "no_proxy": "a"]) == nil)
    }

    @Test func theConfigurationIsAskedBeforeTheEnvironment() throws {
        let directory = try TemporaryDirectory()
        func yaml(_ proxy: String) -> String {
            """
            current-context: c
            clusters: [{name: x, cluster: {server: "https://x"\(proxy)}}]
            contexts: [{name: c, context: {cluster: x}}]
            """
        }
        let plain = try directory.write("plain", yaml(""))
        let own = try directory.write("own", yaml(", proxy-url: \"http://own:1\""))
        let environment = ["HTTPS_PROXY": "http://other:2"]
        let first = try ClientConfiguration.load(environment: environment, kubeconfig: plain)
        #expect(first.proxy == "http://other:2")
        let second = try ClientConfiguration.load(environment: environment, kubeconfig: own)
        #expect(second.proxy == "http://own:1")
    }
}
