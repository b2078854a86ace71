import Foundation
import KubernetesClient
import KubernetesModel
import Logging
import OperatorRuntime

extension PodKeeper {
    /// Variable that holds the directory of the pod's own credentials, which are at a fixed place in a container.
    static let accountVariable = "KUBERNETES_SERVICE_ACCOUNT_DIRECTORY"
    private static let accountPath = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// Starts a container, or says why not.
    func launch(_ key: ObjectKey, _ name: String, _ entry: inout PodEntry) async {
        guard let run = entry.run.container(name) else { return }
        let image = run.container.image ?? ""
        guard case .program(let program) = configuration.images.find(image) else {
            let text = "No program is given for the image \"\(image)\""
            refuse(name, "ImagePullBackOff", text, .seconds(10), &entry)
            return
        }
        do {
            try entry.files.make()
            let objects = try await objects(of: entry.pod)
            try await mount(&entry, objects)
            let command = try ContainerCommand(run.container, in: surroundings(of: run.container, program, objects, entry))
            entry.files.pruneLogs(name, restarts: run.restarts)
            let log = entry.files.log(name, restarts: run.restarts)
            let process = try ChildProcess(command, log: log, orphans: orphans) { [weak self] pid, exit in
                self?.tell(key, .exited(name, pid: pid, exit))
            }
            entry.processes[name] = process
            entry.commands[name] = command
            entry.run.launched(name, pid: process.pid, now)
            logger.info("A container started", metadata: ["pod": "\(key)", "container": "\(name)", "pid": "\(process.pid)"])
            report(entry.pod, .normal, "Started", "Started container \(name) as process \(process.pid)")
        } catch let error as ProcessRuntimeError {
            let reason = error.code == .configuration ? "CreateContainerConfigError" : "CreateContainerError"
            refuse(name, reason, error.message, .seconds(2), &entry)
        } catch {
            refuse(name, "CreateContainerError", "\(error)", .seconds(2), &entry)
        }
    }

    private func refuse(_ name: String, _ reason: String, _ text: String, _ wait: Duration, _ entry: inout PodEntry) {
        entry.run.refused(name, reason: reason, message: text, until: now.clock + wait)
        report(entry.pod, .warning, "Failed", "Error: \(text)")
    }

    private func surroundings(
        of container: CoreV1.Container,
        _ program: String,
        _ objects: ReferencedObjects,
        _ entry: PodEntry
    ) -> ContainerCommand.Surroundings {
        var mounts: [String: String] = [:]
        for mount in container.volumeMounts ?? [] {
            guard let path = mount.mountPath, let directory = entry.volumes?[mount.name ?? ""] else { continue }
            mounts[path] = mount.subPath.map { "\(directory)/\($0)" } ?? directory
        }
        if entry.hasAccount { mounts[Self.accountPath] = entry.files.account }
        let paths = MountedPaths(mounts)
        var variables = configuration.environment
        variables["HOME"] = entry.files.home
        variables["TMPDIR"] = paths.directory("/tmp") ?? entry.files.path + "/tmp"
        variables["HOSTNAME"] = entry.pod.metadata.name
        for name in configuration.addressVariables { variables[name] = entry.run.address }
        if let server = URLComponents(string: client.configuration.server), let host = server.host {
            variables["KUBERNETES_SERVICE_HOST"] = host
            variables["KUBERNETES_SERVICE_PORT"] = String(server.port ?? 443)
        }
        if entry.hasAccount { variables[Self.accountVariable] = entry.files.account }
        return ContainerCommand.Surroundings(
            fields: PodFields(pod: entry.pod, address: entry.run.address),
            objects: objects,
            variables: variables,
            program: program,
            paths: paths,
            home: entry.files.home
        )
    }

    // MARK: - Objects and volumes

    private func objects(of pod: CoreV1.Pod) async throws -> ReferencedObjects {
        var objects = ReferencedObjects()
        let names = ReferencedObjects.names(in: pod.spec ?? .init())
        let secrets = client.resource(CoreV1.Secret.self, namespace: pod.metadata.namespace)
        for name in names.secrets.sorted() { if let secret = try await secrets.getIfPresent(name) { objects.add(secret) } }
        let maps = client.resource(CoreV1.ConfigMap.self, namespace: pod.metadata.namespace)
        for name in names.configMaps.sorted() { if let map = try await maps.getIfPresent(name) { objects.add(map) } }
        let claims = client.resource(CoreV1.PersistentVolumeClaim.self, namespace: pod.metadata.namespace)
        for name in names.claims.sorted() { if let claim = try await claims.getIfPresent(name) { objects.add(claim) } }
        return objects
    }

    /// Makes the pod's volumes and its credentials, once.
    private func mount(_ entry: inout PodEntry, _ objects: ReferencedObjects) async throws {
        guard entry.volumes == nil else { return }
        var volumes: [String: String] = [:]
        var credentials: [PodEntry.Credential] = []
        for volume in entry.pod.spec?.volumes ?? [] {
            let plan = try VolumePlan(volume, objects)
            let directory = entry.files.volume(plan)
            try PodFiles.makeDirectory(directory)
            for (path, bytes) in plan.files { try PodFiles.write(bytes, to: "\(directory)/\(path)") }
            credentials += plan.tokens.map { .init(token: $0, path: "\(directory)/\($0.path)", renewAt: .zero) }
            volumes[plan.name] = directory
        }
        if try await mountsAccount(entry.pod) {
            let roots = try await client.resource(CoreV1.ConfigMap.self, namespace: entry.pod.metadata.namespace)
                .getIfPresent("kube-root-ca.crt")
            guard let authority = roots?.data?["ca.crt"] else {
                throw ProcessRuntimeError(.configuration, "configmap \"kube-root-ca.crt\" not found")
            }
            try PodFiles.write(Array(authority.utf8), to: entry.files.account + "/ca.crt")
            try PodFiles.write(Array((entry.pod.metadata.namespace ?? "").utf8), to: entry.files.account + "/namespace")
            try PodFiles.write(Array(kubeconfig(entry).utf8), to: entry.files.account + "/kubeconfig")
            credentials.append(.init(token: .init(path: "token"), path: entry.files.account + "/token", renewAt: .zero))
            entry.hasAccount = true
        }
        for index in credentials.indices { try await write(&credentials[index], entry.pod) }
        entry.credentials = credentials
        entry.volumes = volumes
    }

    /// For programs that look for the account where containers have it: they may be given this as `KUBECONFIG`.
    private func kubeconfig(_ entry: PodEntry) -> String {
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: local, cluster: {server: '\(client.configuration.server)', certificate-authority: ca.crt}}]
        users: [{name: account, user: {tokenFile: token}}]
        contexts: [{name: local, context: {cluster: local, user: account, namespace: '\(entry.files.namespace)'}}]
        current-context: local

        """
    }

    private func mountsAccount(_ pod: CoreV1.Pod) async throws -> Bool {
        if let wanted = pod.spec?.automountServiceAccountToken { return wanted }
        let account = try await client.resource(CoreV1.ServiceAccount.self, namespace: pod.metadata.namespace)
            .getIfPresent(pod.spec?.serviceAccountName ?? "default")
        return account?.automountServiceAccountToken ?? true
    }

    // MARK: - Credentials

    /// Writes tokens again that are to end.
    func renew(_ entry: inout PodEntry) async {
        for index in entry.credentials.indices where entry.credentials[index].renewAt <= time.now {
            do {
                try await write(&entry.credentials[index], entry.pod)
            } catch {
                entry.credentials[index].renewAt = time.now + .seconds(10)
                logger.warning("A token cannot be renewed", metadata: ["pod": "\(entry.pod.key)", "error": "\(error)"])
            }
        }
    }

    /// Asks for a token that ends with the pod, and is renewed when a fifth of its time is left.
    private func write(_ credential: inout PodEntry.Credential, _ pod: CoreV1.Pod) async throws {
        let lifetime = Duration.seconds(credential.token.seconds)
        let token = try await client.requestToken(
            serviceAccount: pod.spec?.serviceAccountName ?? "default",
            namespace: pod.metadata.namespace ?? "",
            audiences: credential.token.audiences,
            expiresIn: lifetime,
            boundTo: .init(pod)
        )
        try PodFiles.write(Array(token.token.utf8), to: credential.path)
        let given = token.expires.map { Duration.seconds($0.seconds(since: time.timestamp)) } ?? lifetime
        credential.renewAt = time.now + given * 4 / 5
    }
}
