import Foundation

extension Kubeconfig {
    /// The client configuration of a context.
    func configuration(context name: String?) throws -> ClientConfiguration {
        guard let contextName = name ?? currentContext else {
            throw KubernetesError(
                .configuration,
                "The kubeconfig has no current-context: name one of \(contextNames.joined(separator: ", "))"
            )
        }
        guard let context = contexts[contextName] else {
            throw KubernetesError(
                .configuration,
                "The kubeconfig has no context \(contextName): name one of \(contextNames.joined(separator: ", "))"
            )
        }
        guard let clusterName = context.cluster, let cluster = clusters[clusterName] else {
            throw KubernetesError(.configuration, "The context \(contextName) names no cluster that the kubeconfig has")
        }
        guard let server = cluster.value.server, !server.isEmpty else {
            throw KubernetesError(.configuration, "The cluster \(clusterName) has no server")
        }
        var tls = ClientTLS(serverName: cluster.value.tlsServerName, isVerificationDisabled: cluster.value.insecureSkipTLSVerify ?? false)
        tls.certificateAuthority = try pem(
            data: cluster.value.certificateAuthorityData,
            file: cluster.value.certificateAuthority,
            directory: cluster.directory,
            field: "certificate-authority-data of cluster \(clusterName)"
        )
        var credentials = Credentials.none
        var impersonation: Impersonation?
        if let userName = context.user, !userName.isEmpty {
            guard let user = users[userName] else {
                throw KubernetesError(.configuration, "The context \(contextName) names the user \(userName), which the kubeconfig lacks")
            }
            tls.identity = try identity(user, name: userName)
            credentials = try self.credentials(user, name: userName, cluster: cluster.value)
            impersonation = try self.impersonation(user.value, name: userName)
        }
        var result = ClientConfiguration(
            server: server.hasSuffix("/") ? String(server.dropLast()) : server,
            tls: tls,
            credentials: credentials,
            namespace: context.namespace.flatMap { $0.isEmpty ? nil : $0 } ?? "default"
        )
        result.proxy = cluster.value.proxyURL.flatMap { $0.isEmpty ? nil : $0 }
        result.impersonation = impersonation
        return result
    }

    private func impersonation(_ user: User, name: String) throws -> Impersonation? {
        if let other = user.impersonate, !other.isEmpty {
            return Impersonation(
                user: other,
                uid: user.impersonateUID ?? "",
                groups: user.impersonateGroups ?? [],
                extra: user.impersonateUserExtra ?? [:]
            )
        }
        let hasMore = user.impersonateUID?.isEmpty == false || user.impersonateGroups?.isEmpty == false
        guard !hasMore, user.impersonateUserExtra?.isEmpty ?? true else {
            throw KubernetesError(.configuration, "The user \(name) has as-uid, as-groups or as-user-extra without as: name the user too")
        }
        return nil
    }

    private func credentials(_ user: Located<User>, name: String, cluster: Cluster) throws -> Credentials {
        let value = user.value
        if let provider = value.authProvider {
            throw KubernetesError(
                .configuration,
                "The user \(name) has the auth-provider \(provider.name ?? "-"), which Kubernetes gave up in 1.26: use an exec plugin instead"
            )
        }
        let hasToken = value.tokenFile?.isEmpty == false || value.token?.isEmpty == false
        if hasToken, value.username?.isEmpty == false {
            throw KubernetesError(.configuration, "The user \(name) has a token and a username: only one of them can be sent")
        }
        // A token file wins over a token, because the token may be a copy that is old by now (as client-go).
        if let file = value.tokenFile, !file.isEmpty { return .tokenFile(path(file, in: user.directory)) }
        if let token = value.token, !token.isEmpty { return .bearer(token) }
        if let name = value.username, !name.isEmpty { return .basic(user: name, password: value.password ?? "") }
        guard let exec = value.exec else { return .none }
        let apiVersion = exec.apiVersion ?? "client.authentication.k8s.io/v1"
        guard ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"].contains(apiVersion) else {
            throw KubernetesError(.configuration, "The exec plugin of user \(name) speaks \(apiVersion): it must speak …/v1")
        }
        let mode = exec.interactiveMode ?? ExecPlugin.InteractiveMode.ifAvailable.rawValue
        guard let interactiveMode = ExecPlugin.InteractiveMode(rawValue: mode) else {
            throw KubernetesError(
                .configuration,
                "The exec plugin of user \(name) has the interactiveMode \(mode): it must be Never, IfAvailable or Always"
            )
        }
        let command = exec.command.contains("/") ? path(exec.command, in: user.directory) : exec.command
        return .exec(
            ExecPlugin(
                command: command,
                arguments: exec.args ?? [],
                environment: Dictionary((exec.env ?? []).map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }),
                apiVersion: apiVersion,
                installHint: exec.installHint,
                providesClusterInfo: exec.provideClusterInfo ?? false,
                clusterConfiguration: cluster.extensions?.first { $0.name == "client.authentication.k8s.io/exec" }?.extension,
                interactiveMode: interactiveMode
            )
        )
    }

    private func identity(_ user: Located<User>, name: String) throws -> ClientTLS.Identity? {
        let certificate = try pem(
            data: user.value.clientCertificateData,
            file: user.value.clientCertificate,
            directory: user.directory,
            field: "client-certificate-data of user \(name)"
        )
        let key = try pem(
            data: user.value.clientKeyData,
            file: user.value.clientKey,
            directory: user.directory,
            field: "client-key-data of user \(name)"
        )
        switch (certificate, key) {
        case (let certificate?, let key?): return ClientTLS.Identity(certificate: certificate, privateKey: key)
        case (nil, nil): return nil
        default: throw KubernetesError(.configuration, "The user \(name) needs both a client certificate and a client key")
        }
    }

    private func pem(data: String?, file: String?, directory: String, field: String) throws -> ClientTLS.PEM? {
        if let data, !data.isEmpty {
            guard let decoded = Data(base64Encoded: data, options: .ignoreUnknownCharacters) else {
                throw KubernetesError(.configuration, "The \(field) is no base64")
            }
            return .bytes(Array(decoded))
        }
        guard let file, !file.isEmpty else { return nil }
        return .file(path(file, in: directory))
    }

    private func path(_ path: String, in directory: String) -> String { path.hasPrefix("/") ? path : "\(directory)/\(path)" }
}
